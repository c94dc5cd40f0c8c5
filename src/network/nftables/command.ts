import type { CommandResult } from '../iptables/command.ts'
import type { Netfilter } from '../netfilter/ruleset.ts'
import { listParts, listTable } from './list.ts'
import type { NftChain, NftSet, NftTable } from './ruleset.ts'

/** What nft complains about, and the word it points at. */
class NftError extends Error {
  readonly word: number
  constructor(message: string, word: number) {
    super(message)
    this.word = word
  }
}

const MISSING = 'No such file or directory'

/** `nft ARGUMENTS`, without the program's name: as much as looking takes. */
export function runNft(argv: readonly string[], netfilter: Netfilter): CommandResult {
  if (argv.includes('-v') || argv.includes('--version'))
    return { stdout: 'nftables v1.0.6 (Lester Gooch #5)\n', stderr: '', exitCode: 0 }
  const words = argv.filter((word) => !FLAGS.has(word)).flatMap((word) => word.split(/\s+/))
  if (words.length === 0) return { stdout: '', stderr: 'nft: no command specified\n', exitCode: 1 }
  try {
    return { stdout: list(words, netfilter), stderr: '', exitCode: 0 }
  } catch (error) {
    if (error instanceof NftError) return { stdout: '', stderr: complaint(error, words), exitCode: 1 }
    throw error
  }
}

/** Flags that change nothing about what we print. */
const FLAGS = new Set(['-n', '-nn', '--numeric', '-s', '--stateless', '-y'])

/** What can be listed: things by their own name, or all of a sort. */
const LISTS: Readonly<Record<string, (words: readonly string[], netfilter: Netfilter) => string>> = {
  ruleset: (words, netfilter) =>
    inFamily(netfilter, words[2], 2)
      .map((table) => listTable(table, netfilter.simulation.nowMs))
      .join(''),
  tables: (words, netfilter) =>
    inFamily(netfilter, words[2], 2)
      .map(({ title }) => `table ${title}\n`)
      .join(''),
  table: (words, netfilter) => listTable(tableOf(words, netfilter).table, netfilter.simulation.nowMs),
  chain: (words, netfilter) =>
    listOne(words, netfilter, ({ chains }, name) => ({ chains: chains.get(name) })),
  set: (words, netfilter) =>
    listOne(words, netfilter, ({ sets }, name) => ({ sets: ofSort(sets.get(name), false) })),
  map: (words, netfilter) =>
    listOne(words, netfilter, ({ sets }, name) => ({ sets: ofSort(sets.get(name), true) })),
}

const OTHER_VERBS = new Set(
  '-f -i add create insert replace delete destroy flush rename reset monitor export import describe'.split(
    ' ',
  ),
)

function list(words: readonly string[], netfilter: Netfilter): string {
  const [verb, what] = words
  if (OTHER_VERBS.has(verb!))
    throw new NftError(`${verb} is not simulated: nft lists here, rules are kube-proxy's and the CNI's`, 0)
  // A line that begins with no verb is a rule to be added to the table it names.
  if (verb !== 'list') throw new NftError(`syntax error, unexpected newline, expecting string`, words.length)
  if (what === undefined) throw new NftError('syntax error, unexpected newline', 1)
  const lister = Object.hasOwn(LISTS, what) ? LISTS[what] : undefined
  if (!lister) throw new NftError('syntax error, unexpected string', 1)
  return lister(words, netfilter)
}

const ofSort = (set: NftSet | undefined, isMap: boolean) =>
  (set?.spec.isMap ?? false) === isMap ? set : undefined

function inFamily({ nftables }: Netfilter, family: string | undefined, at: number): NftTable[] {
  if (family !== undefined && !isFamily(family)) throw new NftError('syntax error, unexpected string', at)
  return [...nftables.tables.values()].filter((table) => family === undefined || table.family === family)
}

const FAMILIES = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']
const isFamily = (word: string | undefined): boolean => word !== undefined && FAMILIES.includes(word)

/** The table that words from the third on name, and where the next word stands. Without a family it is of `ip`. */
function tableOf(words: readonly string[], { nftables }: Netfilter): { table: NftTable; next: number } {
  const at = isFamily(words[2]) ? 3 : 2
  const name = words[at]
  if (name === undefined) throw new NftError('syntax error, unexpected newline, expecting string', at)
  const table = nftables.tables.get(`${at === 3 ? words[2]! : 'ip'} ${name}`)
  if (!table) throw new NftError(MISSING, at)
  return { table, next: at + 1 }
}

function listOne(
  words: readonly string[],
  netfilter: Netfilter,
  find: (table: NftTable, name: string) => { chains?: NftChain | undefined; sets?: NftSet | undefined },
): string {
  const { table, next } = tableOf(words, netfilter)
  const name = words[next]
  if (name === undefined) throw new NftError('syntax error, unexpected newline', next)
  const { chains, sets } = find(table, name)
  if (!chains && !sets) throw new NftError(MISSING, next)
  const parts = { ...(chains && { chains: [chains] }), ...(sets && { sets: [sets] }) }
  return listParts(table, parts, netfilter.simulation.nowMs)
}

/** The message, the command line, and marks under the word that is wrong. */
function complaint({ message, word }: NftError, words: readonly string[]): string {
  const line = words.join(' ')
  const before = words.slice(0, word).join(' ')
  const column = word >= words.length ? line.length : before.length + (word > 0 ? 1 : 0)
  const marks = '^'.repeat(Math.max(1, words[word]?.length ?? 1))
  return `Error: ${message}\n${line}\n${' '.repeat(column)}${marks}\n`
}
