import {
  RCODES,
  RECORD_TYPES,
  isIPv4,
  isIPv6,
  relativeName,
  reverseName,
  type QuestionType,
  type ResourceRecord,
} from '../../net/dns.ts'
import type { Blocking, Process, Program } from '../../process.ts'
import { parseOptions, UsageError } from '../options.ts'
import {
  askServers,
  canonicalName,
  searchNames,
  serverAddresses,
  type BindAnswer,
  type BindQuery,
} from './bind-lookup.ts'
import { recordData } from './dig-format.ts'

const USAGE = 'Usage: host [-t type] [-W time] [-R number] hostname [server]\n'

/** BIND's host. */
export const host: Program = function* (process) {
  let parsed: ReturnType<typeof parseOptions>
  try {
    parsed = parseOptions({ short: 't:W:R:aTv46p:' }, process.argv.slice(1))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    yield* process.printError(`host: ${error.message}\n${USAGE}`)
    return 1
  }
  const { options, operands } = parsed
  const [name, server] = operands
  if (name === undefined) {
    yield* process.printError(USAGE)
    return 1
  }
  const text = options.get('t')
  const type =
    text === undefined
      ? undefined
      : [...RECORD_TYPES, 'ANY' as const].find((each) => each.toLowerCase() === text.toLowerCase())
  if (text !== undefined && !type) {
    yield* process.printError(`host: invalid type: ${text}\n`)
    return 2
  }
  const servers = yield* serverAddresses(process, server)
  if (!servers) {
    yield* process.print(`host: couldn't get address for '${server}': not found\n`)
    return 1
  }
  if (server !== undefined)
    yield* process.print(`Using domain server:\nName: ${server}\nAddress: ${servers[0]}#53\nAliases: \n\n`)
  const how: BindQuery = {
    servers, port: Number(options.get('p') ?? 53), timeoutMs: Number(options.get('W') ?? 5) * 1000, tries: Number(options.get('R') ?? 1) + 1, tcp: options.has('T'), edns: false, recurse: true,
  } // prettier-ignore
  return yield* lookUp(process, name, type, how)
}

function* lookUp(
  process: Process,
  name: string,
  type: QuestionType | undefined,
  how: BindQuery,
): Blocking<number> {
  const address = isIPv4(name) || isIPv6(name)
  const names = address ? [reverseName(name)] : searchNames(process, name)
  const first = type ?? (address ? 'PTR' : 'A')
  const found = yield* search(process, names, first, how)
  if (!found) {
    yield* process.print(';; no servers could be reached\n')
    return 1
  }
  const asked = found.query.question[0]!.name
  if (found.answer.rcode !== 'NOERROR') {
    const shown = address ? asked : name
    yield* process.print(
      `Host ${shown} not found: ${RCODES.indexOf(found.answer.rcode)}(${found.answer.rcode})\n`,
    )
    return 1
  }
  if (type !== undefined && found.answer.answers.length === 0) {
    yield* process.print(`${relativeName(asked)} has no ${type} record\n`)
    return 0
  }
  yield* process.print(found.answer.answers.map(describe).join(''))
  if (type !== undefined || address) return 0
  let code = 0
  for (const more of ['AAAA', 'MX'] as const) {
    const target = canonicalName(found.answer, asked)
    const second = yield* askServers(process, target, more, how, (line) => process.print(line))
    if (!second) continue
    if (second.answer.rcode === 'NOERROR') yield* process.print(second.answer.answers.map(describe).join(''))
    else {
      yield* process.print(
        `Host ${relativeName(target)} not found: ${RCODES.indexOf(second.answer.rcode)}(${second.answer.rcode})\n`,
      )
      code = 1
    }
  }
  return code
}

function* search(
  process: Process,
  names: readonly string[],
  type: QuestionType,
  how: BindQuery,
): Blocking<BindAnswer | undefined> {
  let found: BindAnswer | undefined
  for (const name of names) {
    found = yield* askServers(process, name, type, how, (line) => process.print(line))
    if (!found || found.answer.rcode !== 'NXDOMAIN') return found
  }
  return found
}

const WORDS: Partial<Record<ResourceRecord['type'], string>> = {
  A: 'has address', AAAA: 'has IPv6 address', CNAME: 'is an alias for', PTR: 'domain name pointer', MX: 'mail is handled by', NS: 'name server', TXT: 'descriptive text', SRV: 'has SRV record', SOA: 'has SOA record',
} // prettier-ignore

function describe(record: ResourceRecord): string {
  return `${relativeName(record.name)} ${WORDS[record.type]} ${recordData(record)}\n`
}
