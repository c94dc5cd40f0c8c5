import type { Address } from '../address.ts'
import type { Conntrack } from '../conntrack.ts'
import type { Packet } from '../packet.ts'

export interface RealServer {
  readonly address: Address
  readonly port: number
}

/** How a virtual server chooses among its real ones. */
export type Scheduler = keyof typeof SCHEDULERS

export interface VirtualServer {
  readonly protocol: 'tcp' | 'udp'
  readonly address: Address
  readonly port: number
  readonly scheduler: Scheduler
  /** `persistent`: a client goes back to its real server until this long after it was last seen. */
  readonly persistentS?: number
  readonly servers: readonly RealServer[]
}

interface Kept {
  virtual: VirtualServer
  /** Where `rr` goes on. */
  next: number
  /** Of persistent servers: the clients, and until when they belong to a real server. */
  readonly clients: Map<Address, { readonly server: RealServer; readonly untilMs: number }>
}

type Choose = (kept: Kept, packet: Packet, load: (server: RealServer) => number) => RealServer

const SCHEDULERS = {
  /** Round robin. */
  rr: (kept) => {
    const { servers } = kept.virtual
    kept.next = (kept.next + 1) % servers.length
    return servers[kept.next]!
  },
  /** Least connections: active ones weigh 256 times as much as others. */
  lc: ({ virtual }, _packet, load) =>
    virtual.servers.reduce((best, server) => (load(server) < load(best) ? server : best)),
  /** Source hashing: a client's address decides. */
  sh: ({ virtual: { servers } }, packet) =>
    servers[(Math.imul(packet.source, 0x9e3779b1) >>> 8) % servers.length]!,
} as const satisfies Readonly<Record<string, Choose>>

export const isScheduler = (name: string): name is Scheduler => Object.hasOwn(SCHEDULERS, name)

const keyOf = ({ protocol, address, port }: Pick<VirtualServer, 'protocol' | 'address' | 'port'>) =>
  `${protocol} ${address} ${port}`

/** The load balancer in a host's kernel (IPVS): virtual servers that stand for real ones, by masquerading. */
export class Ipvs {
  readonly #conntrack: Conntrack
  readonly #kept = new Map<string, Kept>()

  constructor(conntrack: Conntrack) {
    this.#conntrack = conntrack
  }

  get isEmpty(): boolean {
    return this.#kept.size === 0
  }

  /** In the order in which they came to be. */
  get virtualServers(): readonly VirtualServer[] {
    return [...this.#kept.values()].map(({ virtual }) => virtual)
  }

  /** Adds a virtual server, or changes the one at its address. */
  set(virtual: VirtualServer): void {
    const kept = this.#kept.get(keyOf(virtual))
    if (kept) kept.virtual = virtual
    else this.#kept.set(keyOf(virtual), { virtual, next: -1, clients: new Map() })
  }

  delete(virtual: VirtualServer): void {
    this.#kept.delete(keyOf(virtual))
  }

  /** @returns the real server for a new connection; undefined where no virtual server is, `none` where it has none */
  schedule(packet: Packet, nowMs: number): RealServer | 'none' | undefined {
    if (packet.protocol === 'icmp') return undefined
    const { destination: address, destinationPort: port, protocol, source } = packet
    const kept = this.#kept.get(keyOf({ protocol, address, port }))
    if (!kept) return undefined
    const { servers, scheduler, persistentS } = kept.virtual
    if (servers.length === 0) return 'none'
    const known = kept.clients.get(source)
    const stays = known && known.untilMs > nowMs && servers.some((server) => same(server, known.server))
    const choose: Choose = SCHEDULERS[scheduler]
    const server = stays ? known.server : choose(kept, packet, (one) => this.#load(kept.virtual, one))
    if (persistentS !== undefined) kept.clients.set(source, { server, untilMs: nowMs + persistentS * 1000 })
    return server
  }

  /** Connections that conntrack knows from a virtual server to a real one. */
  connections(
    virtual: VirtualServer,
    server: RealServer,
  ): { readonly active: number; readonly inactive: number } {
    const mine = this.#conntrack
      .entries()
      .filter(
        ({ protocol, original, reply }) =>
          protocol === virtual.protocol &&
          original.destination === virtual.address &&
          original.destinationPort === virtual.port &&
          reply.source === server.address &&
          reply.sourcePort === server.port,
      )
    const active = mine.filter(({ tcp }) => tcp === 'ESTABLISHED').length
    return { active, inactive: mine.length - active }
  }

  #load(virtual: VirtualServer, server: RealServer): number {
    const { active, inactive } = this.connections(virtual, server)
    return active * 256 + inactive
  }
}

const same = (a: RealServer, b: RealServer) => a.address === b.address && a.port === b.port
