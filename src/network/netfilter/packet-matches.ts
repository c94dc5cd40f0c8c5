import { isLoopback, isMulticast, type Address } from '../address.ts'
import type { Packet } from '../packet.ts'
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from '../packet.ts'
import type { Context } from './context.ts'
import type { MatchExtension } from './matches.ts'
import {
  ALL_BITS,
  argument,
  flag,
  hex,
  IptablesError,
  parseMarkMask,
  parsePort,
  portName,
  quote,
} from './options.ts'

/** The conditions that a packet answers by itself: comment, tcp, udp, icmp, multiport, mark, addrtype. */
export type PacketMatch =
  CommentMatch | PortsMatch | IcmpMatch | MultiportMatch | MarkMatch | AddressTypeMatch

export interface CommentMatch {
  readonly kind: 'comment'
  readonly text: string
}

/** Inclusive. */
export interface Ports {
  readonly from: number
  readonly to: number
  readonly not?: boolean
}

export interface PortsMatch {
  readonly kind: 'tcp' | 'udp'
  readonly source?: Ports
  readonly destination?: Ports
  /** Of the flags in `mask`, exactly those in `set` are on. */
  readonly flags?: { readonly mask: number; readonly set: number; readonly not?: boolean }
}

export interface IcmpMatch {
  readonly kind: 'icmp'
  readonly type: number
  readonly not?: boolean
}

export interface MultiportMatch {
  readonly kind: 'multiport'
  readonly side: 'source' | 'destination' | 'either'
  readonly ports: readonly Ports[]
  readonly not?: boolean
}

export interface MarkMatch {
  readonly kind: 'mark'
  readonly value: number
  readonly mask: number
  readonly not?: boolean
}

type AddressType = (typeof ADDRESS_TYPES)[number]

export interface AddressTypeMatch {
  readonly kind: 'addrtype'
  readonly source?: { readonly types: readonly AddressType[]; readonly not?: boolean }
  readonly destination?: { readonly types: readonly AddressType[]; readonly not?: boolean }
}

export const comment = (text: string): CommentMatch => ({ kind: 'comment', text })
export const tcp = (destinationPort?: number): PortsMatch => portsMatch('tcp', destinationPort)
export const udp = (destinationPort?: number): PortsMatch => portsMatch('udp', destinationPort)
export const mark = (value: number, mask: number = ALL_BITS, not = false): MarkMatch => ({
  kind: 'mark',
  value,
  mask,
  not,
})
export const dstType = (type: AddressType): AddressTypeMatch => ({
  kind: 'addrtype',
  destination: { types: [type] },
})
export const srcType = (type: AddressType): AddressTypeMatch => ({
  kind: 'addrtype',
  source: { types: [type] },
})

const portsMatch = (kind: 'tcp' | 'udp', port: number | undefined): PortsMatch =>
  port === undefined ? { kind } : { kind, destination: { from: port, to: port } }

type Draft<T> = { -readonly [Key in keyof T]?: T[Key] }

const ADDRESS_TYPES = ['UNSPEC', 'UNICAST', 'LOCAL', 'BROADCAST', 'MULTICAST'] as const

const TCP_FLAGS: readonly (readonly [string, number])[] = [
  ['FIN', TCP_FIN],
  ['SYN', TCP_SYN],
  ['RST', TCP_RST],
  ['PSH', TCP_PSH],
  ['ACK', TCP_ACK],
]

const ICMP_TYPES: Readonly<Record<string, number>> = {
  'echo-reply': 0,
  'destination-unreachable': 3,
  'echo-request': 8,
  ping: 8,
  'time-exceeded': 11,
}

const inPorts = ({ from, to, not = false }: Ports, port: number) => (port >= from && port <= to) !== not

const bang = (condition: { not?: boolean } | undefined) => (condition?.not ? '! ' : '')
const saveRange = ({ from, to }: Ports, name = String) =>
  from === to ? name(from) : `${name(from)}:${name(to)}`
const saveFlags = (bits: number) =>
  TCP_FLAGS.filter(([, bit]) => bits & bit)
    .map(([name]) => name)
    .join(',') || 'NONE'

function parseRange(text: string, not: boolean): Ports {
  const [first = '', last] = text.split(':')
  const from = first === '' ? 0 : parsePort(first)
  const to = last === undefined ? from : last === '' ? 65535 : parsePort(last)
  return not ? { from, to, not } : { from, to }
}

function parseFlags(text: string): number {
  let bits = 0
  for (const word of text.split(',')) {
    if (word === 'NONE') continue
    const found = TCP_FLAGS.find(([name]) => name === word)
    if (!found && word !== 'ALL' && word !== 'URG') throw new IptablesError(`Unknown TCP flag \`${word}'`)
    bits |= found ? found[1] : word === 'ALL' ? 31 : 0
  }
  return bits
}

function ports(kind: 'tcp' | 'udp'): MatchExtension<PortsMatch> {
  const source = argument<Draft<PortsMatch>>(
    (draft, value, not) => void (draft.source = parseRange(value, not)),
  )
  const destination = argument<Draft<PortsMatch>>(
    (draft, value, not) => void (draft.destination = parseRange(value, not)),
  )
  const syn = flag<Draft<PortsMatch>>(
    (draft, not) => void (draft.flags = { mask: SYN_MASK, set: TCP_SYN, not }),
  )
  /** The mask and the flags are two words; the reader joins them with a blank. */
  const flags = argument<Draft<PortsMatch>>((draft, value, not) => {
    const [mask = '', set = ''] = value.split(' ')
    draft.flags = { mask: parseFlags(mask), set: parseFlags(set), not }
  })
  const common = {
    '--sport': source,
    '--source-port': source,
    '--dport': destination,
    '--destination-port': destination,
  }
  return {
    name: kind,
    options: kind === 'udp' ? common : { ...common, '--syn': syn, '--tcp-flags': flags },
    start: () => ({ kind }),
    finish: (draft: PortsMatch) => draft,
    save({ source: from, destination: to, flags: bits }) {
      const words: string[] = []
      if (from) words.push(`${bang(from)}--sport ${saveRange(from)}`)
      if (to) words.push(`${bang(to)}--dport ${saveRange(to)}`)
      if (bits) words.push(`${bang(bits)}--tcp-flags ${saveFlags(bits.mask)} ${saveFlags(bits.set)}`)
      return words.join(' ')
    },
    list({ source: from, destination: to, flags: bits }, numeric) {
      const words: string[] = []
      const name = (port: number | string) => portName(Number(port), numeric)
      const listed = (side: string, range: Ports) =>
        `${side}pt${range.from === range.to ? '' : 's'}:${range.not ? '!' : ''}${saveRange(range, name as typeof String)}`
      if (from) words.push(listed('s', from))
      if (to) words.push(listed('d', to))
      const text = (value: number) =>
        numeric ? `0x${value.toString(16).padStart(2, '0').toUpperCase()}` : saveFlags(value)
      if (bits) words.push(`flags:${bits.not ? '!' : ''}${text(bits.mask)}/${text(bits.set)}`)
      return words.length > 0 ? `${kind} ${words.join(' ')}` : kind
    },
    test: ({ source: from, destination: to, flags: bits }) => {
      if (to && !from && !bits && to.from === to.to && !to.not)
        return (packet) => packet.destinationPort === to.from
      return (packet) =>
        (!from || inPorts(from, packet.sourcePort)) &&
        (!to || inPorts(to, packet.destinationPort)) &&
        (!bits || ((packet.flags & bits.mask) === bits.set) !== (bits.not ?? false))
    },
  }
}

const SYN_MASK = TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK

const icmp: MatchExtension<IcmpMatch> = {
  name: 'icmp',
  options: {
    '--icmp-type': argument<Draft<IcmpMatch>>((draft, value, not) => {
      const type = ICMP_TYPES[value] ?? (/^\d+$/.test(value) ? Number(value) : undefined)
      if (type === undefined) throw new IptablesError(`Unknown ICMP type \`${value}'`)
      Object.assign(draft, { type, not })
    }),
  },
  start: () => ({ kind: 'icmp' }),
  finish: (draft: IcmpMatch) => draft,
  save: (match) => (match.type === undefined ? '' : `${bang(match)}--icmp-type ${match.type}`),
  list: ({ type, not }, numeric) => {
    const name = Object.keys(ICMP_TYPES).find((key) => ICMP_TYPES[key] === type)
    return numeric || !name ? `${not ? '!' : ''}icmptype ${type}` : `icmp ${not ? '!' : ''}${name}`
  },
  test: ({ type, not = false }) =>
    type === undefined ? () => true : (packet) => (typeNumber(packet) === type) !== not,
}

function typeNumber({ icmp: message }: Packet): number {
  return { 'echo-reply': 0, unreachable: 3, 'echo-request': 8, 'time-exceeded': 11, none: -1 }[
    message?.type ?? 'none'
  ]
}

const SIDES = { source: 'sports', destination: 'dports', either: 'ports' } as const

const multiport: MatchExtension<MultiportMatch> = {
  name: 'multiport',
  options: (() => {
    const side = (name: MultiportMatch['side']) =>
      argument<Draft<MultiportMatch>>((draft, value, not) => {
        Object.assign(draft, {
          side: name,
          not,
          ports: value.split(',').map((word) => parseRange(word, false)),
        })
      })
    const [source, destination, either] = [side('source'), side('destination'), side('either')]
    return {
      ...{
        '--sports': source,
        '--source-ports': source,
        '--dports': destination,
        '--destination-ports': destination,
      },
      '--ports': either,
    }
  })(),
  start: () => ({ kind: 'multiport' }),
  finish(draft: Draft<MultiportMatch>) {
    if (!draft.ports) throw new IptablesError('multiport expection an option')
    return draft as MultiportMatch
  },
  save: (match) =>
    `${bang(match)}--${SIDES[match.side]} ${match.ports.map((range) => saveRange(range)).join(',')}`,
  list: (match, numeric) => {
    const name = (port: number | string) => portName(Number(port), numeric)
    const ranges = match.ports.map((range) => saveRange(range, name as typeof String)).join(',')
    return `multiport ${SIDES[match.side]} ${bang(match)}${ranges}`
  },
  test: ({ side, ports: ranges, not = false }) => {
    const any = (port: number) => ranges.some((range) => inPorts(range, port))
    return ({ sourcePort, destinationPort }) =>
      ((side !== 'destination' && any(sourcePort)) || (side !== 'source' && any(destinationPort))) !== not
  },
}

const markMatch: MatchExtension<MarkMatch> = {
  name: 'mark',
  options: {
    '--mark': argument<Draft<MarkMatch>>(
      (draft, value, not) =>
        void Object.assign(draft, parseMarkMask(value, { module: 'mark', name: '--mark' }), { not }),
    ),
  },
  start: () => ({ kind: 'mark' }),
  finish(draft: Draft<MarkMatch>) {
    if (draft.value === undefined) throw new IptablesError('mark: option "--mark" must be specified\n')
    return draft as MarkMatch
  },
  save: (match) => `${bang(match)}--mark ${saveMark(match)}`,
  list: (match) => `mark match ${match.not ? '! ' : ''}${saveMark(match)}`,
  test:
    ({ value, mask, not = false }) =>
    (packet) =>
      ((packet.mark & mask) >>> 0 === value) !== not,
}

const saveMark = ({ value, mask }: MarkMatch) =>
  mask === ALL_BITS ? hex(value) : `${hex(value)}/${hex(mask)}`

const addrtype: MatchExtension<AddressTypeMatch> = {
  name: 'addrtype',
  options: (() => {
    const side = (key: 'source' | 'destination') =>
      argument<Draft<AddressTypeMatch>>((draft, value, not) => {
        const types = value.split(',').map((word) => {
          const known = ADDRESS_TYPES.find((type) => type === word.toUpperCase())
          if (!known) throw new IptablesError(`addrtype: bad type "${word}"`)
          return known
        })
        draft[key] = not ? { types, not } : { types }
      })
    return { '--src-type': side('source'), '--dst-type': side('destination') }
  })(),
  start: () => ({ kind: 'addrtype' }),
  finish(draft: AddressTypeMatch) {
    if (!draft.source && !draft.destination) {
      throw new IptablesError('addrtype: you must specify --src-type or --dst-type')
    }
    return draft
  },
  save: ({ source, destination }) =>
    [
      source && `${bang(source)}--src-type ${source.types.join(',')}`,
      destination && `${bang(destination)}--dst-type ${destination.types.join(',')}`,
    ]
      .filter(Boolean)
      .join(' '),
  list: ({ source, destination }) =>
    `ADDRTYPE match${source ? ` src-type ${source.not ? '!' : ''}${source.types.join(',')}` : ''}` +
    (destination ? ` dst-type ${destination.not ? '!' : ''}${destination.types.join(',')}` : ''),
  test: ({ source, destination }) => {
    const holds = (
      { types, not = false }: NonNullable<AddressTypeMatch['source']>,
      address: Address,
      context: Context,
    ) => types.includes(typeOf(address, context)) !== not
    return (packet, context) =>
      (!source || holds(source, packet.source, context)) &&
      (!destination || holds(destination, packet.destination, context))
  },
}

function typeOf(address: Address, context: Context): AddressType {
  if (address === 0) return 'UNSPEC'
  if (isLoopback(address) || context.isLocal(address)) return 'LOCAL'
  if (address === ALL_BITS) return 'BROADCAST'
  return isMulticast(address) ? 'MULTICAST' : 'UNICAST'
}

const commentMatch: MatchExtension<CommentMatch> = {
  name: 'comment',
  options: { '--comment': argument<Draft<CommentMatch>>((draft, value) => void (draft.text = value)) },
  start: () => ({ kind: 'comment' }),
  finish(draft: Draft<CommentMatch>) {
    if (draft.text === undefined) throw new IptablesError('comment: option "--comment" must be specified\n')
    return draft as CommentMatch
  },
  save: ({ text }) => `--comment ${quote(text)}`,
  list: ({ text }) => `/* ${text} */`,
}

export const packetMatches = {
  comment: commentMatch,
  tcp: ports('tcp'),
  udp: ports('udp'),
  icmp,
  multiport,
  mark: markMatch,
  addrtype,
}
