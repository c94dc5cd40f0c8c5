import type { Status } from '../../api/generated/types.ts'
import { Channel, type ApiResponse, type ChannelPeer } from '../../api/wire.ts'
import { wait, type Blocking, type Process, type Program } from '../../os/process.ts'
import type { Context } from '../context.ts'
import { CommandError, PlainError, StatusError } from '../errors.ts'

export interface StreamOptions {
  readonly stdin: boolean
  readonly tty: boolean
}

type Arrival =
  | { readonly kind: 'message'; readonly channel: number; readonly data: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'refused'; readonly error: Error }

/**
 * Joins this process' streams with a container's through an upgraded connection (exec, attach) until it closes.
 * @returns the exit code of what ran there
 * @throws StatusError or CommandError when the server refused or the connection broke
 */
export function* joinStreams(
  context: Context,
  path: string,
  query: Record<string, string | readonly string[]>,
  options: StreamOptions,
): Blocking<number> {
  const { process } = context
  const arrivals: Arrival[] = []
  let wake: (() => void) | undefined
  let server: ChannelPeer | undefined
  const push = (arrival: Arrival): void => {
    arrivals.push(arrival)
    wake?.()
  }
  const terminal = options.tty ? process.files.get(0)?.terminal : undefined
  const mode = terminal?.mode
  let input: Process | undefined
  const connection = context.api.upgrade(path, query, {
    open: (peer) => {
      server = peer
      if (terminal) sendSize(peer, terminal)
      if (options.stdin)
        input = process.spawn(forwardInput(peer), {
          argv: ['kubectl-stdin'],
          processGroup: process.processGroup,
        })
    },
    message: (channel, data) => push({ kind: 'message', channel, data }),
    close: () => push({ kind: 'end' }),
    refused: (response) => push({ kind: 'refused', error: refusal(context, response) }),
  })
  terminal?.setMode({ canonical: false, echo: false, signals: false, output: false })
  const resized = process.onSignal('SIGWINCH', () =>
    server && terminal ? sendSize(server, terminal) : undefined,
  )
  try {
    let outcome: Status | undefined
    for (;;) {
      if (arrivals.length === 0) yield* wait<void>((resume) => ((wake = resume), () => (wake = undefined)))
      wake = undefined
      const arrival = arrivals.shift()
      if (!arrival) continue
      if (arrival.kind === 'refused') throw arrival.error
      if (arrival.kind === 'end') return exitCodeOf(outcome)
      if (arrival.channel === Channel.stdout) yield* context.print(arrival.data)
      else if (arrival.channel === Channel.stderr) yield* context.printError(arrival.data)
      else if (arrival.channel === Channel.error) outcome = JSON.parse(arrival.data) as Status
    }
  } finally {
    connection.cancel()
    if (terminal && mode) terminal.setMode(mode)
    process.onSignal('SIGWINCH', resized)
    endChild(process, input)
  }
}

/** A server that refuses may answer with a Status as text. */
function refusal(context: Context, response: ApiResponse): Error {
  if (typeof response.body !== 'string') return context.api.errorOf(response)
  try {
    return context.api.errorOf({ ...response, body: JSON.parse(response.body) as unknown })
  } catch {
    return new StatusError({
      kind: 'Status',
      apiVersion: 'v1',
      message: response.body.trim(),
      code: response.status,
    })
  }
}

function sendSize(peer: ChannelPeer, terminal: { columns: number; rows: number }): void {
  peer.message(Channel.resize, JSON.stringify({ Width: terminal.columns, Height: terminal.rows }))
}

/** Reads standard input for as long as the connection stands; its end closes the container's. */
function forwardInput(peer: ChannelPeer): Program {
  return function* (process) {
    for (let text = yield* process.read(); text !== null; text = yield* process.read())
      peer.message(Channel.stdin, text)
    peer.message(Channel.close, String.fromCharCode(Channel.stdin))
    return 0
  }
}

function endChild(process: Process, child: Process | undefined): void {
  if (!child) return
  try {
    if (!process.poll(child.pid)) process.kill(child.pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

function exitCodeOf(status: Status | undefined): number {
  if (!status || status.status === 'Success') return 0
  const cause = status.details?.causes?.find((one) => one.reason === 'ExitCode')
  if (status.reason === 'NonZeroExitCode' && cause) {
    const code = Number(cause.message)
    throw new PlainError(`command terminated with exit code ${code}`, code)
  }
  throw new CommandError(status.message ?? 'error sending request')
}
