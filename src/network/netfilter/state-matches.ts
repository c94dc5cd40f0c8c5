import { formatAddress, parseAddress, tryParseAddress } from '../address.ts'
import type { Context, ConnectionState } from './context.ts'
import type { MatchExtension } from './matches.ts'
import { argument, flag, IptablesError } from './options.ts'

/** The conditions that need a memory: conntrack, statistic, recent, nfacct. */
export type StateMatch = ConntrackMatch | StatisticMatch | RecentMatch | AccountingMatch

export interface ConntrackMatch {
  /** `state` is the older name; each prints as it was written. */
  readonly kind: 'conntrack' | 'state'
  readonly states: readonly ConnectionState[]
  readonly not?: boolean
}

export interface StatisticMatch {
  readonly kind: 'statistic'
  readonly mode:
    | { readonly name: 'random'; readonly probability: number }
    /** Each `every`th packet, the first after `packet` others. */
    | { readonly name: 'nth'; readonly every: number; readonly packet: number }
  readonly not?: boolean
}

export interface RecentMatch {
  readonly kind: 'recent'
  readonly action: 'set' | 'rcheck' | 'update' | 'remove'
  readonly name: string
  readonly seconds?: number
  readonly reap?: boolean
  readonly mask: number
  readonly side: 'rsource' | 'rdest'
  readonly not?: boolean
}

export interface AccountingMatch {
  readonly kind: 'nfacct'
  readonly name: string
}

export const ctstate = (...states: ConnectionState[]): ConntrackMatch => ({ kind: 'conntrack', states })
export const nfacct = (name: string): AccountingMatch => ({ kind: 'nfacct', name })

/** @param share of the packets; the kernel keeps 31 bits of it. */
export const probability = (share: number): StatisticMatch => ({
  kind: 'statistic',
  mode: { name: 'random', probability: toKernelProbability(share) },
})

export const recentSet = (name: string): RecentMatch => ({ ...RECENT, action: 'set', name })
export const recentCheck = (name: string, seconds: number): RecentMatch => ({
  ...RECENT,
  action: 'rcheck',
  name,
  seconds,
  reap: true,
})

const RECENT = { kind: 'recent', mask: 0xffffffff, side: 'rsource' } as const

type Draft<T> = { -readonly [Key in keyof T]?: T[Key] }

const STATES: readonly ConnectionState[] = [
  'INVALID',
  'NEW',
  'RELATED',
  'ESTABLISHED',
  'UNTRACKED',
  'SNAT',
  'DNAT',
]
const bang = (condition: { not?: boolean }) => (condition.not ? '! ' : '')

/** `iptables-save` names states in its own order, whatever order they were given in. */
const inOrder = (states: readonly ConnectionState[]) =>
  STATES.filter((state) => states.includes(state)).join(',')

function conntrack(kind: 'conntrack' | 'state', option: string): MatchExtension<ConntrackMatch> {
  return {
    name: kind,
    options: {
      [option]: argument<Draft<ConntrackMatch>>((draft, value, not) => {
        draft.states = value.split(',').map((word) => {
          const known = STATES.find((state) => state === word.toUpperCase())
          if (!known) throw new IptablesError(`Bad ctstate "${word}"`)
          return known
        })
        draft.not = not
      }),
    },
    start: () => ({ kind }),
    finish(draft: Draft<ConntrackMatch>) {
      if (!draft.states) {
        throw new IptablesError(
          kind === 'state' ? "You must specify `--state'" : 'conntrack: At least one option is required',
        )
      }
      return draft as ConntrackMatch
    },
    save: (match) => `${bang(match)}${option} ${inOrder(match.states)}`,
    list: (match) => `${kind === 'state' ? 'state' : `${bang(match)}ctstate`} ${inOrder(match.states)}`,
    test: ({ states, not = false }) => {
      const [only] = states
      if (states.length === 1 && only) return (_packet, context) => context.hasState(only) !== not
      return (_packet, context) => states.some((state) => context.hasState(state)) !== not
    },
  }
}

/** The kernel compares 31 bits; `iptables-save` prints what those give. */
const toKernelProbability = (share: number) => Math.round(share * 2 ** 31) / 2 ** 31

const statistic: MatchExtension<StatisticMatch> = {
  name: 'statistic',
  options: {
    '--mode': argument<StatisticDraft>((draft, value) => {
      if (value !== 'random' && value !== 'nth') throw new IptablesError(`Bad mode "${value}"`)
      draft.name = value
    }),
    '--probability': argument<StatisticDraft>((draft, value, not) => {
      const share = Number(value)
      if (!(share >= 0 && share <= 1))
        throw new IptablesError(`statistic: bad value for option "--probability", or out of range (0-1).\n`)
      Object.assign(draft, { probability: toKernelProbability(share), not })
    }),
    '--every': argument<StatisticDraft>(
      (draft, value, not) => void Object.assign(draft, { every: Number(value), not }),
    ),
    '--packet': argument<StatisticDraft>((draft, value) => void (draft.packet = Number(value))),
  },
  start: () => ({}),
  finish({ name, probability: share, every, packet = 0, not }: StatisticDraft): StatisticMatch {
    if (!name) throw new IptablesError('statistic: option "--mode" must be specified\n')
    const negation = not ? { not } : {}
    if (name === 'nth') {
      if (every === undefined) throw new IptablesError('statistic: option "--every" must be specified\n')
      return { kind: 'statistic', mode: { name, every, packet }, ...negation }
    }
    if (share === undefined) throw new IptablesError('--probability must be specified when using random mode')
    return { kind: 'statistic', mode: { name, probability: share }, ...negation }
  },
  save: (match) =>
    match.mode.name === 'random'
      ? `--mode random ${bang(match)}--probability ${match.mode.probability.toFixed(11)}`
      : `--mode nth ${bang(match)}--every ${match.mode.every} --packet ${match.mode.packet}`,
  list: ({ mode, not }) =>
    mode.name === 'random'
      ? `statistic mode random ${not ? '! ' : ''}probability ${mode.probability.toFixed(11)}`
      : `statistic mode nth ${not ? '! ' : ''}every ${mode.every}${mode.packet ? ` packet ${mode.packet}` : ''}`,
  test: ({ mode, not = false }) => {
    if (mode.name === 'random') return (_packet, context) => context.random() < mode.probability !== not
    const counts = new WeakMap<object, number>()
    return (_packet, context) => {
      const count = counts.get(context.recent) ?? mode.every - 1 - mode.packet
      const turn = count === mode.every - 1
      counts.set(context.recent, turn ? 0 : count + 1)
      return turn !== not
    }
  },
}

interface StatisticDraft {
  name?: 'random' | 'nth'
  probability?: number
  every?: number
  packet?: number
  not?: boolean
}

const action = (name: RecentMatch['action']) =>
  flag<Draft<RecentMatch>>((draft, not) => void Object.assign(draft, { action: name, not }))

const recent: MatchExtension<RecentMatch> = {
  name: 'recent',
  options: {
    '--set': action('set'),
    '--rcheck': action('rcheck'),
    '--update': action('update'),
    '--remove': action('remove'),
    '--name': argument<Draft<RecentMatch>>((draft, value) => void (draft.name = value)),
    '--seconds': argument<Draft<RecentMatch>>((draft, value) => void (draft.seconds = Number(value))),
    '--reap': flag<Draft<RecentMatch>>((draft) => void (draft.reap = true)),
    '--rsource': flag<Draft<RecentMatch>>((draft) => void (draft.side = 'rsource')),
    '--rdest': flag<Draft<RecentMatch>>((draft) => void (draft.side = 'rdest')),
    '--mask': argument<Draft<RecentMatch>>((draft, value) => {
      if (tryParseAddress(value) === undefined)
        throw new IptablesError(`recent: bad value for option "--mask"`)
      draft.mask = parseAddress(value)
    }),
  },
  start: () => ({ ...RECENT, name: 'DEFAULT' }),
  finish(draft: Draft<RecentMatch>) {
    if (!draft.action) {
      throw new IptablesError("recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'")
    }
    return draft as RecentMatch
  },
  save(match) {
    const seconds = match.seconds === undefined ? '' : ` --seconds ${match.seconds}`
    const reap = match.reap ? ' --reap' : ''
    return `${bang(match)}--${match.action}${seconds}${reap} --name ${match.name} --mask ${formatAddress(match.mask)} --${match.side}`
  },
  list(match) {
    const verb = { set: 'SET', rcheck: 'CHECK', update: 'UPDATE', remove: 'REMOVE' }[match.action]
    const seconds = match.seconds === undefined ? '' : ` seconds: ${match.seconds}`
    const side = match.side === 'rsource' ? 'source' : 'dest'
    return `${match.not ? '! ' : ''}recent: ${verb}${seconds}${match.reap ? ' reap' : ''} name: ${match.name} side: ${side} mask: ${formatAddress(match.mask)}`
  },
  test: (match) => (packet, context) => {
    const address = ((match.side === 'rsource' ? packet.source : packet.destination) & match.mask) >>> 0
    return remember(match, address, context) !== (match.not ?? false)
  },
}

/** `--set` notes the address and holds; the others ask whether it was seen within `--seconds`. */
function remember(match: RecentMatch, address: number, context: Context): boolean {
  let list = context.recent.get(match.name)
  if (!list) context.recent.set(match.name, (list = new Map()))
  if (match.action === 'set') {
    list.set(address, context.nowMs)
    return true
  }
  const since = match.seconds === undefined ? -Infinity : context.nowMs - match.seconds * 1000
  if (match.reap) for (const [other, seenAt] of list) if (seenAt < since) list.delete(other)
  const seenAt = list.get(address)
  if (seenAt === undefined || seenAt < since) return false
  if (match.action === 'update') list.set(address, context.nowMs)
  if (match.action === 'remove') list.delete(address)
  return true
}

const accounting: MatchExtension<AccountingMatch> = {
  name: 'nfacct',
  options: { '--nfacct-name': argument<Draft<AccountingMatch>>((draft, value) => void (draft.name = value)) },
  start: () => ({ kind: 'nfacct' }),
  finish(draft: Draft<AccountingMatch>) {
    if (draft.name === undefined)
      throw new IptablesError('nfacct: option "--nfacct-name" must be specified\n')
    return draft as AccountingMatch
  },
  // Two blanks: that is how iptables 1.8 prints it.
  save: ({ name }) => `--nfacct-name  ${name}`,
  list: ({ name }) => `nfacct-name  ${name}`,
  test:
    ({ name }) =>
    (packet, context) => {
      let counter = context.accounting.get(name)
      if (!counter) context.accounting.set(name, (counter = { packets: 0, bytes: 0 }))
      counter.packets++
      counter.bytes += packet.bytes
      return true
    },
}

export const stateMatches = {
  conntrack: conntrack('conntrack', '--ctstate'),
  state: conntrack('state', '--state'),
  statistic,
  recent,
  nfacct: accounting,
}
