import type { Packet } from '../packet.ts'
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from '../packet.ts'
import type { MatchExtension } from './matches.ts'
import { argument, flag, IptablesError, parsePort, portName } from './options.ts'

/** The conditions about what is inside the IP packet: tcp, udp, icmp, multiport. */
export type PortMatch = PortsMatch | IcmpMatch | MultiportMatch

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

export const tcp = (destinationPort?: number): PortsMatch => portsMatch('tcp', destinationPort)
export const udp = (destinationPort?: number): PortsMatch => portsMatch('udp', destinationPort)

const portsMatch = (kind: 'tcp' | 'udp', port: number | undefined): PortsMatch =>
  port === undefined ? { kind } : { kind, destination: { from: port, to: port } }

type Draft<T> = { -readonly [Key in keyof T]?: T[Key] }

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

export const portMatches = { tcp: ports('tcp'), udp: ports('udp'), icmp, multiport }
