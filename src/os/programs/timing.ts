import { SystemError, type Blocking, type Signal } from '../process.ts'
import { parseSignal } from '../signals.ts'
import { execute } from './env.ts'
import { parseSeconds } from './numbers.ts'
import { startCommand } from './run.ts'
import { tool, type Tool } from './tool.ts'

export const timeout = tool({
  name: 'timeout',
  usage: '[-s SIG] [-k KILL_SECS] SECS PROG ARGS',
  about: 'Runs a program, and ends it after a time.',
  usageCode: 125,
  short: '+s:k:v',
  long: {
    signal: 's',
    'kill-after': 'k',
    'preserve-status': 'preserve',
    foreground: 'foreground',
    verbose: 'v',
  },
  *run(tool: Tool) {
    const [duration, ...argv] = tool.operands
    if (duration === undefined || argv.length === 0)
      tool.usageError(tool.busybox ? undefined : 'missing operand')
    const seconds = parseSeconds(duration)
    if (seconds === undefined) {
      if (tool.busybox) tool.fail(`invalid number '${duration}'`)
      tool.usageError(`invalid time interval '${duration}'`)
    }
    const name = tool.options.get('s') ?? 'TERM'
    const signal =
      parseSignal(name) ??
      tool.usageError(tool.busybox ? `invalid signal '${name}'` : `'${name}': invalid signal`)
    return yield* limit(tool, argv, seconds * 1000, signal)
  },
})

function* limit(tool: Tool, argv: readonly string[], limitMs: number, signal: Signal): Blocking<number> {
  const { process } = tool
  let child: ReturnType<typeof startCommand>
  try {
    child = startCommand(process, argv)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* tool.complain(
      tool.busybox
        ? `can't execute '${argv[0]}': ${error.message}`
        : `failed to run command '${argv[0]}': ${error.message}`,
    )
    return error.code === 'ENOENT' ? 127 : 126
  }
  let timedOut = false
  const timers =
    limitMs > 0 && limitMs < Number.MAX_SAFE_INTEGER
      ? [process.machine.simulation.schedule(limitMs, () => expire(signal))]
      : []
  const expire = (each: Signal) => {
    timedOut = true
    try {
      process.kill(child.pid, each)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
    }
    const killAfter = parseSeconds(tool.options.get('k') ?? '')
    if (each !== 'SIGKILL' && killAfter !== undefined)
      timers.push(process.machine.simulation.schedule(killAfter * 1000, () => expire('SIGKILL')))
  }
  try {
    const { status } = yield* process.waitFor(child.pid)
    if (!timedOut || tool.options.has('preserve')) return status.code
    return status.signal === 'SIGKILL' ? 137 : tool.busybox ? 128 + 15 : 124
  } finally {
    for (const timer of timers) timer.cancel()
  }
}

export const nohup = tool({
  name: 'nohup',
  usage: 'PROG ARGS',
  usageCode: 125,
  short: '+',
  *run(tool: Tool) {
    if (tool.operands.length === 0) tool.usageError(tool.busybox ? undefined : 'missing operand')
    const { process } = tool
    process.onSignal('SIGHUP', 'ignore')
    if (process.files.get(1)?.terminal) {
      yield* process.printError(
        tool.busybox
          ? 'nohup: appending output to nohup.out\n'
          : "nohup: ignoring input and appending output to 'nohup.out'\n",
      )
      process.files.set(1, process.open('nohup.out', 'append'))
      if (process.files.get(2)?.terminal) process.files.set(2, process.files.get(1)!)
    }
    return yield* execute(tool, tool.operands)
  },
})

export const time = tool({
  name: 'time',
  usage: '[-p] PROG ARGS',
  short: '+pv',
  *run(tool: Tool) {
    if (tool.operands.length === 0) tool.usageError()
    const { process } = tool
    const startedMs = process.now()
    let code: number
    try {
      const child = startCommand(process, tool.operands)
      code = (yield* process.waitFor(child.pid)).status.code
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* tool.complain(`can't execute '${tool.operands[0]}': ${error.message}`)
      code = 127
    }
    const seconds = (process.now() - startedMs) / 1000
    yield* process.printError(
      tool.options.has('p')
        ? `real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`
        : `real\t${minutes(seconds)}\nuser\t0m 0.00s\nsys\t0m 0.00s\n`,
    )
    return code
  },
})

const minutes = (seconds: number): string => `${Math.floor(seconds / 60)}m ${(seconds % 60).toFixed(2)}s`
