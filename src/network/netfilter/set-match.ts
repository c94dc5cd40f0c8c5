import type { SetDirection } from './ip-sets.ts'
import type { MatchExtension } from './matches.ts'
import { IptablesError, twoArguments } from './options.ts'

/** `-m set --match-set NAME dst,dst`: whether an ipset has the packet's fields. */
export interface SetMatch {
  readonly kind: 'set'
  readonly name: string
  readonly directions: readonly SetDirection[]
  readonly not?: boolean
}

export const matchSet = (name: string, ...directions: SetDirection[]): SetMatch => ({
  kind: 'set',
  name,
  directions,
})

interface Draft {
  name?: string
  directions?: readonly SetDirection[]
  not?: boolean
}

const text = ({ name, directions, not }: SetMatch, option: string) =>
  `${not ? '! ' : ''}${option} ${name} ${directions.join(',')}`

const set: MatchExtension<SetMatch> = {
  name: 'set',
  options: {
    '--match-set': twoArguments<Draft>((draft, value, not) => {
      const [name, sides] = value.split(' ')
      Object.assign(draft, { name, directions: sides?.split(','), ...(not && { not }) })
    }),
  },
  start: () => ({}),
  finish({ name, directions, not }: Draft) {
    if (name === undefined || !directions)
      throw new IptablesError("You must specify `--match-set' with proper arguments")
    return { kind: 'set', name, directions, ...(not && { not }) }
  },
  save: (match) => text(match, '--match-set'),
  list: (match) => text(match, 'match-set'),
  test:
    ({ name, directions, not = false }) =>
    (packet, context) =>
      (context.ipSets.get(name)?.holds(packet, directions) ?? false) !== not,
}

export const setMatches = { set }
