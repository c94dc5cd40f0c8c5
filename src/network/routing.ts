import { inPrefix, networkOf, parseAddress, parsePrefix, type Address, type Prefix } from './address.ts'

/** One line of `ip route`. */
export interface Route {
  readonly destination: Prefix
  /** The next hop; none when the destination is on the link. */
  readonly via: Address | undefined
  readonly interface: string
  /** Several next hops at equal cost (ECMP): each flow takes one of them. `via` is then the first. */
  readonly nextHops?: readonly Address[]
  /** The source address for what starts here; otherwise the interface's first. */
  readonly source: Address | undefined
  /** `unreachable PREFIX`: packets are answered with ICMP host unreachable. */
  readonly unreachable?: boolean
}

export interface RouteOptions {
  /** `10.244.2.0/24`; `0.0.0.0/0` is the default route. */
  readonly destination: string
  readonly via?: string
  /** `lo` for an unreachable route. */
  readonly interface: string
  readonly unreachable?: boolean
  /** `nexthop via A nexthop via B`: instead of `via`. */
  readonly nextHops?: readonly string[]
  readonly source?: string
}

/** A host's main routing table: the longest prefix wins, of equals the one added first. */
export class RoutingTable {
  /** Longest prefixes first. */
  #routes: Route[] = []
  readonly #exact = new Map<Address, Route>()

  /** @throws RangeError when an address does not parse. */
  add(options: RouteOptions): Route {
    const nextHops = options.nextHops?.map(parseAddress)
    const route: Route = {
      destination: networkOf(parsePrefix(options.destination)),
      via: options.via === undefined ? nextHops?.[0] : parseAddress(options.via),
      interface: options.interface,
      ...(nextHops && { nextHops }),
      ...(options.unreachable && { unreachable: true }),
      source: options.source === undefined ? undefined : parseAddress(options.source),
    }
    if (route.destination.length === 32) {
      if (!this.#exact.has(route.destination.address)) this.#exact.set(route.destination.address, route)
      return route
    }
    const index = this.#routes.findIndex((other) => other.destination.length < route.destination.length)
    this.#routes.splice(index < 0 ? this.#routes.length : index, 0, route)
    return route
  }

  /** Removes the routes to `destination` (through `interfaceName`, if given). */
  remove(destination: string, interfaceName?: string): void {
    const { address, length } = networkOf(parsePrefix(destination))
    this.#filter(
      (route) =>
        route.destination.address !== address ||
        route.destination.length !== length ||
        (interfaceName !== undefined && route.interface !== interfaceName),
    )
  }

  removeInterface(interfaceName: string): void {
    this.#filter((route) => route.interface !== interfaceName)
  }

  lookup(address: Address): Route | undefined {
    const exact = this.#exact.get(address)
    if (exact) return exact
    for (const route of this.#routes) if (inPrefix(address, route.destination)) return route
    return undefined
  }

  /** Every route, longest prefix first. */
  list(): readonly Route[] {
    return [...this.#exact.values(), ...this.#routes]
  }

  #filter(keep: (route: Route) => boolean): void {
    this.#routes = this.#routes.filter(keep)
    for (const [address, route] of this.#exact) if (!keep(route)) this.#exact.delete(address)
  }
}

interface Flow {
  readonly source: Address
  readonly destination: Address
  readonly sourcePort: number
  readonly destinationPort: number
}

/**
 * Where on the link a packet of this flow goes: undefined straight to its destination. Of several next hops the one
 * with the highest hash of flow and hop, so that when one is taken out only the flows that used it move.
 */
export function nextHopOf(route: Route, flow: Flow): Address | undefined {
  const { nextHops } = route
  if (!nextHops) return route.via
  let best: Address | undefined
  let highest = -1
  for (const hop of nextHops) {
    const weight = mix(
      mix(mix(hop, flow.source), flow.destination),
      flow.sourcePort * 65_536 + flow.destinationPort,
    )
    if (weight > highest) {
      highest = weight
      best = hop
    }
  }
  return best
}

/** One round of MurmurHash3's mixing. */
function mix(hash: number, value: number): number {
  let mixed = Math.imul((hash ^ value) >>> 0, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
