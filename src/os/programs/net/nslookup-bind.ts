import { RECORD_TYPES, isIPv4, isIPv6, relativeName, reverseName, type QuestionType } from '../../net/dns.ts'
import type { Blocking, Process, Program } from '../../process.ts'
import {
  askServers,
  canonicalName,
  searchNames,
  serverAddresses,
  type BindAnswer,
  type BindQuery,
} from './bind-lookup.ts'
import { describeRecord } from './nslookup-busybox.ts'

/** BIND's nslookup with a name on the command line; it has no interactive mode here. */
export const bindNslookup: Program = function* (process) {
  let type: QuestionType | undefined
  let timeoutMs = 5000
  let tries = 3
  let port = 53
  const words: string[] = []
  for (const arg of process.argv.slice(1)) {
    const [, option, value = ''] = /^-(\w+)(?:=(.*))?$/.exec(arg) ?? []
    if (option === undefined) words.push(arg)
    else if (/^(ty|type|q|querytype|qu|query)$/.test(option)) {
      type = [...RECORD_TYPES, 'ANY' as const].find((each) => each.toLowerCase() === value.toLowerCase())
      if (!type) yield* process.print(`unknown query type: ${value}\n`)
    } else if (option === 'timeout') timeoutMs = Number(value) * 1000
    else if (option === 'retry') tries = Number(value)
    else if (option === 'port') port = Number(value)
    else yield* process.print(`*** Invalid option: ${option}\n`)
  }
  const [name, server] = words
  if (name === undefined) {
    yield* process.printError('nslookup: name a host to look up\n')
    return 1
  }
  const servers = yield* serverAddresses(process, server)
  if (!servers) {
    yield* process.print(`nslookup: couldn't get address for '${server}': not found\n`)
    return 1
  }
  const how: BindQuery = { servers, port, timeoutMs, tries, tcp: false, edns: false, recurse: true }
  if (type === undefined && (isIPv4(name) || isIPv6(name))) return yield* reverse(process, name, how)
  return yield* forward(process, name, type, how)
}

function* forward(
  process: Process,
  name: string,
  type: QuestionType | undefined,
  how: BindQuery,
): Blocking<number> {
  const found = yield* search(process, searchNames(process, name), type ?? 'A', how)
  if (!found) return yield* unreachable(process)
  yield* process.print(`Server:\t\t${found.server}\nAddress:\t${found.server}#${how.port}\n\n`)
  if (found.answer.rcode !== 'NOERROR') {
    yield* process.print(
      `** server can't find ${relativeName(found.answer.rcode === 'NXDOMAIN' ? name : found.query.question[0]!.name)}: ${found.answer.rcode}\n\n`,
    )
    return 1
  }
  if (found.answer.answers.length === 0) yield* process.print(`*** Can't find ${name}: No answer\n`)
  yield* process.print(
    found.answer.answers.map((record) => describeRecord(record, (target) => target)).join(''),
  )
  let code = 0
  // Without a type it asks for AAAA as well, of the name that was found.
  if (type === undefined) {
    const target = canonicalName(found.answer, found.query.question[0]!.name)
    const second = yield* search(process, [target], 'AAAA', how)
    if (second?.answer.rcode === 'NOERROR') {
      const addresses = second.answer.answers.filter((record) => record.type === 'AAAA')
      yield* process.print(addresses.map((record) => describeRecord(record, (each) => each)).join(''))
    } else if (second) {
      yield* process.print(`** server can't find ${relativeName(target)}: ${second.answer.rcode}\n`)
      code = 1
    }
  }
  yield* process.print('\n')
  return code
}

function* reverse(process: Process, address: string, how: BindQuery): Blocking<number> {
  const found = yield* search(process, [reverseName(address)], 'PTR', how)
  if (!found) return yield* unreachable(process)
  if (found.answer.rcode !== 'NOERROR' || found.answer.answers.length === 0) {
    yield* process.print(
      `** server can't find ${relativeName(reverseName(address))}: ${found.answer.rcode}\n\n`,
    )
    return 1
  }
  yield* process.print(
    `${found.answer.answers.map((record) => describeRecord(record, (target) => target)).join('')}\n`,
  )
  return 0
}

function* unreachable(process: Process): Blocking<number> {
  yield* process.print(';; no servers could be reached\n\n')
  return 1
}

/** The first name that does not end in NXDOMAIN; its last answer when all do. */
function* search(
  process: Process,
  names: readonly string[],
  type: QuestionType,
  how: BindQuery,
): Blocking<BindAnswer | undefined> {
  let found: BindAnswer | undefined
  for (const name of names) {
    found = yield* askServers(process, name, type, how, (line) => process.print(line))
    if (!found) return undefined
    const { answer, server } = found
    if (answer.rcode === 'SERVFAIL') yield* process.print(`;; Got SERVFAIL reply from ${server}\n`)
    else if (!answer.recursionAvailable)
      yield* process.print(`;; Got recursion not available from ${server}\n`)
    if (answer.rcode !== 'NXDOMAIN') return found
  }
  return found
}
