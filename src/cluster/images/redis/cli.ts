import { SystemError, type Process, type Program } from '../../../os/index.ts'
import { getaddrinfo, resolveErrorText } from '../../../os/net/resolver.ts'
import { connect } from '../../../os/net/sockets.ts'
import { RespReader, encode, type Reply } from './protocol.ts'

/** Redis' client: one command from its arguments, or a command a line from standard input. */
export const redisCli: Program = function* (process) {
  const { host, port, words } = commandLine(process)
  const found = yield* getaddrinfo(process, host)
  const failed = function* (reason: string) {
    yield* process.printError(`Could not connect to Redis at ${host}:${port}: ${reason}\n`)
    return 1
  }
  if (!found.ok) return yield* failed(resolveErrorText(process, found.error))
  try {
    const socket = yield* connect(process, found.addresses[0]!, port)
    const reader = new RespReader(socket)
    const ask = function* (command: readonly string[]) {
      yield* socket.write(encode(command))
      const reply = yield* reader.reply()
      if (reply !== undefined) yield* process.print(`${plain(reply)}\n`)
    }
    if (words.length > 0) yield* ask(words)
    else
      for (const line of (yield* process.readAll()).split('\n'))
        if (line.trim()) yield* ask(line.trim().split(/\s+/))
    socket.close()
    return 0
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return yield* failed(error.message)
  }
}

function commandLine({ argv }: Process) {
  let host = '127.0.0.1'
  let port = 6379
  let index = 1
  for (; argv[index]?.startsWith('-'); index += 2) {
    if (argv[index] === '-h') host = argv[index + 1] ?? host
    if (argv[index] === '-p') port = Number(argv[index + 1])
  }
  return { host, port, words: argv.slice(index) }
}

/** As it prints where its output is no terminal. */
function plain(reply: Reply): string {
  if (reply === null) return ''
  if (typeof reply !== 'object') return String(reply)
  if ('status' in reply) return reply.status
  if ('error' in reply) return `${reply.error}\n`
  return reply.map(plain).join('\n')
}
