import { formatAddress, tryParseAddress, type Address } from '../address.ts'
import {
  ALL_BITS,
  argument,
  flag,
  hex,
  IptablesError,
  parseMarkMask,
  parsePort,
  quote,
  type Extension,
} from './options.ts'

/** `--to-destination 10.244.1.5:80`: one address, and one port if the port changes too. */
export interface NatTarget {
  readonly kind: 'DNAT' | 'SNAT'
  readonly address: Address
  readonly port: number | undefined
  readonly random?: boolean
  readonly randomFully?: boolean
  readonly persistent?: boolean
}

export interface MarkTarget {
  readonly kind: 'MARK'
  /** New mark = (old mark and not `mask`) xor `value`, as `--set-xmark` has it. */
  readonly value: number
  readonly mask: number
}

export type RejectWith = (typeof REJECT_WITH)[number]

/** What becomes of a packet that a rule holds for. */
export type Target =
  | { readonly kind: 'ACCEPT' | 'DROP' | 'RETURN' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'REJECT'; readonly with: RejectWith }
  | NatTarget
  | {
      readonly kind: 'MASQUERADE'
      readonly ports?: PortRange
      readonly random?: boolean
      readonly randomFully?: boolean
    }
  | { readonly kind: 'REDIRECT'; readonly ports?: PortRange }
  | MarkTarget
  | { readonly kind: 'LOG'; readonly prefix?: string; readonly level?: number }

export interface PortRange {
  readonly from: number
  readonly to: number
}

export const ACCEPT: Target = { kind: 'ACCEPT' }
export const DROP: Target = { kind: 'DROP' }
export const RETURN: Target = { kind: 'RETURN' }
export const jump = (chain: string): Target => ({ kind: 'jump', chain })
export const reject = (answer: RejectWith = 'icmp-port-unreachable'): Target => ({
  kind: 'REJECT',
  with: answer,
})
export const dnat = (address: Address, port?: number): Target => ({ kind: 'DNAT', address, port })
export const setMark = (value: number, mask: number = ALL_BITS): Target => ({ kind: 'MARK', value, mask })
export const masquerade = (options: { randomFully?: boolean } = {}): Target => ({
  kind: 'MASQUERADE',
  ...options,
})

const REJECT_WITH = [
  'icmp-net-unreachable',
  'icmp-host-unreachable',
  'icmp-port-unreachable',
  'icmp-net-prohibited',
  'icmp-host-prohibited',
  'icmp-admin-prohibited',
  'tcp-reset',
] as const

/** Options while they are read. */
interface Draft {
  to?: string
  ports?: PortRange
  random?: boolean
  randomFully?: boolean
  persistent?: boolean
  with?: RejectWith
  mark?: { value: number; mask: number }
  prefix?: string
  level?: number
}

const random = flag<Draft>((draft) => void (draft.random = true))
const randomFully = flag<Draft>((draft) => void (draft.randomFully = true))
const toPorts = argument<Draft>((draft, value) => void (draft.ports = parsePorts(value)))
const to = argument<Draft>((draft, value) => void (draft.to = value))
const persistent = flag<Draft>((draft) => void (draft.persistent = true))

/** Lets an option of MARK state the operation in its own way. */
const mark = (option: string, of: (value: number, mask: number) => { value: number; mask: number }) =>
  argument<Draft>((draft, text) => {
    const { value, mask } = parseMarkMask(text, { module: 'MARK', name: option })
    draft.mark = of(value, mask)
  })

const words = (...parts: (string | false | undefined)[]) => parts.filter(Boolean).join(' ')
const portRange = ({ from, to: last }: PortRange) => (from === last ? `${from}` : `${from}-${last}`)

function parsePorts(text: string): PortRange {
  const [first = '', last] = text.split('-')
  const from = parsePort(first)
  return { from, to: last === undefined ? from : parsePort(last) }
}

function natExtension(kind: 'DNAT' | 'SNAT', option: string): Extension<Target> {
  const flags = (target: NatTarget, dashes: string) =>
    words(
      target.random && `${dashes}random`,
      target.randomFully && `${dashes}random-fully`,
      target.persistent && `${dashes}persistent`,
    )
  const where = ({ address, port }: NatTarget) =>
    formatAddress(address) + (port === undefined ? '' : `:${port}`)
  return {
    name: kind,
    options: { [option]: to, '--random': random, '--random-fully': randomFully, '--persistent': persistent },
    start: () => ({}),
    finish({ to: text, ...rest }: Draft) {
      if (text === undefined) throw new IptablesError(`${kind}: option "${option}" must be specified\n`)
      const [host = '', port] = text.split(':')
      const address = tryParseAddress(host)
      if (address === undefined) throw new IptablesError(`Bad IP address "${host}"`)
      if (port === undefined) return { kind, address, port: undefined, ...rest }
      if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
        throw new IptablesError(`Port \`${port}' not valid`)
      }
      return { kind, address, port: Number(port), ...rest }
    },
    save: (target: NatTarget) => words(option, where(target), flags(target, '--')),
    list: (target: NatTarget) => words(`to:${where(target)}`, flags(target, '')),
  }
}

type Of<Kind extends Target['kind']> = Extract<Target, { kind: Kind }>

const EXTENSIONS: Readonly<Record<string, Extension<Target>>> = {
  DNAT: natExtension('DNAT', '--to-destination'),
  SNAT: natExtension('SNAT', '--to-source'),
  MASQUERADE: {
    name: 'MASQUERADE',
    options: { '--to-ports': toPorts, '--random': random, '--random-fully': randomFully },
    start: () => ({}),
    finish: (draft: Draft) => ({ kind: 'MASQUERADE', ...draft }),
    save: ({ ports, ...flags }: Of<'MASQUERADE'>) =>
      words(
        ports && `--to-ports ${portRange(ports)}`,
        flags.random && '--random',
        flags.randomFully && '--random-fully',
      ),
    list: ({ ports, ...flags }: Of<'MASQUERADE'>) =>
      words(
        ports && `masq ports: ${portRange(ports)}`,
        flags.random && 'random',
        flags.randomFully && 'random-fully',
      ),
  },
  REDIRECT: {
    name: 'REDIRECT',
    options: { '--to-ports': toPorts },
    start: () => ({}),
    finish: (draft: Draft) => ({ kind: 'REDIRECT', ...draft }),
    save: ({ ports }: Of<'REDIRECT'>) => (ports ? `--to-ports ${portRange(ports)}` : ''),
    list: ({ ports }: Of<'REDIRECT'>) => (ports ? `redir ports ${portRange(ports)}` : ''),
  },
  REJECT: {
    name: 'REJECT',
    options: {
      '--reject-with': argument<Draft>((draft, value) => {
        const known = REJECT_WITH.find((name) => name === value || name === `icmp-${value}`)
        if (!known) throw new IptablesError(`unknown reject type "${value}"`)
        draft.with = known
      }),
    },
    start: () => ({}),
    finish: (draft: Draft) => reject(draft.with),
    save: (target: Of<'REJECT'>) => `--reject-with ${target.with}`,
    list: (target: Of<'REJECT'>) => `reject-with ${target.with}`,
  },
  MARK: {
    name: 'MARK',
    options: {
      '--set-xmark': mark('--set-xmark', (value, mask) => ({ value, mask })),
      '--set-mark': mark('--set-mark', (value, mask) => ({ value, mask: (value | mask) >>> 0 })),
      '--or-mark': mark('--or-mark', (value) => ({ value, mask: value })),
      '--xor-mark': mark('--xor-mark', (value) => ({ value, mask: 0 })),
      '--and-mark': mark('--and-mark', (value) => ({ value: 0, mask: ~value >>> 0 })),
    },
    start: () => ({}),
    finish: (draft: Draft) => {
      if (!draft.mark)
        throw new IptablesError('MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required')
      return { kind: 'MARK', ...draft.mark }
    },
    save: ({ value, mask }: MarkTarget) => `--set-xmark ${hex(value)}/${hex(mask)}`,
    list: (target: MarkTarget) => `MARK ${listMark(target)}`,
  },
  LOG: {
    name: 'LOG',
    options: {
      '--log-prefix': argument<Draft>((draft, value) => void (draft.prefix = value)),
      '--log-level': argument<Draft>((draft, value) => void (draft.level = Number(value))),
    },
    start: () => ({}),
    finish: (draft: Draft) => ({ kind: 'LOG', ...draft }),
    save: ({ prefix, level }: Of<'LOG'>) =>
      words(
        prefix !== undefined && `--log-prefix ${quote(prefix)}`,
        level !== undefined && `--log-level ${level}`,
      ),
    list: ({ prefix, level = 4 }: Of<'LOG'>, numeric) =>
      words(
        numeric ? `LOG flags 0 level ${level}` : 'LOG level warn',
        prefix !== undefined && `prefix ${quote(prefix)}`,
      ),
  },
}

function listMark({ value, mask }: MarkTarget): string {
  if (value === 0) return `and ${hex(~mask)}`
  if (value === mask) return `or ${hex(value)}`
  if (mask === 0) return `xor ${hex(value)}`
  return mask === ALL_BITS ? `set ${hex(value)}` : `xset ${hex(value)}/${hex(mask)}`
}

/** The module behind `-j NAME`; the verdicts and chains have none. */
export const targetExtension = (name: string): Extension<Target> | undefined =>
  Object.hasOwn(EXTENSIONS, name) ? EXTENSIONS[name] : undefined

/** `-j MARK --set-xmark 0x4000/0x4000`. */
export function saveTarget(target: Target): string {
  if (target.kind === 'goto') return `-g ${target.chain}`
  const extension = EXTENSIONS[target.kind]
  return words(`-j ${targetName(target)}`, extension?.save(target))
}

/** What stands in the column `target` of `iptables -L`. */
export const targetName = (target: Target): string =>
  target.kind === 'jump' || target.kind === 'goto' ? target.chain : target.kind

export const listTarget = (target: Target, numeric: boolean): string => {
  if (target.kind === 'goto') return '[goto]'
  return EXTENSIONS[target.kind]?.list(target, numeric) ?? ''
}
