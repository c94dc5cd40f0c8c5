import type { Simulation } from '../sim/index.ts'
import { formatPrefix, networkOf, parsePrefix, type Address } from './address.ts'
import { Conntrack } from './conntrack.ts'
import { Ipvs } from './ipvs/ipvs.ts'
import { Netfilter } from './netfilter/ruleset.ts'
import type { Network } from './network.ts'
import type { Packet } from './packet.ts'
import { receive, send } from './path.ts'
import { RoutingTable } from './routing.ts'
import { HostInterface, type Interface, type Segment } from './segment.ts'
import { HostSockets } from './socket-layer.ts'
import type { SocketLayer } from './sockets.ts'

export interface HostOptions {
  /** `net.ipv4.ip_forward`: whether packets for others are routed on. */
  readonly forwarding?: boolean
  /** `net.ipv4.conf.all.route_localnet`: whether 127.0.0.0/8 may leave or enter through other interfaces than lo. */
  readonly routeLocalnet?: boolean
  /** How long a packet takes through this router, in ms. */
  readonly hopMs?: number
}

/**
 * One network namespace: a node, a Pod, a laptop, a router. Interfaces with addresses, a routing table, netfilter
 * rules, connection tracking and sockets. What it does with a packet is written in `path.ts`.
 */
export class Host {
  readonly network: Network
  readonly name: string
  readonly hopMs: number
  readonly routes = new RoutingTable()
  readonly netfilter: Netfilter
  readonly conntrack: Conntrack
  readonly sockets: SocketLayer
  forwarding: boolean
  routeLocalnet: boolean
  /** The same sockets, seen from below: what `path.ts` delivers to. */
  readonly transport: HostSockets
  readonly #interfaces = new Map<string, HostInterface>()
  /** Local addresses, and how many interfaces hold each. */
  readonly #local = new Map<Address, number>()
  #ipvs: Ipvs | undefined
  #running = true

  constructor(network: Network, name: string, options: HostOptions) {
    this.network = network
    this.name = name
    this.hopMs = options.hopMs ?? 0
    this.forwarding = options.forwarding ?? false
    this.routeLocalnet = options.routeLocalnet ?? false
    this.netfilter = new Netfilter(network.simulation, name)
    this.conntrack = new Conntrack(network.simulation, name)
    this.transport = new HostSockets(this)
    this.sockets = this.transport
    this.addInterface('lo', undefined)
    this.addAddress('lo', '127.0.0.1/8')
  }

  /** The load balancer of its kernel. */
  get ipvs(): Ipvs {
    return (this.#ipvs ??= new Ipvs(this.conntrack))
  }

  get simulation(): Simulation {
    return this.network.simulation
  }

  get interfaces(): ReadonlyMap<string, Interface> {
    return this.#interfaces
  }

  /** False once the host was removed from its network. */
  get running(): boolean {
    return this.#running
  }

  /** For `Segment.attach`; a dummy interface (kube-ipvs0) has no segment. @throws RangeError when the name is taken. */
  addInterface(name: string, segment: Segment | undefined): Interface {
    if (this.#interfaces.has(name)) throw new RangeError(`${this.name} has an interface ${name} already`)
    const added = new HostInterface(name, this, segment)
    this.#interfaces.set(name, added)
    return added
  }

  /** For `Segment.detach`: addresses and routes go with it. */
  removeInterface(name: string): void {
    const removed = this.#interfaces.get(name)
    if (!removed) return
    for (const address of [...removed.addresses]) this.removeAddress(name, formatPrefix(address))
    this.#interfaces.delete(name)
    this.routes.removeInterface(name)
  }

  /** `ip addr add`: also routes the address's network to the link. @throws RangeError for an unknown interface. */
  addAddress(interfaceName: string, text: string): void {
    const added = this.#interface(interfaceName).add(text)
    this.#local.set(added.address, (this.#local.get(added.address) ?? 0) + 1)
    if (added.length < 32 && interfaceName !== 'lo') {
      this.routes.add({ destination: formatPrefix(networkOf(added)), interface: interfaceName })
    }
  }

  removeAddress(interfaceName: string, text: string): void {
    const { addresses } = this.#interface(interfaceName)
    const gone = parsePrefix(text)
    const index = addresses.findIndex(({ address }) => address === gone.address)
    if (index < 0) return
    const [removed] = addresses.splice(index, 1)
    const left = this.#local.get(gone.address)! - 1
    if (left > 0) this.#local.set(gone.address, left)
    else this.#local.delete(gone.address)
    if (removed!.length < 32) this.routes.remove(formatPrefix(networkOf(removed!)), interfaceName)
  }

  /** Whether a packet to `address` has arrived here. All of 127.0.0.0/8 is at home everywhere. */
  hasAddress(address: Address): boolean {
    return this.#local.has(address)
  }

  /** The address a packet takes as its source when it leaves for `destination`; undefined without a route. */
  sourceFor(destination: Address): Address | undefined {
    if (this.isLocal(destination)) return destination
    const route = this.routes.lookup(destination)
    if (!route) return undefined
    return route.source ?? this.primaryAddress(route.interface)
  }

  /** The first address of an interface; an interface without one borrows the host's first, as Linux does. */
  primaryAddress(interfaceName: string): Address | undefined {
    const own = this.#interfaces.get(interfaceName)?.addresses[0]
    if (own) return own.address
    for (const { name, addresses } of this.#interfaces.values())
      if (name !== 'lo' && addresses[0]) return addresses[0].address
    return undefined
  }

  isLocal(address: Address): boolean {
    return this.#local.has(address) || address >>> 24 === 127
  }

  /** A packet came in through `from`. */
  receive(packet: Packet, from: Interface): void {
    if (this.#running) receive(this, packet, from)
  }

  /** A packet starts here. */
  send(packet: Packet): void {
    if (this.#running) send(this, packet)
  }

  /** For `Network.removeHost`. */
  shutDown(): void {
    this.#running = false
    this.transport.shutDown()
  }

  #interface(name: string): HostInterface {
    const found = this.#interfaces.get(name)
    if (!found) throw new RangeError(`${this.name} has no interface ${name}`)
    return found
  }
}
