import { formatAddress, parseAddress, type Host, type Network, type Segment } from '../../network/index.ts'
import type { Simulation } from '../../sim/index.ts'
import { LoadBalancer, type LoadBalancerSpec } from './load-balancer.ts'

export type CloudResult =
  { readonly ok: true; readonly address: string } | { readonly ok: false; readonly message: string }

/** What the cloud's calls take, in ms. */
const latencies = { createMs: 2000, updateMs: 300, deleteMs: 5, failMs: 50 }

const UNAVAILABLE = 'cloud provider is not reachable: the connection timed out'

export interface CloudOptions {
  readonly simulation: Simulation
  readonly network: Network
  /** The internet's side, where load balancers have their addresses. */
  readonly segment: Segment
  /** The address on `segment` of the router that joins it to the nodes. */
  readonly gateway: string
  /** Addresses for load balancers: first and last. */
  readonly addressPool?: readonly [first: string, last: string]
}

/**
 * The provider outside the cluster: it rents out load balancers. It knows nodes by their addresses and has never
 * heard of Services.
 */
export class Cloud {
  /** False: taken away. Calls fail, load balancers that stand go on as they are. */
  available = true
  readonly #simulation: Simulation
  readonly #router: Host
  readonly #pool: readonly string[]
  readonly #balancers = new Map<string, LoadBalancer>()
  /** Addresses promised to load balancers still being made, by name. */
  readonly #promised = new Map<string, string>()

  /** @throws RangeError when nobody on `segment` has the gateway's address. */
  constructor(options: CloudOptions) {
    this.#simulation = options.simulation
    const gateway = parseAddress(options.gateway)
    const router = options.segment.members.find(({ host }) => host.hasAddress(gateway))?.host
    if (!router) throw new RangeError(`nobody on ${options.segment.name} has the address ${options.gateway}`)
    this.#router = router
    const [first, last] = options.addressPool ?? ['203.0.113.10', '203.0.113.250']
    const start = parseAddress(first)
    this.#pool = Array.from({ length: parseAddress(last) - start + 1 }, (_, offset) =>
      formatAddress(start + offset),
    )
  }

  get loadBalancers(): ReadonlyMap<string, LoadBalancer> {
    return this.#balancers
  }

  /** Makes the load balancer, or brings the one of that name up to date. */
  ensureLoadBalancer(spec: LoadBalancerSpec, done: (result: CloudResult) => void): void {
    const existing = this.#balancers.get(spec.name)
    if (existing && (spec.address === undefined || spec.address === existing.address)) {
      return this.updateLoadBalancer(spec, done)
    }
    const address = this.#reserve(spec)
    if (address === undefined) {
      const message = spec.address ? `address ${spec.address} is not available` : 'no address is left'
      return this.#call(latencies.failMs, done, () => ({ ok: false, message }))
    }
    this.#call(latencies.createMs, done, () => {
      this.#promised.delete(spec.name)
      if (!this.available) return { ok: false, message: UNAVAILABLE }
      existing?.remove()
      this.#balancers.set(spec.name, new LoadBalancer(this.#router, address, spec))
      return { ok: true, address }
    })
  }

  /** Changes nodes or health check of a load balancer that exists. */
  updateLoadBalancer(spec: LoadBalancerSpec, done: (result: CloudResult) => void): void {
    this.#call(latencies.updateMs, done, () => {
      const balancer = this.#balancers.get(spec.name)
      if (!balancer) return { ok: false, message: `load balancer ${spec.name} does not exist` }
      balancer.update(spec)
      return { ok: true, address: balancer.address }
    })
  }

  /** Deleting one that does not exist is no failure. */
  deleteLoadBalancer(name: string, done: (result: CloudResult) => void): void {
    this.#call(latencies.deleteMs, done, () => {
      const balancer = this.#balancers.get(name)
      balancer?.remove()
      this.#balancers.delete(name)
      return { ok: true, address: balancer?.address ?? '' }
    })
  }

  #call(durationMs: number, done: (result: CloudResult) => void, run: () => CloudResult): void {
    const isReachable = this.available
    this.#simulation.schedule(isReachable ? durationMs : latencies.failMs, () =>
      done(isReachable && this.available ? run() : { ok: false, message: UNAVAILABLE }),
    )
  }

  #reserve({ name, address }: LoadBalancerSpec): string | undefined {
    const used = new Set(
      [...this.#balancers].filter(([other]) => other !== name).map(([, balancer]) => balancer.address),
    )
    for (const [other, promised] of this.#promised) if (other !== name) used.add(promised)
    const candidates = address === undefined ? this.#pool : this.#pool.filter((free) => free === address)
    const free = candidates.find((candidate) => !used.has(candidate))
    if (free !== undefined) this.#promised.set(name, free)
    return free
  }
}

export const createCloud = (options: CloudOptions): Cloud => new Cloud(options)
