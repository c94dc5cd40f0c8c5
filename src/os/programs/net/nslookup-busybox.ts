import {
  RECORD_TYPES, absoluteName, dnsQuery, isIPv4, isIPv6, relativeName, reverseName, type DnsMessage, type QuestionType, type ResourceRecord,
} from '../../net/dns.ts' // prettier-ignore
import { exchange, newQueryId, type Exchange } from '../../net/dns-client.ts'
import { getaddrinfo, readResolvConf } from '../../net/resolver.ts'
import { SystemError, type Blocking } from '../../process.ts'
import { tool, type Tool } from '../tool.ts'

const TIMEOUT_MS = 5000
const TRIES = 2

/**
 * busybox's nslookup: a name without a dot is asked for below every search domain, for A and AAAA, all at once; each
 * answer is printed as it comes, and one NXDOMAIN makes the exit code 1.
 */
export const busyboxNslookup = tool({
  name: 'nslookup',
  usage: '[-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]',
  about: 'Query DNS about HOST\n\nQUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any',
  short: '',
  raw: true,
  *run(tool: Tool) {
    const types: QuestionType[] = []
    const words: string[] = []
    for (const arg of tool.operands) {
      const [, option, value = ''] = /^-+(\w+)(?:=(.*))?$/.exec(arg) ?? []
      if (option === undefined) words.push(arg)
      else if (/^(query)?type$|^q$|^querytype$/.test(option)) types.push(typeOf(tool, value))
      else if (!/^(debug|retry|timeout|port|stats|no\w*)$/.test(option))
        tool.usageError(`unrecognized option '${arg}'`)
    }
    const [name, server] = words
    if (name === undefined) tool.usageError()
    const conf = readResolvConf(tool.process)
    const servers = server === undefined ? conf.nameservers : [yield* serverAddress(tool, server)]
    const queries = queriesFor(tool, name, types, server === undefined ? conf.search : [])
    const exchanges = yield* ask(tool, servers, queries)
    if (exchanges.length === 0) {
      yield* tool.print(';; connection timed out; no servers could be reached\n\n')
      return 1
    }
    yield* tool.print(`Server:\t\t${exchanges[0]!.server}\nAddress:\t${exchanges[0]!.server}:53\n\n`)
    for (const { query, answer } of exchanges) yield* tool.print(`${describe(query, answer)}\n`)
    for (const query of queries) {
      if (exchanges.some((each) => each.query === query)) continue
      yield* tool.print(`*** Can't find ${relativeName(query.question[0]!.name)}: No answer\n\n`)
    }
    return exchanges.every(({ answer }) => answer.rcode === 'NOERROR') && exchanges.length === queries.length
      ? 0
      : 1
  },
})

function typeOf(tool: Tool, text: string): QuestionType {
  const type = [...RECORD_TYPES, 'ANY' as const].find((each) => each.toLowerCase() === text.toLowerCase())
  return type ?? tool.fail(`invalid query type "${text}"`)
}

function* serverAddress(tool: Tool, server: string): Blocking<string> {
  const found = yield* getaddrinfo(tool.process, server)
  return found.ok ? found.addresses[0]! : tool.fail(`bad address '${server}'`)
}

function queriesFor(
  tool: Tool,
  name: string,
  types: readonly QuestionType[],
  search: readonly string[],
): DnsMessage[] {
  const make = (full: string, type: QuestionType) =>
    dnsQuery(newQueryId(tool.process), absoluteName(full), type)
  if (types.length === 0 && (isIPv4(name) || isIPv6(name))) return [make(reverseName(name), 'PTR')]
  const asked: readonly QuestionType[] = types.length > 0 ? types : ['A', 'AAAA']
  return asked.flatMap((type) => {
    const searched = type !== 'PTR' && search.length > 0 && !name.includes('.')
    return (searched ? search.map((domain) => `${name}.${domain}`) : [name]).map((full) => make(full, type))
  })
}

/** Sends everything, and what was not answered once more, for five seconds in all. */
function* ask(tool: Tool, servers: readonly string[], queries: readonly DnsMessage[]): Blocking<Exchange[]> {
  const exchanges: Exchange[] = []
  const deadlineMs = tool.process.now() + TIMEOUT_MS
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const open = queries.filter((query) => !exchanges.some((each) => each.query === query))
    if (open.length === 0) break
    const startedMs = tool.process.now()
    try {
      exchanges.push(...(yield* exchange(tool.process, servers, open, { timeoutMs: TIMEOUT_MS / TRIES })))
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      if (attempt === 0)
        yield* tool.process.printError(`nslookup: write to '${servers[0]}': ${error.message}\n`)
      yield* tool.process.sleep(
        Math.max(0, Math.min(deadlineMs, startedMs + TIMEOUT_MS / TRIES) - tool.process.now()),
      )
    }
  }
  return exchanges
}

function describe(query: DnsMessage, answer: DnsMessage): string {
  if (answer.rcode !== 'NOERROR')
    return `** server can't find ${relativeName(query.question[0]!.name)}: ${answer.rcode}\n`
  return answer.answers.map((record) => describeRecord(record, relativeName)).join('')
}

/** A record as nslookup words it; BIND's keeps the final dot of targets. */
export function describeRecord(record: ResourceRecord, target: (name: string) => string): string {
  const name = relativeName(record.name)
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return `Name:\t${name}\nAddress: ${record.address}\n`
    case 'CNAME':
      return `${name}\tcanonical name = ${target(record.target)}\n`
    case 'PTR':
      return `${name}\tname = ${target(record.target)}\n`
    case 'NS':
      return `${name}\tnameserver = ${target(record.target)}\n`
    case 'SRV':
      return `${name}\tservice = ${record.priority} ${record.weight} ${record.port} ${target(record.target)}\n`
    case 'MX':
      return `${name}\tmail exchanger = ${record.preference} ${target(record.target)}\n`
    case 'TXT':
      return `${name}\ttext = ${record.text.map((text) => `"${text}"`).join(' ')}\n`
    case 'SOA':
      return (
        `${name}\n\torigin = ${relativeName(record.primary)}\n\tmail addr = ${relativeName(record.mailbox)}\n\tserial = ${record.serial}\n` +
        `\trefresh = ${record.refresh}\n\tretry = ${record.retry}\n\texpire = ${record.expire}\n\tminimum = ${record.minimum}\n`
      )
  }
}
