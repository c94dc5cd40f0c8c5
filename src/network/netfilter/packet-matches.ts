import { isLoopback, isMulticast, type Address } from '../address.ts'
import type { Context } from './context.ts'
import type { MatchExtension } from './matches.ts'
import { ALL_BITS, argument, hex, IptablesError, parseMarkMask, quote } from './options.ts'

/** The conditions that a packet's header answers by itself: comment (which always holds), mark, addrtype. */
export type PacketMatch = CommentMatch | MarkMatch | AddressTypeMatch

export interface CommentMatch {
  readonly kind: 'comment'
  readonly text: string
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

type Draft<T> = { -readonly [Key in keyof T]?: T[Key] }

const ADDRESS_TYPES = ['UNSPEC', 'UNICAST', 'LOCAL', 'BROADCAST', 'MULTICAST'] as const

const bang = (condition: { not?: boolean } | undefined) => (condition?.not ? '! ' : '')

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
    ) => types.includes(addressType(address, context)) !== not
    return (packet, context) =>
      (!source || holds(source, packet.source, context)) &&
      (!destination || holds(destination, packet.destination, context))
  },
}

/** What an address is to this host, as its routing tables have it. */
export function addressType(address: Address, context: Context): AddressType {
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

export const packetMatches = { comment: commentMatch, mark: markMatch, addrtype }
