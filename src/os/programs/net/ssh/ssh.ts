import { getaddrinfo, resolveErrorText } from '../../../net/resolver.ts'
import { connect, type Socket } from '../../../net/sockets.ts'
import { withThreads } from '../../../net/threads.ts'
import { SystemError, type Blocking, type Process, type Program, type Terminal } from '../../../process.ts'
import { readInvocation, UsageError, type Invocation } from './arguments.ts'
import { SshChannel, type SshMessage } from './channel.ts'

/** What ssh ends with when it failed itself, and not the command. */
const FAILURE = 255
const DEFAULT_SIZE = { columns: 80, rows: 24 }

/** The OpenSSH client: `ssh [OPTIONS] [USER@]HOST [COMMAND...]`. */
export const ssh: Program = function* (process) {
  try {
    const invocation = readInvocation(process)
    if (typeof invocation === 'string') {
      yield* process.printError(invocation)
      return 0
    }
    const socket = yield* dial(process, invocation)
    try {
      return yield* login(process, invocation, socket)
    } finally {
      socket.close()
    }
  } catch (error) {
    if (!(error instanceof SshError || error instanceof UsageError)) throw error
    yield* process.printError(error.message)
    return FAILURE
  }
}

class SshError extends Error {
  constructor(message: string) {
    super(`${message}\r\n`)
  }
}

function* dial(process: Process, { host, port, timeoutMs }: Invocation): Blocking<Socket> {
  const found = yield* getaddrinfo(process, host, { family: 4 })
  if (!found.ok)
    throw new SshError(`ssh: Could not resolve hostname ${host}: ${resolveErrorText(process, found.error)}`)
  let failure = ''
  for (const address of found.addresses) {
    try {
      return yield* connect(process, address, port, timeoutMs === undefined ? {} : { timeoutMs })
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      failure = `ssh: connect to host ${host} port ${port}: ${error.message}`
    }
  }
  throw new SshError(failure)
}

function* login(process: Process, invocation: Invocation, socket: Socket): Blocking<number> {
  const { user, host, command } = invocation
  const own = process.files.get(0)?.terminal
  const wantsTerminal =
    invocation.terminal === undefined ? command === undefined : invocation.terminal !== 'never'
  const getsTerminal = wantsTerminal && (own !== undefined || invocation.terminal === 'force')
  if (wantsTerminal && !getsTerminal) {
    yield* process.printError('Pseudo-terminal will not be allocated because stdin is not a terminal.\r\n')
  }
  const { columns, rows } = own ?? DEFAULT_SIZE
  const terminal = { type: process.env.get('TERM') ?? 'dumb', columns, rows }
  const channel = new SshChannel(socket)
  channel.send({
    kind: 'session',
    user,
    ...(command !== undefined && { command }),
    ...(getsTerminal && { terminal }),
  })
  const code = yield* getsTerminal && own
    ? inRawMode(process, own, channel, () => converse(process, invocation, channel, () => socket.close()))
    : converse(process, invocation, channel)
  if (getsTerminal && !invocation.quiet) yield* process.printError(`Connection to ${host} closed.\r\n`)
  return code
}

/** Every key goes to the other side while `body` runs, and so do changes of the window's size. */
function* inRawMode(
  process: Process,
  terminal: Terminal,
  channel: SshChannel,
  body: () => Blocking<number>,
): Blocking<number> {
  const { mode } = terminal
  terminal.setMode({ canonical: false, echo: false, signals: false, output: false })
  const previous = process.onSignal('SIGWINCH', () => {
    channel.send({ kind: 'resize', columns: terminal.columns, rows: terminal.rows })
  })
  try {
    return yield* body()
  } finally {
    process.onSignal('SIGWINCH', previous)
    terminal.setMode(mode)
  }
}

/** Joins the streams until the session ends. @returns the exit code of what ran there */
function* converse(
  process: Process,
  { user, host, noInput }: Invocation,
  channel: SshChannel,
  disconnect?: () => void,
): Blocking<number> {
  return yield* withThreads<number>(function* (start) {
    let hasLeft = false
    const leave = disconnect && (() => ((hasLeft = true), disconnect()))
    start(noInput ? endInput(channel) : upload(process, channel, leave))
    for (;;) {
      const message = yield* receive(channel, host)
      if (!message) throw new SshError(`Connection to ${host} closed${hasLeft ? '' : ' by remote host'}.`)
      if (message.kind === 'exit') return message.code
      if (message.kind === 'denied') throw new SshError(`${user}@${host}: Permission denied (publickey).`)
      if (message.kind !== 'data') continue
      yield* process.write(message.stream, message.text)
      channel.send({ kind: 'used', size: message.text.length })
    }
  })
}

function* receive(channel: SshChannel, host: string): Blocking<SshMessage | undefined> {
  try {
    return yield* channel.receive()
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    throw new SshError(`Read from remote host ${host}: ${error.message}\r\nConnection to ${host} closed.`)
  }
}

/** Sends standard input. With `leave`, the keys are a person's: `~.` at the beginning of a line ends the connection. */
function* upload(process: Process, channel: SshChannel, leave?: () => void): Blocking<void> {
  let before = '\n'
  for (let text = yield* process.read(); text !== null; text = yield* process.read()) {
    if (leave && /[\r\n]~\.$/.test((before + text).slice(-3))) return leave()
    before = (before + text).slice(-2)
    yield* channel.write(0, text)
  }
  yield* endInput(channel)
}

function* endInput(channel: SshChannel): Blocking<void> {
  channel.send({ kind: 'end' })
}
