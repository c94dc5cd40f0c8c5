import type { Test } from './context.ts'
import type { Extension } from './options.ts'
import { packetMatches, type PacketMatch } from './packet-matches.ts'
import { portMatches, type PortMatch } from './port-matches.ts'
import { setMatches, type SetMatch } from './set-match.ts'
import { stateMatches, type StateMatch } from './state-matches.ts'

/** A condition of `-m NAME`; `kind` is that name. */
export type Match = PacketMatch | PortMatch | SetMatch | StateMatch

/** A match module. One without a test (a comment) holds for every packet. */
export interface MatchExtension<T> extends Extension<T> {
  test?(match: T): Test
}

/** Every module that `-m` finds. */
const EXTENSIONS: Readonly<Record<string, MatchExtension<Match>>> = {
  ...packetMatches,
  ...portMatches,
  ...setMatches,
  ...stateMatches,
}

export const matchExtension = (name: string): MatchExtension<Match> | undefined =>
  Object.hasOwn(EXTENSIONS, name) ? EXTENSIONS[name] : undefined

export const testOf = (match: Match): Test | undefined => EXTENSIONS[match.kind]!.test?.(match)

/** `-m conntrack --ctstate NEW`. */
export function saveMatch(match: Match): string {
  const options = EXTENSIONS[match.kind]!.save(match)
  return options === '' ? `-m ${match.kind}` : `-m ${match.kind} ${options}`
}

export const listMatch = (match: Match, numeric: boolean): string =>
  EXTENSIONS[match.kind]!.list(match, numeric)

export { comment, dstType, mark, srcType } from './packet-matches.ts'
export { tcp, udp } from './port-matches.ts'
export { matchSet } from './set-match.ts'
export { ctstate, nfacct, probability, recentCheck, recentSet } from './state-matches.ts'
