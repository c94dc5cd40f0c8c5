/** RFC 9293's states, as `ss` names them. */
export type TcpState =
  | 'SYN-SENT'
  | 'SYN-RECV'
  | 'ESTAB'
  | 'FIN-WAIT-1'
  | 'FIN-WAIT-2'
  | 'CLOSE-WAIT'
  | 'CLOSING'
  | 'LAST-ACK'
  | 'TIME-WAIT'
  | 'CLOSED'

/** `tcp_syn_retries`: SYNs at 0, 1, 3, 7, 15, 31, 63 s, given up after 127 s. */
const SYN_RETRIES = 6
/** `tcp_synack_retries`. */
const SYNACK_RETRIES = 5
/** `tcp_retries2`: about a quarter of an hour. */
const DATA_RETRIES = 15
const INITIAL_TIMEOUT_MS = 1000
const MIN_TIMEOUT_MS = 200
const MAX_TIMEOUT_MS = 120_000

/** How often a segment is repeated before the connection counts as dead. */
export const retriesFor = (state: TcpState): number =>
  state === 'SYN-SENT' ? SYN_RETRIES : state === 'SYN-RECV' ? SYNACK_RETRIES : DATA_RETRIES

/** How long to wait for an acknowledgement: RFC 6298, with Linux' bounds. */
export class RetransmissionTimeout {
  /** Repetitions since something was acknowledged; each doubles the time. */
  retries = 0
  #timeoutMs = INITIAL_TIMEOUT_MS
  #smoothedMs = -1
  #variationMs = 0

  get currentMs(): number {
    return Math.min(MAX_TIMEOUT_MS, this.#timeoutMs * 2 ** this.retries)
  }

  /** Takes the round trip of a segment that was sent only once. */
  measure(roundTripMs: number): void {
    if (this.#smoothedMs < 0) {
      this.#smoothedMs = roundTripMs
      this.#variationMs = roundTripMs / 2
    } else {
      this.#variationMs = 0.75 * this.#variationMs + 0.25 * Math.abs(this.#smoothedMs - roundTripMs)
      this.#smoothedMs = 0.875 * this.#smoothedMs + 0.125 * roundTripMs
    }
    this.#timeoutMs = Math.max(MIN_TIMEOUT_MS, this.#smoothedMs + 4 * this.#variationMs)
  }
}
