import { formatAddress, parsePrefix, type Address, type Prefix } from './address.ts'
import type { Host } from './host.ts'
import type { Packet } from './packet.ts'

export interface SegmentOptions {
  /** One way, in ms. 0 (the default) delivers at once. */
  readonly latencyMs?: number
  /** Share of packets that get lost, 0 to 1. */
  readonly lossRatio?: number
}

/** The `netem` discipline of an interface: what `tc` makes of packets that leave through it. */
export interface Netem {
  readonly delayMs: number
  /** The delay varies by up to this much either way. */
  readonly jitterMs: number
  /** 0 to 1. */
  readonly lossRatio: number
}

/** A network interface: where a host meets a segment. `lo` meets none. */
export interface Interface {
  readonly name: string
  readonly host: Host
  readonly segment: Segment | undefined
  readonly addresses: readonly Prefix[]
  /** `ip link set NAME up|down`. */
  up: boolean
  /** `net.ipv4.conf.NAME.proxy_arp`: also answers for addresses that its host has a route to elsewhere. */
  proxyArp: boolean
  netem: Netem | undefined
}

/**
 * What joins interfaces: a switch with many members, or a veth pair or cable with two. It moves packets to whichever
 * member answers for the next hop's address, and that is all it knows.
 */
export class Segment {
  readonly name: string
  latencyMs: number
  lossRatio: number
  /** False: the cable is cut. Whatever is sent disappears, packets under way included. */
  up = true
  readonly #members: Interface[] = []
  /** What ARP has found; an entry is checked at each use, so none needs to be cleared. */
  readonly #neighbours = new Map<Address, Interface>()

  constructor(name: string, options: SegmentOptions = {}) {
    this.name = name
    this.latencyMs = options.latencyMs ?? 0
    this.lossRatio = options.lossRatio ?? 0
  }

  get members(): readonly Interface[] {
    return this.#members
  }

  /**
   * Gives `host` an interface on this segment.
   * @param address `10.244.1.1/24`: the address and the network that is on the link; none for a port without one.
   */
  attach(host: Host, interfaceName: string, address?: string): Interface {
    const added = host.addInterface(interfaceName, this)
    this.#members.push(added)
    if (address !== undefined) host.addAddress(interfaceName, address)
    return added
  }

  /** Takes the interface away, with its addresses and routes. */
  detach(member: Interface): void {
    const index = this.#members.indexOf(member)
    if (index < 0) return
    this.#members.splice(index, 1)
    member.host.removeInterface(member.name)
  }

  /** Who answers an ARP request for `address`: as Linux does, a host answers for any address of its own. */
  neighbour(address: Address, asking: Interface): Interface | undefined {
    if (!this.up) return undefined
    const known = this.#neighbours.get(address)
    if (known && known !== asking && known.up && answersFor(known, address) && this.#members.includes(known))
      return known
    const others = this.#members.filter((member) => member !== asking && member.up)
    const found =
      others.find((member) => member.host.hasAddress(address)) ??
      others.find((member) => answersFor(member, address))
    if (found) this.#neighbours.set(address, found)
    return found
  }

  /** Carries `packet` from `from` to `to`, after the latency. @returns whether it got lost. */
  carry(packet: Packet, from: Interface, to: Interface): boolean {
    const { simulation } = to.host.network
    const { netem } = from
    const isLost = (ratio: number, where: string) =>
      ratio > 0 && simulation.random(`loss ${where}`).next() < ratio
    if (isLost(this.lossRatio, this.name)) return true
    if (netem && isLost(netem.lossRatio, `${from.host.name}/${from.name}`)) return true
    const latencyMs = this.latencyMs + (netem ? delayOf(netem, from) : 0)
    if (latencyMs === 0) to.host.receive(packet, to)
    else {
      simulation.schedule(latencyMs, () => {
        if (this.up && to.up) to.host.receive(packet, to)
      })
    }
    return false
  }

  toString(): string {
    return `${this.name} (${this.#members.map((member) => member.host.name).join(', ')})`
  }
}

function delayOf({ delayMs, jitterMs }: Netem, { host, name }: Interface): number {
  if (jitterMs === 0) return delayMs
  const random = host.simulation.random(`delay ${host.name}/${name}`)
  return Math.max(0, random.between(delayMs - jitterMs, delayMs + jitterMs))
}

function answersFor({ host, name, proxyArp }: Interface, address: Address): boolean {
  if (host.hasAddress(address)) return true
  const route = proxyArp ? host.routes.lookup(address) : undefined
  return route !== undefined && route.interface !== name
}

/** An interface while its host still changes it. */
export class HostInterface implements Interface {
  readonly name: string
  readonly host: Host
  readonly segment: Segment | undefined
  readonly addresses: Prefix[] = []
  up = true
  proxyArp = false
  netem: Netem | undefined

  constructor(name: string, host: Host, segment: Segment | undefined) {
    this.name = name
    this.host = host
    this.segment = segment
  }

  /** `192.168.99.11/24`, the way `ip addr` writes it. */
  describe(): string {
    return this.addresses.map(({ address, length }) => `${formatAddress(address)}/${length}`).join(' ')
  }

  add(text: string): Prefix {
    const added = parsePrefix(text)
    this.addresses.push(added)
    return added
  }
}
