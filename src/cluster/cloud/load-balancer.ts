import { parseAddress, type Host } from '../../network/index.ts'
import { HealthProbe, type HealthCheck } from './health-check.ts'

export interface LoadBalancerNode {
  readonly name: string
  readonly address: string
}

/** What a cluster asks its cloud for. */
export interface LoadBalancerSpec {
  /** Unique in the cloud; the same name means the same load balancer. */
  readonly name: string
  /** The address wanted; otherwise the cloud chooses. */
  readonly address?: string | undefined
  readonly nodes: readonly LoadBalancerNode[]
  /** Without one every node counts as healthy. */
  readonly healthCheck?: HealthCheck | undefined
}

/**
 * A passthrough load balancer: a route to its address over all healthy nodes, each flow over one. Packets arrive at
 * the node as the client sent them, with the load balancer's address as destination, and the answers go straight
 * back: `ipMode: VIP`. What happens to them on the node is kube-proxy's business.
 */
export class LoadBalancer {
  readonly address: string
  readonly #router: Host
  readonly #probes = new Map<string, HealthProbe>()
  #spec: LoadBalancerSpec

  constructor(router: Host, address: string, spec: LoadBalancerSpec) {
    this.#router = router
    this.address = address
    this.#spec = spec
    this.update(spec)
  }

  get nodes(): readonly (LoadBalancerNode & { readonly healthy: boolean })[] {
    return this.#spec.nodes.map((node) => ({
      ...node,
      healthy: this.#probes.get(node.address)?.healthy ?? true,
    }))
  }

  update(spec: LoadBalancerSpec): void {
    const { kind, port } = spec.healthCheck ?? {}
    const isSameCheck = kind === this.#spec.healthCheck?.kind && port === this.#spec.healthCheck?.port
    this.#spec = spec
    for (const [address, probe] of this.#probes) {
      if (isSameCheck && spec.nodes.some((node) => node.address === address)) continue
      probe.stop()
      this.#probes.delete(address)
    }
    for (const { address } of spec.healthCheck ? spec.nodes : []) {
      if (this.#probes.has(address)) continue
      const probe = new HealthProbe(this.#router, address, spec.healthCheck!, () => this.#route())
      this.#probes.set(address, probe)
    }
    this.#route()
  }

  remove(): void {
    for (const probe of this.#probes.values()) probe.stop()
    this.#probes.clear()
    this.#router.routes.remove(`${this.address}/32`)
  }

  /** When no node is healthy all are tried: a check that is wrong must not take the service down. */
  #route(): void {
    const healthy = this.nodes.filter((node) => node.healthy)
    const nextHops = (healthy.length > 0 ? healthy : this.nodes).map(({ address }) => address)
    this.#router.routes.remove(`${this.address}/32`)
    const link = nextHops[0] === undefined ? undefined : interfaceTowards(this.#router, nextHops[0])
    if (link) this.#router.routes.add({ destination: `${this.address}/32`, nextHops, interface: link })
  }
}

/** The interface of the router on whose network an address lies. */
function interfaceTowards(router: Host, address: string): string | undefined {
  return router.routes.lookup(parseAddress(address))?.interface
}
