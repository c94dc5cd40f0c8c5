import type { Timer } from '../sim/index.ts'
import { formatAddress, type Address } from './address.ts'
import type { Host } from './host.ts'
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, tcpPacket, type Packet } from './packet.ts'
import type { Endpoint, NetworkError, TcpConnection, TcpHandlers } from './sockets.ts'
import { retriesFor, RetransmissionTimeout, type TcpState } from './tcp-timeout.ts'

/** As much as one packet takes; network cards cut such a one up on the wire, here it travels whole. */
const MAX_SEGMENT = 65_160
/** Deadlines nearer than this have come: sums of fractions do not meet exactly. */
const CLOCK_TICK_MS = 0.1
/** So many acknowledgements of the same byte mean that the next segment is lost. */
const DUPLICATE_ACKS = 3

/** What was sent and is not acknowledged. SYN and FIN count as one in the sequence. */
interface Segment {
  readonly sequence: number
  readonly length: number
  readonly flags: number
  readonly payload: string
  sentAtMs: number
  repeated: boolean
}

/** What the connections that have none of them share. */
const NO_HANDLERS: TcpHandlers = {}
const NO_PACKETS: readonly Packet[] = []

/** Who is told about a connection's life: the socket layer of its host. */
export interface TcpOwner {
  readonly host: Host
  established(connection: Tcp): void
  /** Nothing more comes; in TIME-WAIT its addresses stay taken for a while. */
  closed(connection: Tcp): void
}

/**
 * One end of a TCP connection: three-way handshake, segments in order, acknowledgement, repetition with doubling
 * time-outs, half-close, RST. Nothing is sent from within a call: output happens in the network's next burst, so that
 * what is written in one moment travels in one segment, together with the acknowledgement.
 */
export class Tcp implements TcpConnection {
  readonly #owner: TcpOwner
  readonly localAddress: Address
  readonly localPort: number
  readonly remoteAddress: Address
  readonly remotePort: number
  handlers: TcpHandlers
  state: TcpState
  /** When TIME-WAIT ends. */
  timeWaitUntilMs = 0

  #sendNext: number
  readonly #unacknowledged: Segment[] = []
  #outgoing = ''
  #ending = false
  #receiveNext = 0
  #early: readonly Packet[] = NO_PACKETS
  #acknowledgementDue = false
  #flushDue = false
  #settleDue = false
  #duplicates = 0
  #recoverUntil = -1
  /** Not in TIME-WAIT, where nothing is sent any more: of those there are many. */
  #timeout: RetransmissionTimeout | undefined = new RetransmissionTimeout()
  #timer: Timer | undefined

  constructor(
    owner: TcpOwner,
    local: { address: Address; port: number },
    remote: { address: Address; port: number },
    handlers: TcpHandlers,
    syn?: Packet,
  ) {
    this.#owner = owner
    this.localAddress = local.address
    this.localPort = local.port
    this.remoteAddress = remote.address
    this.remotePort = remote.port
    this.handlers = handlers
    this.#sendNext = Math.floor((owner.host.simulation.nowMs - owner.host.simulation.startMs) * 250)
    this.state = syn ? 'SYN-RECV' : 'SYN-SENT'
    if (syn) this.#receiveNext = syn.sequence + 1
    this.#queue(syn ? TCP_SYN | TCP_ACK : TCP_SYN, '')
  }

  get local(): Endpoint {
    return { address: formatAddress(this.localAddress), port: this.localPort }
  }

  get remote(): Endpoint {
    return { address: formatAddress(this.remoteAddress), port: this.remotePort }
  }

  send(text: string): void {
    if (this.#ending || text === '' || this.state === 'CLOSED' || this.state === 'TIME-WAIT') return
    this.#outgoing += text
    this.#wake()
  }

  end(): void {
    if (this.#ending || this.state === 'CLOSED' || this.state === 'TIME-WAIT') return
    this.#ending = true
    this.#wake()
  }

  abort(): void {
    if (this.state === 'CLOSED' || this.state === 'TIME-WAIT') return
    const reset = this.state !== 'SYN-SENT'
    const sequence = this.#sendNext
    this.#close()
    if (reset) this.#owner.host.network.enqueue(() => this.#transmit(TCP_RST | TCP_ACK, sequence, ''))
  }

  /** A segment for this connection arrived. */
  receive(packet: Packet): void {
    if (packet.flags & TCP_RST) return this.#reset(packet)
    if (this.state === 'SYN-SENT') return this.#synAnswered(packet)
    if (packet.flags & TCP_SYN) return this.#acknowledge()
    if (packet.flags & TCP_ACK) this.#acknowledged(packet.acknowledgement, isBare(packet))
    if (isBare(packet) || this.state === 'CLOSED') return
    this.#acknowledge()
    this.#accept(packet)
  }

  /** ICMP said that a packet of ours did not arrive. Fatal for a handshake only; later TCP tries on. */
  unreachable(error: NetworkError): void {
    if (this.state === 'SYN-SENT') this.#fail(error)
  }

  /** The host is gone: falls silent, tells nobody. */
  vanish(): void {
    this.handlers = {}
    this.#close()
  }

  #reset(packet: Packet): void {
    if (this.state === 'SYN-SENT') {
      if (packet.acknowledgement === this.#sendNext) this.#fail('ECONNREFUSED')
    } else if (packet.sequence === this.#receiveNext) this.#fail('ECONNRESET')
  }

  #synAnswered(packet: Packet): void {
    if ((packet.flags & (TCP_SYN | TCP_ACK)) !== (TCP_SYN | TCP_ACK)) return
    if (packet.acknowledgement !== this.#sendNext) return
    this.#receiveNext = packet.sequence + 1
    this.#acknowledge()
    this.#establish()
    this.#acknowledged(packet.acknowledgement, false)
    this.handlers.connected?.()
  }

  #establish(): void {
    this.state = 'ESTAB'
    this.#owner.established(this)
    if (this.#outgoing !== '' || this.#ending) this.#wake()
  }

  /** The peer has everything up to `upTo`. */
  #acknowledged(upTo: number, bare: boolean): void {
    const queue = this.#unacknowledged
    const first = queue[0]
    if (!first) return
    if (upTo < first.sequence + first.length) {
      if (bare && upTo === first.sequence && ++this.#duplicates === DUPLICATE_ACKS) this.#recover()
      return
    }
    if (this.state === 'SYN-RECV') this.#establish()
    let count = 0
    while (count < queue.length && queue[count]!.sequence + queue[count]!.length <= upTo) count++
    const last = queue[count - 1]!
    if (!last.repeated) this.#timeout?.measure(this.#owner.host.simulation.nowMs - last.sentAtMs)
    queue.splice(0, count)
    this.#duplicates = 0
    if (this.#timeout) this.#timeout.retries = 0
    if (queue[0] && upTo < this.#recoverUntil) this.#repeat(queue[0])
    if (last.flags & TCP_FIN) this.#finAcknowledged()
  }

  #accept(packet: Packet): void {
    if (packet.sequence > this.#receiveNext) {
      if (!this.#early.some(({ sequence }) => sequence === packet.sequence))
        this.#early = [...this.#early, packet]
      this.#acknowledgeNow()
      return
    }
    if (packet.sequence < this.#receiveNext) return
    let next: Packet | undefined = packet
    while (next) {
      this.#take(next)
      const expected = this.#receiveNext
      next = this.#early.find(({ sequence }) => sequence === expected)
    }
    if (this.#early.length > 0)
      this.#early = this.#early.filter(({ sequence }) => sequence > this.#receiveNext)
  }

  #take(packet: Packet): void {
    const text = packet.payload as string
    this.#receiveNext += text.length
    if (text !== '') this.handlers.data?.(text)
    if ((packet.flags & TCP_FIN) === 0) return
    this.#receiveNext++
    const { handlers } = this
    if (this.state === 'ESTAB') this.state = 'CLOSE-WAIT'
    else if (this.state === 'FIN-WAIT-1') this.state = 'CLOSING'
    else if (this.state === 'FIN-WAIT-2') this.#waitOut()
    handlers.end?.()
  }

  #finAcknowledged(): void {
    if (this.state === 'FIN-WAIT-1') this.state = 'FIN-WAIT-2'
    else if (this.state === 'CLOSING') this.#waitOut()
    else if (this.state === 'LAST-ACK') this.#close()
  }

  #waitOut(): void {
    this.state = 'TIME-WAIT'
    this.handlers = NO_HANDLERS
    this.#timer?.cancel()
    this.#timer = undefined
    this.#timeout = undefined
    this.#unacknowledged.length = 0
    this.#owner.closed(this)
  }

  #fail(error: NetworkError): void {
    const { handlers } = this
    this.#close()
    handlers.error?.(error)
  }

  #close(): void {
    this.state = 'CLOSED'
    this.#timer?.cancel()
    this.#timer = undefined
    this.#unacknowledged.length = 0
    this.#outgoing = ''
    this.#acknowledgementDue = false
    this.#owner.closed(this)
  }

  // Output

  #acknowledge(): void {
    this.#acknowledgementDue = true
    this.#settleLater()
  }

  /** Out of order: the sender should know at once, and as often as it happens. */
  #acknowledgeNow(): void {
    this.#acknowledgementDue = false
    this.#owner.host.network.enqueue(() => this.#transmit(TCP_ACK, this.#sendNext, ''))
  }

  #wake(): void {
    if (this.#flushDue || this.state === 'SYN-SENT' || this.state === 'SYN-RECV') return
    this.#flushDue = true
    this.#owner.host.network.enqueue(() => this.#flush())
  }

  /** Sends what was written since, and FIN behind the last of it. */
  #flush(): void {
    this.#flushDue = false
    while (this.#outgoing !== '') {
      const payload = this.#outgoing.slice(0, MAX_SEGMENT)
      this.#outgoing = this.#outgoing.slice(MAX_SEGMENT)
      const fin = this.#ending && this.#outgoing === ''
      this.#queue(TCP_ACK | TCP_PSH | (fin ? TCP_FIN : 0), payload)
    }
    if (this.#ending && (this.state === 'ESTAB' || this.state === 'CLOSE-WAIT'))
      this.#queue(TCP_ACK | TCP_FIN, '')
  }

  #queue(flags: number, payload: string): void {
    const { simulation, network } = this.#owner.host
    const length = payload.length + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0)
    const segment = {
      sequence: this.#sendNext,
      length,
      flags,
      payload,
      sentAtMs: simulation.nowMs,
      repeated: false,
    }
    this.#unacknowledged.push(segment)
    this.#sendNext += length
    if (flags & TCP_FIN) this.state = this.state === 'CLOSE-WAIT' ? 'LAST-ACK' : 'FIN-WAIT-1'
    this.#settleLater()
    if (flags & TCP_SYN) network.enqueue(() => this.#transmitSegment(segment))
    else this.#transmitSegment(segment)
  }

  #transmitSegment(segment: Segment): void {
    if (this.state === 'CLOSED') return
    this.#acknowledgementDue = false
    this.#transmit(segment.flags, segment.sequence, segment.payload)
  }

  #transmit(flags: number, sequence: number, payload: string): void {
    const acknowledgement = flags & TCP_ACK ? this.#receiveNext : 0
    const { localAddress, localPort, remoteAddress, remotePort } = this
    this.#owner.host.send(
      tcpPacket(
        localAddress,
        localPort,
        remoteAddress,
        remotePort,
        flags,
        sequence,
        acknowledgement,
        payload,
      ),
    )
  }

  #settleLater(): void {
    if (this.#settleDue) return
    this.#settleDue = true
    this.#owner.host.network.afterRound(() => this.#settle())
  }

  /** Whatever was not acknowledged at once needs a timer, and the peer its acknowledgement. */
  #settle(): void {
    this.#settleDue = false
    if (this.#acknowledgementDue) {
      this.#acknowledgementDue = false
      this.#transmit(TCP_ACK, this.#sendNext, '')
    }
    this.#arm()
  }

  // Repetition

  #arm(): void {
    const first = this.#unacknowledged[0]
    if (!first || !this.#timeout || this.#timer) return
    const { simulation } = this.#owner.host
    const dueMs = first.sentAtMs + this.#timeout.currentMs
    this.#timer = simulation.schedule(Math.max(0, dueMs - simulation.nowMs), () => this.#timedOut())
  }

  #timedOut(): void {
    this.#timer = undefined
    const first = this.#unacknowledged[0]
    const timeout = this.#timeout
    if (!first || !timeout) return
    const now = this.#owner.host.simulation.nowMs
    // The one that armed the timer was acknowledged meanwhile; its successor has time left.
    if (first.sentAtMs + timeout.currentMs - now > CLOCK_TICK_MS) return this.#arm()
    if (timeout.retries >= retriesFor(this.state)) return this.#fail('ETIMEDOUT')
    timeout.retries++
    this.#recover()
    this.#arm()
  }

  /** Repeats the first segment; the others follow as acknowledgements show that they are missing too. */
  #recover(): void {
    this.#recoverUntil = this.#sendNext
    this.#repeat(this.#unacknowledged[0]!)
  }

  #repeat(segment: Segment): void {
    const { simulation, network } = this.#owner.host
    segment.sentAtMs = simulation.nowMs
    segment.repeated = true
    network.enqueue(() => this.#transmitSegment(segment))
  }
}

/** An acknowledgement and nothing else. */
const isBare = (packet: Packet): boolean =>
  packet.payload === '' && (packet.flags & (TCP_SYN | TCP_FIN)) === 0
