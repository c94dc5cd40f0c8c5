import type { PortPlan } from './plan.ts'
import type { ProxyNode } from './service-port.ts'

/** What rules are about besides Services. */
export interface Surroundings {
  readonly node: ProxyNode
  /** The ranges ClusterIPs are from. */
  readonly serviceCidrs: readonly string[]
}

/** What a mode of kube-proxy is: it says to a node's kernel what the plans of all Services ask for. */
export interface ServiceWriter {
  /** Whether somebody took away what was written. */
  readonly flushed: boolean
  /**
   * Writes what changed, and leaves alone what somebody changed by hand elsewhere.
   * @param changed the new plans by Service (`namespace/name`), none for one that is gone
   * @returns how many chains were written
   */
  partialSync(changed: ReadonlyMap<string, readonly PortPlan[]>): number
  /** Writes everything, whatever the tables hold. */
  fullSync(changed: ReadonlyMap<string, readonly PortPlan[]>, surroundings: Surroundings): number
}
