import { runIptables, runIptablesRestore, type Host } from '../../../network/index.ts'

export interface HostPort {
  readonly hostPort: number
  readonly containerPort: number
  readonly protocol: 'tcp' | 'udp'
  readonly hostIP?: string
}

/** The chains of the portmap plugin: ports of the node that lead to Pods. */
const RULES = `*nat
:CNI-HOSTPORT-DNAT - [0:0]
:CNI-HOSTPORT-MASQ - [0:0]
:CNI-HOSTPORT-SETMARK - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-I POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ
-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE
-A CNI-HOSTPORT-SETMARK -m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark 0x2000/0x2000
COMMIT
`

function ensureChains({ netfilter }: Host): void {
  if (netfilter.table('nat').chain('CNI-HOSTPORT-DNAT')) return
  const { stderr } = runIptablesRestore(['--noflush'], RULES, netfilter)
  if (stderr) throw new Error(stderr)
}

/**
 * Leads ports of the node to a Pod, by a chain of its own; with the first such Pod the plugin makes its chains.
 * @returns takes them away again
 */
export function mapPorts(
  node: Host,
  chainSuffix: string,
  podAddress: string,
  ports: readonly HostPort[],
): () => void {
  if (ports.length === 0) return () => {}
  ensureChains(node)
  const { netfilter } = node
  const chain = `CNI-DN-${chainSuffix}`
  const nat = (...argv: string[]) => runIptables(['-t', 'nat', ...argv], netfilter)
  const jumps: string[][] = []
  nat('-N', chain)
  for (const { hostPort, containerPort, protocol, hostIP } of ports) {
    const to = hostIP && hostIP !== '0.0.0.0' ? ['-d', `${hostIP}/32`] : []
    const match = ['-p', protocol, ...to, '-m', protocol, '--dport', String(hostPort)]
    const jump = ['CNI-HOSTPORT-DNAT', ...match, '-j', chain]
    nat('-A', ...jump)
    jumps.push(jump)
    nat('-A', chain, '-s', `${podAddress}/32`, ...match, '-j', 'CNI-HOSTPORT-SETMARK')
    nat('-A', chain, '-s', '127.0.0.1/32', ...match, '-j', 'CNI-HOSTPORT-SETMARK')
    nat('-A', chain, ...match, '-j', 'DNAT', '--to-destination', `${podAddress}:${containerPort}`)
  }
  return () => {
    for (const jump of jumps) nat('-D', ...jump)
    nat('-F', chain)
    nat('-X', chain)
  }
}
