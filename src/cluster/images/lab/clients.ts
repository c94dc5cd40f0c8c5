import { SystemError, type Blocking, type Process } from '../../../os/index.ts'
import { Headers, HttpError, HttpReader, formatRequest } from '../../../os/net/http.ts'
import { getaddrinfo } from '../../../os/net/resolver.ts'
import { connect, type Socket } from '../../../os/net/sockets.ts'
import { withDeadline, withThreads } from '../../../os/net/threads.ts'
import { untilSignal } from '../servers.ts'
import { FlagError, type Command, type Flags } from './command.ts'

/** What is asked, of whom. */
interface Target {
  readonly host: string
  readonly port: number
  readonly path: string
}

function targetOf(flags: Flags): Target {
  const url = flags.operands[0] ?? ''
  const match = /^(?:http:\/\/)?([^/:]+)(?::(\d+))?(\/.*)?$/.exec(url)
  if (!match) throw new FlagError(`${url || 'no URL'}: not a URL, such as http://web`)
  return { host: match[1]!, port: Number(match[2] ?? 80), path: match[3] ?? '/' }
}

/** @throws SystemError, HttpError when the name has no address */
function* open(process: Process, { host, port }: Target): Blocking<Socket> {
  const found = yield* getaddrinfo(process, host)
  if (!found.ok) throw new HttpError('empty', 'no such host')
  return yield* connect(process, found.addresses[0]!, port)
}

const requestText = ({ host, port, path }: Target, connection: 'keep-alive' | 'close'): string =>
  formatRequest({
    method: 'GET',
    target: path,
    version: '1.1',
    headers: new Headers([
      ['Host', port === 80 ? host : `${host}:${port}`],
      ['User-Agent', 'lab'],
      ['Connection', connection],
    ]),
    body: '',
  })

/** The word that a failure is counted under. */
function wordOf(error: unknown): string {
  if (error instanceof SystemError) return error.message
  if (error instanceof HttpError) return error.message
  throw error
}

/** One connection that is used again and again: a Service chooses a backend only when it is opened. */
export const keepAlive: Command = {
  usage: '[--every=1s] URL',
  about: 'asks again and again over one connection, and opens another when that one ends',
  *run(process, flags) {
    const target = targetOf(flags)
    const everyMs = flags.duration('every', 1000)
    for (;;) {
      try {
        const socket = yield* open(process, target)
        yield* process.print(`connected from port ${socket.local.port}\n`)
        const reader = new HttpReader(socket, 10_000)
        for (;;) {
          yield* socket.write(requestText(target, 'keep-alive'))
          const response = yield* reader.response()
          yield* process.print(`${response.status} ${response.body.trimEnd()}\n`)
          yield* process.sleep(everyMs)
        }
      } catch (error) {
        yield* process.print(`connection ended: ${wordOf(error)}\n`)
        yield* process.sleep(everyMs)
      }
    }
  },
}

/** Reads an answer that does not end, and says when it does. */
export const follow: Command = {
  usage: 'URL',
  about: 'prints a stream line by line, and begins again when it breaks off',
  *run(process, flags) {
    const target = targetOf(flags)
    for (;;) {
      try {
        const socket = yield* open(process, target)
        yield* socket.write(requestText(target, 'close'))
        const reader = new HttpReader(socket)
        const { headers } = yield* reader.responseHead()
        yield* reader.body(headers, (piece) => process.print(piece))
        yield* process.print('stream ended\n')
      } catch (error) {
        yield* process.print(`stream broke: ${wordOf(error)}\n`)
      }
      yield* process.sleep(1000)
    }
  },
}

/** Requests at a steady pace, each over a connection of its own, whatever becomes of those before. */
export const load: Command = {
  usage: '[--rate=10] [--timeout=2s] URL',
  about: 'sends requests at a rate a second, and counts answers and failures',
  *run(process, flags) {
    const target = targetOf(flags)
    const rate = flags.number('rate', 10)
    const timeoutMs = flags.duration('timeout', 2000)
    const counts = { sent: 0, ok: 0, failures: new Map<string, number>() }
    const failed = (word: string) => counts.failures.set(word, (counts.failures.get(word) ?? 0) + 1)
    const summary = () => {
      const failures = [...counts.failures].map(([word, count]) => `, ${count} ${word}`).join('')
      return `sent ${counts.sent}, ok ${counts.ok}, failed ${sum(counts.failures)}${failures}\n`
    }
    function* request(): Blocking<void> {
      counts.sent++
      try {
        const answer = yield* withDeadline(process, timeoutMs, ask(process, target))
        if (!answer) failed('timed out')
        else if (answer.value >= 400) failed(`HTTP ${answer.value}`)
        else counts.ok++
      } catch (error) {
        failed(wordOf(error))
      }
    }
    yield* withThreads<void>(function* (start) {
      start(
        (function* () {
          for (let request_ = 1; ; request_++) {
            start(request())
            yield* process.sleep(1000 / rate)
            if (request_ % Math.max(1, Math.round(rate)) === 0) yield* process.print(summary())
          }
        })(),
      )
      yield* untilSignal(process, 'SIGTERM', 'SIGINT')
      yield* process.print(summary())
    })
    return 0
  },
}

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0)

/** @returns the status */
function* ask(process: Process, target: Target): Blocking<number> {
  const socket = yield* open(process, target)
  try {
    yield* socket.write(requestText(target, 'close'))
    return (yield* new HttpReader(socket).response()).status
  } finally {
    socket.close()
  }
}
