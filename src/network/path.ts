import { isLoopback, type Address } from './address.ts'
import type { Host } from './host.ts'
import { sendReset, sendTimeExceeded, sendUnreachable } from './icmp.ts'
import type { Verdict } from './netfilter/evaluate.ts'
import type { RejectWith } from './netfilter/targets.ts'
import type { Packet, UnreachableCode } from './packet.ts'
import { Passage } from './passage.ts'
import { nextHopOf, type Route } from './routing.ts'
import type { Interface } from './segment.ts'
import { tell } from './trace.ts'

/** ARP asks three times, a second apart, before a neighbour counts as missing. */
const ARP_ATTEMPTS = 3
const ARP_INTERVAL_MS = 1000

/** A packet came in: PREROUTING, then the routing decision, then INPUT or FORWARD. */
export function receive(host: Host, packet: Packet, from: Interface): void {
  packet.mark = 0
  const passage = new Passage(host, packet, from.name)
  if (!host.routeLocalnet && (isLoopback(packet.destination) || isLoopback(packet.source))) {
    return end(passage, 'dropped: a loopback address on the wire (martian)')
  }
  if (!passes(passage, passage.run('PREROUTING'))) return
  if (host.isLocal(packet.destination)) return deliver(passage)
  if (host.forwarding) return forward(passage)
  end(passage, `dropped: ${host.name} does not forward`)
}

/** A packet starts here: the routing decision, OUTPUT, the decision again if NAT changed where to, POSTROUTING. */
export function send(host: Host, packet: Packet): void {
  if (host.simulation.trace.wants('packet')) packet.trail ??= []
  const passage = new Passage(host, packet, '')
  const { destination } = packet
  const route = routeTo(host, destination)
  if (!route || route.unreachable) return fail(passage, route ? 'host' : 'net')
  passage.out = route.interface
  if (!passes(passage, passage.run('OUTPUT'))) return
  const final = packet.destination === destination ? route : routeTo(host, packet.destination)
  if (!final || final.unreachable) return fail(passage, final ? 'host' : 'net')
  leave(passage, final)
}

/** A packet for somebody else. */
function forward(passage: Passage): void {
  const { host, packet } = passage
  if (packet.ttl <= 1) {
    end(passage, `dropped: time to live ended at ${host.name}`)
    return sendTimeExceeded(host, packet)
  }
  packet.ttl--
  const route = host.routes.lookup(packet.destination)
  if (!route || route.unreachable) return fail(passage, route ? 'host' : 'net')
  passage.out = route.interface
  if (!passes(passage, passage.run('FORWARD'))) return
  if (host.hopMs === 0) return leave(passage, route)
  host.simulation.schedule(host.hopMs, () => leave(passage, route))
}

/** POSTROUTING, then out; what goes to the host itself comes in again through lo. */
function leave(passage: Passage, route: Route): void {
  passage.out = route.interface
  if (!passes(passage, passage.run('POSTROUTING'))) return
  if (route.interface === 'lo') return loopBack(passage)
  transmit(passage, nextHopOf(route, passage.packet) ?? passage.packet.destination, 1)
}

/** lo hands the packet back at once, and conntrack does not look at it twice. */
function loopBack({ host, packet, tracked }: Passage): void {
  const passage = new Passage(host, packet, 'lo', tracked)
  if (!passes(passage, passage.run('PREROUTING'))) return
  if (host.isLocal(packet.destination)) return deliver(passage)
  end(passage, 'dropped: not for this host')
}

/** The packet is for this host: INPUT, then its socket. */
function deliver(passage: Passage): void {
  const verdict = passage.run('INPUT')
  if (verdict.kind === 'IPVS') return sendToRealServer(passage)
  if (!passes(passage, verdict)) return
  passage.note('deliver')
  tell(passage.host.simulation, passage.packet, `delivered to ${passage.host.name}`)
  passage.host.transport.receive(passage.packet)
}

/** IPVS has given the packet another destination: it leaves as if it started here, with its own source. */
function sendToRealServer(passage: Passage): void {
  const { host, packet } = passage
  const route = routeTo(host, packet.destination)
  if (!route || route.unreachable) return fail(passage, route ? 'host' : 'net')
  passage.out = route.interface
  if (passes(passage, passage.run('OUTPUT'))) leave(passage, route)
}

/** Finds the next hop on the link. The sender learns after three seconds that nobody answers there. */
function transmit(passage: Passage, nextHop: Address, attempt: number): void {
  const { host, packet } = passage
  const through = host.interfaces.get(passage.out)
  if (!through?.up) return end(passage, `dropped: ${passage.out} is down`)
  const to = through.segment?.neighbour(nextHop, through)
  if (to) {
    const lost = to.segment!.carry(packet, through, to)
    if (lost) end(passage, `lost on ${to.segment!.name}`)
  } else if (attempt <= ARP_ATTEMPTS) {
    host.simulation.schedule(ARP_INTERVAL_MS, () => host.running && transmit(passage, nextHop, attempt + 1))
  } else fail(passage, 'host')
}

function routeTo(host: Host, destination: Address): Route | undefined {
  return host.isLocal(destination) ? LOCAL : host.routes.lookup(destination)
}

const LOCAL: Route = {
  destination: { address: 0, length: 0, mask: 0 },
  via: undefined,
  interface: 'lo',
  source: undefined,
}

/** Whether the packet may go on; otherwise does what the verdict asks for. */
function passes(passage: Passage, verdict: Verdict): boolean {
  if (verdict.kind === 'ACCEPT') return true
  const { host, packet } = passage
  if (verdict.kind !== 'REJECT') {
    end(passage, `dropped by a rule of ${host.name}`)
    return false
  }
  end(passage, `rejected by a rule of ${host.name}`)
  if (verdict.with === 'tcp-reset') {
    if (packet.protocol === 'tcp') sendReset(host, packet)
  } else sendUnreachable(host, packet, REJECT_CODES[verdict.with])
  return false
}

const REJECT_CODES: Readonly<Record<Exclude<RejectWith, 'tcp-reset'>, UnreachableCode>> = {
  'icmp-net-unreachable': 'net',
  'icmp-host-unreachable': 'host',
  'icmp-port-unreachable': 'port',
  'icmp-net-prohibited': 'net-prohibited',
  'icmp-host-prohibited': 'host-prohibited',
  'icmp-admin-prohibited': 'admin-prohibited',
}

/** The network failed the packet, and its sender is told. */
function fail(passage: Passage, code: 'net' | 'host'): void {
  end(passage, `${code} unreachable from ${passage.host.name}`)
  sendUnreachable(passage.host, passage.packet, code)
}

function end(passage: Passage, outcome: string): void {
  tell(passage.host.simulation, passage.packet, outcome)
}
