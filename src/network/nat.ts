import { parseAddress, type Address } from './address.ts'
import type { ConntrackEntry, Direction } from './conntrack.ts'
import type { Host } from './host.ts'
import type { Verdict } from './netfilter/evaluate.ts'
import { originalOf, type Packet, type Protocol } from './packet.ts'

/** The half of the addresses that a hook may rewrite: PREROUTING and OUTPUT the destination, the others the source. */
export type Manipulation = 'source' | 'destination'

interface PortBounds {
  readonly from: number
  readonly to: number
}

const LOCALHOST = parseAddress('127.0.0.1')

/** Writes what a NAT table decided about a new connection into its entry, once. */
export function bind(
  host: Host,
  entry: ConntrackEntry,
  manipulation: Manipulation,
  verdict: Verdict,
  interfaces: { readonly in: string; readonly out: string },
): void {
  if (manipulation === 'destination') {
    const target = destinationOf(host, verdict, interfaces.in)
    entry.destinationNat = target !== undefined
    if (!target) return
    entry.reply = {
      ...entry.reply,
      source: target.address,
      sourcePort: target.port ?? entry.original.destinationPort,
    }
    return
  }
  const source = sourceOf(host, verdict, entry.reply.source)
  const free = source ? undefined : !host.conntrack.isTaken(entry.protocol, entry.reply)
  entry.sourceNat = source !== undefined || free === false
  if (!entry.sourceNat) return
  const destination = source?.address ?? entry.original.source
  const destinationPort = choosePort(host, entry, destination, source?.bounds, source?.random ?? false)
  entry.reply = { ...entry.reply, destination, destinationPort }
}

/** Rewrites a packet of a connection the way its entry says, the answer's way back included. */
export function translate(
  packet: Packet,
  entry: ConntrackEntry,
  direction: Direction,
  manipulation: Manipulation,
): void {
  const { original, reply } = entry
  if (direction === 'original') {
    if (manipulation === 'destination' && entry.destinationNat) {
      packet.destination = reply.source
      packet.destinationPort = reply.sourcePort
    } else if (manipulation === 'source' && entry.sourceNat) {
      packet.source = reply.destination
      packet.sourcePort = reply.destinationPort
    }
  } else if (manipulation === 'destination' && entry.sourceNat) {
    packet.destination = original.source
    packet.destinationPort = original.sourcePort
  } else if (manipulation === 'source' && entry.destinationNat) {
    packet.source = original.destination
    packet.sourcePort = original.destinationPort
  }
}

/**
 * Rewrites an ICMP error so that whoever opened the connection recognises it: the packet it quotes becomes the one
 * that was sent, and the error seems to come from where that was sent to.
 */
export function translateError(packet: Packet, entry: ConntrackEntry, direction: Direction): void {
  const quoted = originalOf(packet)
  if (!quoted || !(entry.sourceNat || entry.destinationNat)) return
  const { source, sourcePort, destination, destinationPort } =
    direction === 'reply' ? entry.original : entry.reply
  Object.assign(quoted, { source, sourcePort, destination, destinationPort })
  packet.destination = source
  if (direction === 'reply' ? entry.destinationNat : entry.sourceNat) packet.source = destination
}

function destinationOf(
  host: Host,
  verdict: Verdict,
  inInterface: string,
): { address: Address; port?: number } | undefined {
  if (verdict.kind === 'DNAT') {
    return verdict.port === undefined
      ? { address: verdict.address }
      : { address: verdict.address, port: verdict.port }
  }
  if (verdict.kind !== 'REDIRECT') return undefined
  const address = inInterface === '' ? LOCALHOST : (host.primaryAddress(inInterface) ?? LOCALHOST)
  return verdict.ports ? { address, port: verdict.ports.from } : { address }
}

function sourceOf(
  host: Host,
  verdict: Verdict,
  destination: Address,
): { address: Address; bounds?: PortBounds; random: boolean } | undefined {
  if (verdict.kind === 'SNAT') {
    const random = verdict.random === true || verdict.randomFully === true
    if (verdict.port === undefined) return { address: verdict.address, random }
    return { address: verdict.address, bounds: { from: verdict.port, to: verdict.port }, random }
  }
  if (verdict.kind !== 'MASQUERADE') return undefined
  // The address the host itself would use towards there.
  const address = host.sourceFor(destination)
  if (address === undefined) return undefined
  const random = verdict.random === true || verdict.randomFully === true
  return verdict.ports ? { address, bounds: verdict.ports, random } : { address, random }
}

/** How often a busy port makes way for another try, as in Linux. */
const ATTEMPTS = 128

/** A port that makes the answers unmistakable: the client's own if it may, else one by chance from its class. */
function choosePort(
  host: Host,
  entry: ConntrackEntry,
  address: Address,
  given: PortBounds | undefined,
  random: boolean,
): number {
  const own = entry.original.sourcePort
  const bounds = given ?? boundsFor(entry.protocol, own)
  const isFree = (port: number) =>
    !host.conntrack.isTaken(entry.protocol, { ...entry.reply, destination: address, destinationPort: port })
  if (!random && own >= bounds.from && own <= bounds.to && isFree(own)) return own
  const chance = host.simulation.random(`nat ${host.name}`)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = bounds.from + chance.integer(bounds.to - bounds.from + 1)
    if (isFree(port)) return port
  }
  return own
}

/** Low ports stay low, as Linux has it. */
function boundsFor(protocol: Protocol, port: number): PortBounds {
  if (protocol === 'icmp') return { from: 1, to: 65_535 }
  if (port < 512) return { from: 1, to: 511 }
  return port < 1024 ? { from: 600, to: 1023 } : { from: 1024, to: 65_535 }
}
