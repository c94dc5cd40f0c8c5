import type { Endpoint } from '../network/index.ts'
import type { Simulation } from '../sim/index.ts'
import type { BrowseResult } from './browser.ts'

/**
 * Which Pod took a connection, whatever address it was made to: told by the network, where the connection's first packet
 * was delivered. Listening changes nothing.
 */
export class Backends {
  /** Hosts by the packet as its sender sent it: `tcp 192.0.2.2:40000 > 203.0.113.10:80`. */
  readonly #delivered = new Map<string, string>()
  readonly stop: () => void

  constructor(simulation: Simulation) {
    this.stop = simulation.trace.subscribe(({ data }) => this.#note(data as PacketStory), ['packet'])
  }

  /** `namespace/name` of the Pod behind a connection; undefined when something else took it, a node's own process say. */
  behind(local: Endpoint, remote: Endpoint): string | undefined {
    const host = this.#delivered.get(`tcp ${local.address}:${local.port} > ${remote.address}:${remote.port}`)
    return host?.includes('/') ? host : undefined
  }

  #note({ outcome, hops }: PacketStory): void {
    const sent = hops[0]?.before
    if (sent?.endsWith(' SYN') && outcome.startsWith('delivered')) {
      this.#delivered.set(sent.slice(0, -' SYN'.length), hops.at(-1)!.host)
    }
  }
}

/** What of the network's story of a packet is needed here. */
interface PacketStory {
  readonly outcome: string
  readonly hops: readonly { readonly host: string; readonly before: string }[]
}

/** Who answered a page: the Pod, or where none is known the address that was spoken to. */
export function backendOf(page: BrowseResult & { kind: 'page' }): string {
  return page.answeredBy ?? page.remoteAddress
}
