import { runIptablesRestore, type Netfilter } from '../../../network/index.ts'

/**
 * What a kubelet itself puts into its node's iptables: a chain in each table by which it notices that somebody has
 * flushed them, a hint for others to the variant in use, and the rule that keeps strangers from addresses of loopback.
 */
const RULES = `*mangle
:KUBE-IPTABLES-HINT - [0:0]
:KUBE-KUBELET-CANARY - [0:0]
COMMIT
*nat
:KUBE-KUBELET-CANARY - [0:0]
COMMIT
*filter
:KUBE-FIREWALL - [0:0]
:KUBE-KUBELET-CANARY - [0:0]
-A INPUT -j KUBE-FIREWALL
-A OUTPUT -j KUBE-FIREWALL
-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
COMMIT
`

/** Writes them, unless an earlier kubelet of this node has. */
export function installFirewall(netfilter: Netfilter): void {
  if (netfilter.table('filter').chain('KUBE-FIREWALL')) return
  const { stderr } = runIptablesRestore(['--noflush'], RULES, netfilter)
  if (stderr) throw new Error(stderr)
}
