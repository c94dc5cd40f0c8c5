import type { Blocking, Process } from '../../../os/index.ts'
import { textResponse } from '../../../os/net/http.ts'
import { bindUdp, listen } from '../../../os/net/sockets.ts'
import { withThreads } from '../../../os/net/threads.ts'
import { serveUntilSignal } from '../servers.ts'
import type { Command } from './command.ts'

const MIB = 1024 * 1024

/** Gives back what comes over each connection, until the other side ends it. */
export const tcpEcho: Command = {
  usage: '[--port=7]',
  about: 'sends back what it gets over TCP',
  *run(process, flags) {
    const listener = listen(process, flags.number('port', 7))
    yield* process.print(`Echoing on TCP port ${listener.local.port}\n`)
    return yield* withThreads<number>(function* (start) {
      for (;;) {
        const socket = yield* listener.accept()
        start(
          (function* () {
            for (let text = yield* socket.read(); text !== null; text = yield* socket.read())
              yield* socket.write(text)
            socket.close()
          })(),
        )
      }
    })
  },
}

/** Gives back each datagram to whom it came from. */
export const udpEcho: Command = {
  usage: '[--port=7]',
  about: 'sends back what it gets over UDP',
  *run(process, flags) {
    const socket = bindUdp(process, { port: flags.number('port', 7) })
    yield* process.print(`Echoing on UDP port ${socket.local.port}\n`)
    for (;;) {
      const datagram = yield* socket.receive()
      if (datagram) socket.send(datagram.from, datagram.payload, String(datagram.payload).length)
    }
  },
}

/** Says its host's name on a port; when it starts, how it ends and what it holds is for others to say. */
function* serveHostname(process: Process, port: number, holding = () => {}): Blocking<number> {
  yield* process.print(`Serving on port ${port}\n`)
  const ended = yield* serveUntilSignal(
    process,
    [
      {
        port,
        *handler() {
          holding()
          return textResponse(200, `${process.machine.hostname}\n`)
        },
      },
    ],
    ['SIGINT'],
  )
  return 'signal' in ended ? 130 : 1
}

/** A server that loads for a while before it listens. */
export const slowStart: Command = {
  usage: '[--after=20s] [--port=8080]',
  about: 'starts to listen only after a while',
  *run(process, flags) {
    const waitMs = flags.duration('after', 20_000)
    yield* process.print(`Warming up for ${waitMs / 1000}s\n`)
    yield* process.sleep(waitMs)
    return yield* serveHostname(process, flags.number('port', 8080))
  },
}

/** A server that does not hear SIGTERM: only the end of its grace period ends it. */
export const stubborn: Command = {
  usage: '[--port=8080]',
  about: 'serves on when it is told to end',
  *run(process, flags) {
    process.onSignal('SIGTERM', 'ignore')
    return yield* serveHostname(process, flags.number('port', 8080))
  },
}

/** A server that ends at SIGTERM at once, while clients are still sent to it. */
export const hasty: Command = {
  usage: '[--port=8080] [--takes=50ms]',
  about: 'ends at once when it is told to, cutting what is under way',
  *run(process, flags) {
    const takesMs = flags.duration('takes', 50)
    const port = flags.number('port', 8080)
    yield* process.print(`Serving on port ${port}\n`)
    const server = {
      port,
      *handler() {
        yield* process.sleep(takesMs)
        return textResponse(200, `${process.machine.hostname}\n`)
      },
    }
    const ended = yield* serveUntilSignal(process, [server], ['SIGTERM', 'SIGINT'])
    return 'signal' in ended ? 0 : 1
  },
}

/** A server that keeps something of every request, and something every second. */
export const leak: Command = {
  usage: '[--port=8080] [--each-second=1] [--each-request=0]',
  about: 'serves, and holds more memory each second and with each request, in MiB',
  *run(process, flags) {
    const eachSecond = flags.number('each-second', 1) * MIB
    const eachRequest = flags.number('each-request', 0) * MIB
    let held = 0
    const hold = (bytes: number) => process.holds((held += bytes))
    return yield* withThreads<number>(function* (start) {
      start(
        (function* () {
          for (;;) {
            yield* process.sleep(1000)
            hold(eachSecond)
          }
        })(),
      )
      return yield* serveHostname(process, flags.number('port', 8080), () => hold(eachRequest))
    })
  },
}

/** A response that never ends: a line a second over one connection. */
export const stream: Command = {
  usage: '[--port=8080] [--every=1s]',
  about: 'answers each connection with a line a second, without end',
  *run(process, flags) {
    const listener = listen(process, flags.number('port', 8080))
    const everyMs = flags.duration('every', 1000)
    yield* process.print(`Streaming on port ${listener.local.port}\n`)
    return yield* withThreads<number>(function* (start) {
      for (;;) {
        const socket = yield* listener.accept()
        start(
          (function* () {
            yield* socket.read()
            yield* socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n')
            for (let line = 1; ; line++) {
              yield* socket.write(`${process.machine.hostname} ${line}\n`)
              yield* process.sleep(everyMs)
            }
          })(),
        )
      }
    })
  },
}
