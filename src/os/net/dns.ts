/**
 * DNS messages (RFC 1035) as values: what a datagram to port 53 carries here instead of its wire form. Names are
 * absolute, ending in a dot, as in `web.shop.svc.cluster.local.`; their case is kept and does not matter.
 */
export interface DnsMessage {
  readonly id: number
  /** QR: false in a query. */
  readonly response: boolean
  readonly opcode: 'QUERY' | 'NOTIFY' | 'UPDATE'
  readonly rcode: Rcode
  /** AA, TC, RD, RA, AD, CD. */
  readonly authoritative: boolean
  readonly truncated: boolean
  readonly recursionDesired: boolean
  readonly recursionAvailable: boolean
  readonly authenticData: boolean
  readonly checkingDisabled: boolean
  readonly question: readonly Question[]
  readonly answers: readonly ResourceRecord[]
  readonly authority: readonly ResourceRecord[]
  readonly additional: readonly ResourceRecord[]
  /** The OPT record: EDNS version 0, with the UDP size its sender can take, and its cookie (hex). */
  readonly edns?: { readonly udpSize: number; readonly cookie?: string }
}

export type Rcode = 'NOERROR' | 'FORMERR' | 'SERVFAIL' | 'NXDOMAIN' | 'NOTIMP' | 'REFUSED'

/** The numbers are for those who print them. */
export const RCODES: readonly Rcode[] = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED']

export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'PTR' | 'TXT' | 'SOA' | 'NS' | 'MX'

export const RECORD_TYPES: readonly RecordType[] = [
  'A',
  'AAAA',
  'CNAME',
  'SRV',
  'PTR',
  'TXT',
  'SOA',
  'NS',
  'MX',
]

export type QuestionType = RecordType | 'ANY' | 'HTTPS' | 'AXFR'

export interface Question {
  readonly name: string
  readonly type: QuestionType
  readonly class: 'IN' | 'CH'
}

interface RecordHead {
  readonly name: string
  /** Seconds. */
  readonly ttl: number
}

export type ResourceRecord = RecordHead & RecordData

export type RecordData =
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | { readonly type: 'CNAME' | 'PTR' | 'NS'; readonly target: string }
  | {
      readonly type: 'SRV'
      readonly priority: number
      readonly weight: number
      readonly port: number
      readonly target: string
    }
  | { readonly type: 'MX'; readonly preference: number; readonly target: string }
  | { readonly type: 'TXT'; readonly text: readonly string[] }
  | {
      readonly type: 'SOA'
      readonly primary: string
      readonly mailbox: string
      readonly serial: number
      readonly refresh: number
      readonly retry: number
      readonly expire: number
      readonly minimum: number
    }

/** A recursive query for one name and type. */
export function dnsQuery(
  id: number,
  name: string,
  type: QuestionType,
  options: { readonly edns?: DnsMessage['edns']; readonly class?: Question['class'] } = {},
): DnsMessage {
  return {
    id,
    response: false,
    opcode: 'QUERY',
    rcode: 'NOERROR',
    authoritative: false,
    truncated: false,
    recursionDesired: true,
    recursionAvailable: false,
    authenticData: false,
    checkingDisabled: false,
    question: [{ name: absoluteName(name), type, class: options.class ?? 'IN' }],
    answers: [],
    authority: [],
    additional: [],
    ...(options.edns && { edns: options.edns }),
  }
}

/** The answer to a query: its id and question, RD copied, and what `answer` says. */
export function dnsResponse(
  query: DnsMessage,
  answer: Partial<Omit<DnsMessage, 'id' | 'response' | 'question'>>,
): DnsMessage {
  return {
    ...query,
    response: true,
    authoritative: false,
    truncated: false,
    recursionAvailable: false,
    authenticData: false,
    answers: [],
    authority: [],
    additional: [],
    rcode: 'NOERROR',
    ...answer,
  }
}

/** With the dot at the end that makes it absolute. */
export function absoluteName(name: string): string {
  return name.endsWith('.') ? name : `${name}.`
}

/** Without the dot at the end; the root stays a dot. */
export function relativeName(name: string): string {
  return name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name
}

export function sameName(a: string, b: string): boolean {
  return absoluteName(a).toLowerCase() === absoluteName(b).toLowerCase()
}

/** `4.3.2.1.in-addr.arpa.` for 1.2.3.4, nibbles below `ip6.arpa.` for IPv6. */
export function reverseName(address: string): string {
  if (!address.includes(':')) return `${address.split('.').reverse().join('.')}.in-addr.arpa.`
  return `${[...expandIPv6(address).join('')].reverse().join('.')}.ip6.arpa.`
}

export function isIPv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)
}

export function isIPv6(text: string): boolean {
  if (!/^[\da-f:]+$/i.test(text) || !text.includes(':') || text.includes(':::')) return false
  const sides = text.split('::')
  const groups = sides.flatMap((side) => (side === '' ? [] : side.split(':')))
  if (groups.some((group) => !/^[\da-f]{1,4}$/i.test(group))) return false
  return sides.length === 1 ? groups.length === 8 : sides.length === 2 && groups.length < 8
}

/** The eight groups, four digits each. */
function expandIPv6(address: string): string[] {
  const [before = '', after] = address.split('::')
  const groupsOf = (side: string) => (side === '' ? [] : side.split(':'))
  const left = groupsOf(before)
  const right = groupsOf(after ?? '')
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...(after === undefined ? [] : zeros), ...right].map((group) =>
    group.padStart(4, '0').toLowerCase(),
  )
}

/** Over TCP messages are text, one a line; a datagram carries the value itself. */
export function encodeDnsMessage(message: DnsMessage): string {
  return `${JSON.stringify(message)}\n`
}

/** @throws SyntaxError when the line is no message */
export function decodeDnsMessage(line: string): DnsMessage {
  const message = JSON.parse(line) as DnsMessage
  if (typeof message !== 'object' || message === null || !Array.isArray(message.question)) {
    throw new SyntaxError('not a DNS message')
  }
  return message
}
