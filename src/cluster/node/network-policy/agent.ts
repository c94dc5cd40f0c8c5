import { namespace as namespaceKind } from '../../../api/kinds/namespace.ts'
import { networkPolicy } from '../../../api/kinds/network-policy.ts'
import { pod as podKind } from '../../../api/kinds/pod.ts'
import { createClient, InformerSet, type Transport } from '../../../client/index.ts'
import type { Host } from '../../../network/index.ts'
import type { Simulation } from '../../../sim/index.ts'
import { isAddressed } from './selection.ts'
import { policyTable, TABLE } from './table.ts'

export interface NetworkPolicyAgentOptions {
  readonly simulation: Simulation
  readonly transport: Transport
  /** The node's network: its packet filter. */
  readonly host: Host
  readonly nodeName: string
}

/** Changes within this time are written together. */
const SYNC_AFTER_MS = 100

/** Keeps the table of NetworkPolicies of one node as policies, Pods and Namespaces are. */
export function startNetworkPolicyAgent(options: NetworkPolicyAgentOptions): void {
  const { simulation, transport, host, nodeName } = options
  const client = createClient({ transport, simulation, userAgent: 'network-policy' })
  const policies = new InformerSet(client)
  const population = new InformerSet(client)
  let isWatching = false
  let isScheduled = false

  const schedule = () => {
    if (isScheduled || !isWatching || !policies.synced || !population.synced) return
    isScheduled = true
    simulation.schedule(SYNC_AFTER_MS, sync)
  }
  const sync = () => {
    isScheduled = false
    const pods = population.for(podKind).list().filter(isAddressed)
    const here = pods.filter(({ spec }) => spec?.nodeName === nodeName)
    const namespaceLabels = (name: string) => population.for(namespaceKind).getByKey(name)?.metadata?.labels
    const table = policyTable(policies.for(networkPolicy).list(), here, { pods, namespaceLabels })
    if (table) host.netfilter.nftables.add(table)
    else host.netfilter.nftables.delete(TABLE)
  }

  policies.for(networkPolicy).onChange(() => {
    // Clusters without a policy are spared the Pods of all nodes on each node.
    if (!isWatching) {
      isWatching = true
      population.for(podKind).onChange(schedule)
      population.for(namespaceKind).onChange(schedule)
      population.onSync(schedule)
      population.start()
    }
    schedule()
  })
  policies.start()
}
