import { RECORD_TYPES, absoluteName, reverseName, type QuestionType } from '../../net/dns.ts'
import type { Blocking, Process, Program } from '../../process.ts'
import { askServers, searchNames, serverAddresses, type BindAnswer } from './bind-lookup.ts'
import { formatAnswer, shortAnswer, type DigDisplay } from './dig-format.ts'

export const BIND_VERSION = '9.18.49-1~deb12u3-Debian'

const TYPES: readonly QuestionType[] = [...RECORD_TYPES, 'ANY', 'HTTPS', 'AXFR']

interface Settings {
  server: string | undefined
  port: number
  flags: Map<string, string | boolean>
  queries: { name: string; type: QuestionType }[]
}

/** BIND's dig. */
export const dig: Program = function* (process) {
  const parsed = parse(process.argv.slice(1))
  if (typeof parsed === 'string') {
    yield* process.printError(parsed)
    return 1
  }
  const servers = yield* serverAddresses(process, parsed.server)
  if (!servers) {
    yield* process.printError(`dig: couldn't get address for '${parsed.server}': not found\n`)
    return 1
  }
  let code = 0
  for (const [index, query] of parsed.queries.entries()) {
    const result = yield* lookUp(process, parsed, servers, query, index === 0)
    code = Math.max(code, result)
  }
  return code
}

function parse(args: readonly string[]): Settings | string {
  const settings: Settings = { server: undefined, port: 53, flags: new Map(), queries: [] }
  let type: QuestionType | undefined
  const names: { name: string; type: QuestionType | undefined }[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!
    if (arg.startsWith('@')) settings.server = arg.slice(1)
    else if (arg.startsWith('+')) {
      const [, no, name, value] = /^\+(no)?([a-z\d]+)(?:=(.*))?$/.exec(arg) ?? []
      if (name === undefined) return `Invalid option: ${arg}\n`
      settings.flags.set(name, no ? false : (value ?? true))
    } else if (arg === '-x') names.push({ name: reverseName(args[++index] ?? ''), type: 'PTR' })
    else if (arg === '-p') settings.port = Number(args[++index])
    else if (arg === '-t' || arg === '-q') {
      const value = args[++index] ?? ''
      if (arg === '-q') names.push({ name: value, type: undefined })
      else type = typeOf(value)
    } else if (/^-[46]$/.test(arg)) continue
    else if (arg.startsWith('-'))
      return `Invalid option: ${arg}\nUsage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}\n            {global-d-opt} host [@local-server] {local-d-opt}\n            [ host [@local-server] {local-d-opt} [...]]\n\nUse "dig -h" (or "dig -h | more") for complete list of options\n`
    else if (/^in$/i.test(arg)) continue
    else if (typeOf(arg) && type === undefined) type = typeOf(arg)
    else names.push({ name: arg, type: undefined })
  }
  const asked = names.length > 0 ? names : [{ name: '.', type: type ?? 'NS' }]
  settings.queries = asked.map((each) => ({ name: each.name, type: each.type ?? type ?? 'A' }))
  return settings
}

const typeOf = (text: string): QuestionType | undefined =>
  TYPES.find((type) => type.toLowerCase() === text.toLowerCase())

function* lookUp(
  process: Process,
  settings: Settings,
  servers: readonly string[],
  { name, type }: { readonly name: string; readonly type: QuestionType },
  first: boolean,
): Blocking<number> {
  const { flags } = settings
  const search = flags.get('search') === true || flags.get('domain') !== undefined
  const names = search ? searchNames(process, name) : [absoluteName(name)]
  const note = (line: string): Blocking<void> => process.print(line)
  const how = {
    servers,
    port: settings.port,
    timeoutMs: Number(flags.get('time') ?? flags.get('timeout') ?? 5) * 1000,
    tries: flags.has('retry') ? Number(flags.get('retry')) + 1 : Number(flags.get('tries') ?? 3),
    tcp: flags.get('tcp') === true || flags.get('vc') === true,
    edns: flags.get('edns') !== false,
    recurse: flags.get('recurse') !== false && flags.get('rec') !== false,
  }
  let found: BindAnswer | undefined
  for (const each of names) {
    found = yield* askServers(process, each, type, how, note)
    if (!found || found.answer.rcode !== 'NXDOMAIN') break
  }
  const display = displayOf(flags)
  if (flags.get('short') === true) {
    if (!found) yield* process.print(';; no servers could be reached\n')
    else yield* process.print(shortAnswer(found.answer))
    return found ? 0 : 9
  }
  if (display.cmd && first) yield* process.print(banner(process, settings, servers))
  yield* process.print(
    found
      ? formatAnswer(found, settings.port, process.now(), display, how.tcp)
      : ';; no servers could be reached\n',
  )
  return found ? 0 : 9
}

function banner(process: Process, settings: Settings, servers: readonly string[]): string {
  const found =
    settings.server === undefined
      ? ''
      : `; (${servers.length} server${servers.length === 1 ? '' : 's'} found)\n`
  return `\n; <<>> DiG ${BIND_VERSION} <<>> ${process.argv.slice(1).join(' ')}\n${found};; global options: +cmd\n`
}

/** `+noall` hides everything, later flags show parts again. */
function displayOf(flags: ReadonlyMap<string, string | boolean>): DigDisplay {
  const all = flags.get('all') !== false
  const on = (...names: string[]) => {
    const given = names.map((name) => flags.get(name)).find((value) => value !== undefined)
    return given === undefined ? all : given !== false
  }
  return {
    cmd: on('cmd'),
    comments: on('comments'),
    question: on('question'),
    answer: on('answer', 'ans'),
    authority: on('authority', 'auth'),
    additional: on('additional', 'add'),
    stats: on('stats'),
  }
}
