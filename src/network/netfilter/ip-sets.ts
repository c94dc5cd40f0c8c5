import { formatAddress, inPrefix, parsePrefix, type Address } from '../address.ts'
import type { Packet } from '../packet.ts'

/** What an `ipset` holds: `hash:ip,port` has entries such as `10.96.0.1,tcp:443`. */
export type IpSetType = 'hash:ip' | 'hash:ip,port' | 'hash:ip,port,ip' | 'hash:ip,port,net' | 'bitmap:port'

/** A side of a packet, for each part of an entry. */
export type SetDirection = 'src' | 'dst'

/** A set of addresses or ports, which rules ask with `-m set --match-set`. */
export class IpSet {
  readonly name: string
  readonly type: IpSetType
  readonly entries = new Set<string>()

  constructor(name: string, type: IpSetType) {
    this.name = name
    this.type = type
  }

  /** Whether the packet's fields, each from the side named for it, are an entry. */
  holds(packet: Packet, directions: readonly SetDirection[]): boolean {
    const address = (index: number): Address =>
      directions[index] === 'src' ? packet.source : packet.destination
    const port = (index: number) => (directions[index] === 'src' ? packet.sourcePort : packet.destinationPort)
    if (this.type === 'bitmap:port') return this.entries.has(String(port(0)))
    const first = formatAddress(address(0))
    if (this.type === 'hash:ip') return this.entries.has(first)
    const both = `${first},${packet.protocol}:${port(1)}`
    if (this.type === 'hash:ip,port') return this.entries.has(both)
    if (this.type === 'hash:ip,port,ip') return this.entries.has(`${both},${formatAddress(address(2))}`)
    return [...this.entries].some((entry) => {
      const [ip = '', service = '', net = ''] = entry.split(',')
      return `${ip},${service}` === both && inPrefix(address(2), parsePrefix(net))
    })
  }
}
