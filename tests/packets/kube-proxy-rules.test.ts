/**
 * kube-proxy's rules against those of a real kube-proxy 1.36 on three nodes: for every shape of Service the recorded
 * objects go in, and `iptables-save` has to print what the real one printed. One thing is not compared: the order of the
 * lines in KUBE-SERVICES (but for its last), which in the real one follows Go's map and differs from node to node.
 */
import { describe, expect, it } from 'vitest'
import { Network, runIptables, runIptablesSave } from '../../src/network/index.ts'
import { installFirewall } from '../../src/cluster/node/kubelet/index.ts'
import { IptablesWriter } from '../../src/cluster/node/kube-proxy/iptables/writer.ts'
import { Simulation } from '../../src/sim/index.ts'
import type { EndpointSlice, Service } from '../../src/api/generated/types.ts'
import { before, NODES, plansOn } from './recorded.ts'
import recordings from './recordings/iptables.json'

interface Shape {
  readonly service: Service
  readonly endpointSlices: readonly EndpointSlice[]
  readonly adds: readonly {
    readonly nodes: readonly string[]
    readonly table: string
    readonly lines: readonly string[]
  }[]
}

const shapes = recordings.shapes as unknown as Readonly<Record<string, Shape>>

function nodeWith(name: string, services: readonly (readonly [Service, readonly EndpointSlice[]])[]) {
  const { netfilter } = new Network(new Simulation({ seed: 1 })).addHost(name)
  installFirewall(netfilter)
  const { plans } = plansOn(name, services)
  new IptablesWriter(netfilter, '10.244.0.0/16').fullSync(plans)
  // Once a Pod with a hostPort had been on node-1, and the portmap plugin left its chains.
  if (name === 'node-1') for (const line of PORTMAP) runIptables(['-t', 'nat', ...line.split(' ')], netfilter)
  if (name === 'node-1')
    runIptables(
      [
        '-t',
        'nat',
        '-I',
        'POSTROUTING',
        ...comment('CNI portfwd requiring masquerade'),
        '-j',
        'CNI-HOSTPORT-MASQ',
      ],
      netfilter,
    )
  if (name === 'node-1')
    runIptables(
      [
        '-t',
        'nat',
        '-A',
        'CNI-HOSTPORT-SETMARK',
        ...comment('CNI portfwd masquerade mark'),
        '-j',
        'MARK',
        '--or-mark',
        '0x2000',
      ],
      netfilter,
    )
  return (table: string) =>
    runIptablesSave(['-t', table], netfilter)
      .stdout.split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
}

const comment = (text: string) => ['-m', 'comment', '--comment', text]
const PORTMAP = [
  '-N CNI-HOSTPORT-DNAT',
  '-N CNI-HOSTPORT-MASQ',
  '-N CNI-HOSTPORT-SETMARK',
  '-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT',
  '-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT',
  '-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE',
]

/** Built-in chains first, then by name; rules chain by chain in the order of the chains; KUBE-SERVICES sorted. */
function canonical(lines: readonly string[]): string[] {
  const head = lines.filter((line) => !line.startsWith('-A') && line !== 'COMMIT')
  const builtIn = head.filter((line) => !line.includes(' - '))
  const own = head
    .filter((line) => line.includes(' - '))
    .sort((a, b) => (a.split(' ')[0]! < b.split(' ')[0]! ? -1 : 1))
  const chains = [...builtIn, ...own].slice(1).map((line) => line.slice(1).split(' ')[0]!)
  const rules = chains.flatMap((chain) => {
    const inside = lines.filter((line) => line.startsWith(`-A ${chain} `))
    if (chain !== 'KUBE-SERVICES') return inside
    const last = inside.filter((line) => line.includes('must be the last rule'))
    return [...inside.filter((line) => !last.includes(line)).sort(), ...last]
  })
  return [...builtIn, ...own, ...rules, 'COMMIT']
}

const sortedServices = (lines: readonly string[]) => {
  const services = lines
    .filter((line) => line.startsWith('-A KUBE-SERVICES') && !line.includes('must be the last'))
    .sort()
  let next = 0
  return lines.map((line) => (services.includes(line) ? services[next++]! : line))
}

function expected(node: string, table: 'nat' | 'filter', shape?: Shape): string[] {
  const base = recordings.baseline[table === 'nat' && node === 'node-1' ? 'nat of node-1' : table]
  const added = shape?.adds.filter((add) => add.table === table && add.nodes.includes(node)) ?? []
  return canonical([...base, ...added.flatMap(({ lines }) => lines)])
}

describe('the rules of kube-proxy 1.36', () => {
  it.each(Object.keys(NODES))('before any other Service, on %s', (node) => {
    const save = nodeWith(node, before)
    expect(sortedServices(save('nat'))).toEqual(expected(node, 'nat'))
    expect(save('filter')).toEqual(expected(node, 'filter'))
    expect(save('mangle')).toEqual(recordings.baseline.mangle)
  })

  describe.each(Object.entries(shapes))('%s', (_name, shape) => {
    it.each(Object.keys(NODES))('on %s', (node) => {
      const save = nodeWith(node, [...before, [shape.service, shape.endpointSlices]])
      expect(sortedServices(save('nat'))).toEqual(expected(node, 'nat', shape))
      expect(sortedServices(save('filter'))).toEqual(expected(node, 'filter', shape))
    })
  })
})
