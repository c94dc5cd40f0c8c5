import { Inbox } from '../../../net/waiting.ts'
import { listen, type Socket } from '../../../net/sockets.ts'
import { withThreads } from '../../../net/threads.ts'
import type { StartOptions } from '../../../kernel.ts'
import { createPipe, sleepIn, wakeAll } from '../../../pipe.ts'
import type { Blocking, ExitStatus, OpenFile, Process, Program } from '../../../process.ts'
import { createTty } from '../../../tty.ts'
import { SshChannel, type SshMessage } from './channel.ts'

/** Starts a process in a session of its own, as the kernel of the machine does for a login. */
export type StartSession = (program: Program, options: StartOptions) => void

/** What ends a session: the program and all its output, or the client. */
type Ending = ExitStatus | 'connection lost'

/** What a session has beside the connection: where its input goes, and what becomes of it when the client is gone. */
interface Session {
  input(message: SshMessage): void
  hangup(): void
}

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['HOME', '/root'],
  ['USER', 'root'],
  ['LOGNAME', 'root'],
  ['SHELL', '/bin/bash'],
  ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ['LANG', 'C.UTF-8'],
]

/** The OpenSSH server: a login shell or one command for root, on a terminal or on pipes. */
export const sshd =
  (startSession: StartSession): Program =>
  (process) =>
    withThreads(function* (start) {
      const listener = listen(process, 22)
      for (;;) start(serve(process, yield* listener.accept(), startSession))
    })

function* serve(process: Process, socket: Socket, startSession: StartSession): Blocking<void> {
  try {
    const channel = new SshChannel(socket)
    const request = yield* channel.receive()
    if (request?.kind !== 'session') return
    if (request.user !== 'root') return channel.send({ kind: 'denied' })
    yield* converse(process, socket, channel, request, startSession)
  } finally {
    socket.close()
  }
}

function* converse(
  process: Process,
  socket: Socket,
  channel: SshChannel,
  request: SshMessage & { kind: 'session' },
  startSession: StartSession,
): Blocking<void> {
  const { machine } = process
  const endings = new Inbox<Ending>()
  const shell = machine.programAt('/bin/bash')
  if (!shell) return
  const { address, port } = socket.remote
  const options = {
    argv: request.command === undefined ? ['-bash'] : ['bash', '-c', request.command],
    env: new Map([
      ...ENVIRONMENT,
      ['SSH_CLIENT', `${address} ${port} 22`],
      ['SSH_CONNECTION', `${address} ${port} ${socket.local.address} 22`],
      ...(request.terminal ? [['TERM', request.terminal.type] as const] : []),
    ]),
    cwd: machine.files.stat('/root') ? '/root' : '/',
  }
  const ended = (status: ExitStatus) => endings.put(status)
  yield* withThreads<void>(function* (start) {
    const open = request.terminal ? onTerminal : onPipes
    const session = open(process, channel, request, start, (rest, done) =>
      startSession(shell, { ...options, ...rest, onExit: done(ended) }),
    )
    start(receive(channel, session, () => endings.put('connection lost')))
    const ending = yield* endings.take(process)
    if (typeof ending === 'object' && typeof ending.item === 'object') {
      channel.send({ kind: 'exit', code: ending.item.signal ? 255 : ending.item.code })
    } else session.hangup()
  })
}

function* receive(channel: SshChannel, session: Session, lost: () => void): Blocking<void> {
  try {
    for (let message = yield* channel.receive(); message; message = yield* channel.receive())
      session.input(message)
  } finally {
    lost()
  }
}

type OpenSession = (
  process: Process,
  channel: SshChannel,
  request: SshMessage & { kind: 'session' },
  start: (thread: Blocking<void>) => void,
  run: (
    options: Pick<StartOptions, 'files' | 'terminal'>,
    /** Makes of "all is over" what is to be told when the program has ended. */
    onExit: (ended: (status: ExitStatus) => void) => (status: ExitStatus) => void,
  ) => void,
) => Session

/** What a terminal may have written that has not gone out yet, in characters, before whoever writes to it waits. */
const BACKLOG = 65_536

/** A pseudo-terminal: the client's keys go in, what it shows goes out. */
const onTerminal: OpenSession = (process, channel, { terminal }, start, run) => {
  const { columns, rows } = terminal!
  const shown = new Inbox<string>()
  const writers = new Set<() => void>()
  let backlog = 0
  const tty = createTty({
    columns: Number(columns) || 80,
    rows: Number(rows) || 24,
    simulation: process.machine.simulation,
    output(text) {
      backlog += text.length
      shown.put(text)
    },
  })
  const device: OpenFile = {
    ...tty.file,
    *write(text) {
      while (backlog > BACKLOG) yield* sleepIn(writers)
      yield* tty.file.write(text)
    },
  }
  let ended = () => {}
  run(
    { terminal: tty, files: new Map([0, 1, 2].map((descriptor) => [descriptor, device])) },
    (over) => (status) => {
      ended = () => over(status)
      shown.end()
    },
  )
  const show = function* (): Blocking<void> {
    for (let next = yield* shown.take(process); typeof next === 'object'; next = yield* shown.take(process)) {
      yield* channel.write(1, next.item)
      backlog -= next.item.length
      wakeAll(writers)
    }
    ended()
  }
  start(show())
  return {
    input(message) {
      if (message.kind === 'data') {
        tty.input(message.text)
        channel.send({ kind: 'used', size: message.text.length })
      } else if (message.kind === 'resize') tty.resize(message.columns, message.rows)
    },
    hangup() {
      backlog = 0
      wakeAll(writers)
      tty.hangup()
    },
  }
}

/** Three pipes. As with the real one, the session lasts until nobody holds the output's writing ends any more. */
const onPipes: OpenSession = (process, channel, _request, start, run) => {
  const [input, output, errors] = [createPipe(), createPipe(), createPipe()]
  const typed = new Inbox<string>()
  let open = 3
  let status: ExitStatus = { code: 0 }
  let over: (status: ExitStatus) => void = () => {}
  const oneLess = () => {
    if (--open === 0) over(status)
  }
  run(
    { files: new Map([[0, input.reader], [1, output.writer], [2, errors.writer]]) }, // prettier-ignore
    (tell) => {
      over = tell
      return (ending) => {
        status = ending
        oneLess()
      }
    },
  )
  const forward = function* (stream: number, reader: OpenFile): Blocking<void> {
    for (let text = yield* reader.read(); text !== null; text = yield* reader.read())
      yield* channel.write(stream, text)
    oneLess()
  }
  const feed = function* (): Blocking<void> {
    for (let next = yield* typed.take(process); typeof next === 'object'; next = yield* typed.take(process)) {
      yield* input.writer.write(next.item)
      channel.send({ kind: 'used', size: next.item.length })
    }
    input.writer.close()
  }
  start(forward(1, output.reader))
  start(forward(2, errors.reader))
  start(feed())
  return {
    input(message) {
      if (message.kind === 'data') typed.put(message.text)
      else if (message.kind === 'end') typed.end()
    },
    hangup() {
      for (const pipe of [output, errors]) pipe.reader.close()
      input.writer.close()
    },
  }
}
