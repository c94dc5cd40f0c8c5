import type { Blocking, Process, Program } from '../../../os/index.ts'
import { redisDate } from '../../../encoding/dates.ts'
import { listen, type Socket } from '../../../os/net/sockets.ts'
import { withThreads } from '../../../os/net/threads.ts'
import { untilSignal } from '../servers.ts'
import { ProtocolError, RespReader, encode } from './protocol.ts'
import { Store, execute } from './store.ts'

/** A server of strings in memory: a handful of Redis' commands, no persistence, no replication. */
export const redisServer: Program = function* (process) {
  const log = (text: string) => process.print(`${process.pid}:M ${redisDate(process.now())} * ${text}\n`)
  const { argv } = process
  const port = Number(argv[argv.indexOf('--port') + 1 || argv.length] ?? 6379)
  const store = new Store(() => process.now())
  const listener = listen(process, port)
  yield* log('Ready to accept connections tcp')
  return yield* withThreads<number>(function* (start) {
    start(
      (function* () {
        for (;;) start(serve(store, yield* listener.accept()))
      })(),
    )
    yield* untilSignal(process, 'SIGTERM', 'SIGINT')
    yield* sayGoodbye(process, log)
    return 0
  })
}

function* serve(store: Store, socket: Socket): Blocking<void> {
  const reader = new RespReader(socket)
  try {
    for (let words = yield* reader.command(); words !== null; words = yield* reader.command()) {
      if (words[0]?.toUpperCase() === 'QUIT') break
      yield* socket.write(encode(execute(store, words)))
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    yield* socket.write(encode({ error: `ERR Protocol error: ${error.message}` }))
  }
  socket.close()
}

function* sayGoodbye(process: Process, log: (text: string) => Blocking<void>): Blocking<void> {
  const seconds = Math.floor(process.now() / 1000)
  yield* process.print(`${process.pid}:signal-handler (${seconds}) Received SIGTERM scheduling shutdown...\n`)
  yield* log('User requested shutdown...')
  yield* log('Redis is now ready to exit, bye bye...')
}
