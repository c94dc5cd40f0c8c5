import type { ConntrackEntry } from '../../../network/conntrack.ts'
import { formatAddress } from '../../../network/address.ts'
import { tool, type Tool } from '../tool.ts'
import { hostOf } from './host.ts'

const VERSION = 'conntrack v1.4.7 (conntrack-tools)'

type Test = (entry: ConntrackEntry, value: string) => boolean

/** The filters, by option: they look at the side that opened the connection, those with `reply` at the other. */
const FILTERS: Readonly<Record<string, Test>> = {
  p: (entry, value) => entry.protocol === value.toLowerCase(),
  s: (entry, value) => formatAddress(entry.original.source) === value,
  d: (entry, value) => formatAddress(entry.original.destination) === value,
  r: (entry, value) => formatAddress(entry.reply.source) === value,
  q: (entry, value) => formatAddress(entry.reply.destination) === value,
  sport: (entry, value) => entry.original.sourcePort === Number(value),
  dport: (entry, value) => entry.original.destinationPort === Number(value),
  state: (entry, value) => entry.protocol === 'tcp' && entry.tcp === value.toUpperCase(),
}

/** conntrack: the connections that this host knows, shown, counted, forgotten. */
export const conntrack = tool({
  name: 'conntrack',
  usage: '[commands] [options]',
  short: 'LDFCnp:s:d:r:q:o:',
  long: {
    dump: 'L', delete: 'D', flush: 'F', count: 'C', proto: 'p', 'orig-src': 's', src: 's', 'orig-dst': 'd', dst: 'd',
    'reply-src': 'r', 'reply-dst': 'q', sport: 'sport:', dport: 'dport:', 'orig-port-src': 'sport:', 'orig-port-dst': 'dport:', state: 'state:',
  }, // prettier-ignore
  *run(tool: Tool) {
    const { options, process } = tool
    // Like the rules, lent to those who may change them.
    const table = process.machine.facilities.has('netfilter') ? hostOf(process)?.conntrack : undefined
    if (!table)
      tool.fail(
        `${VERSION}: Operation failed: sorry, you must be root or get CAP_NET_ADMIN capability to do this`,
      )
    const command = ['L', 'D', 'F', 'C'].find((each) => options.has(each))
    if (!command) tool.fail('You need to supply a command to perform', 2)
    const isMeant = (entry: ConntrackEntry) =>
      options.given.every(({ key, value }) => FILTERS[key]?.(entry, value) ?? true)
    const show = (entries: readonly ConntrackEntry[]) =>
      tool.print(entries.map((entry) => `${entry.describe(process.now())}\n`).join(''))
    const conclude = (text: string) => process.printError(`${VERSION}: ${text}\n`)
    if (command === 'C') return yield* tool.print(`${table.entries().length}\n`)
    if (command === 'F') {
      table.deleteWhere(() => true)
      return yield* conclude('connection tracking table has been emptied.')
    }
    const meant = table.entries().filter(isMeant)
    yield* show(meant)
    yield* tool.flush()
    if (command === 'D') table.deleteWhere((entry) => meant.includes(entry))
    yield* conclude(`${meant.length} flow entries have been ${command === 'D' ? 'deleted' : 'shown'}.`)
    return meant.length === 0 && command === 'D' ? 1 : 0
  },
})
