import { SystemError, type Blocking, type Process, type Signal } from '../process.ts'
import { SIGNAL_NUMBERS, parseSignal } from '../signals.ts'
import { BoundedRegExp } from './bounded-regex.ts'
import { commandName, processesOf } from './processes.ts'
import { tool, type Tool } from './tool.ts'

export const kill = tool({
  name: 'kill',
  usage: '[-l] [-SIG] PID...',
  short: '',
  raw: true,
  *run(tool: Tool) {
    const args = [...tool.operands]
    if (args[0] === '-l' || args[0] === '-L') return yield* list(tool, args.slice(1))
    const signal = takeSignal(tool, args)
    if (args[0] === '--') args.shift()
    if (args.length === 0) {
      if (tool.busybox) tool.usageError('you need to specify whom to kill')
      tool.usageError('not enough arguments')
    }
    for (const target of args) {
      const pid = /^-?\d+$/.test(target) ? Number(target) : undefined
      if (pid === undefined)
        yield* tool.complain(
          tool.busybox ? `invalid number '${target}'` : `failed to parse argument: '${target}'`,
        )
      else yield* send(tool, pid, signal)
    }
    return undefined
  },
})

function* send(tool: Tool, pid: number, signal: Signal | 0) {
  try {
    if (signal === 0) probe(tool.process, pid)
    else tool.process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* tool.complain(
      tool.busybox ? `can't kill pid ${pid}: ${error.message}` : `(${pid}) - ${error.message}`,
    )
  }
}

function probe(process: Process, pid: number): void {
  if (!processesOf(process.machine).some((each) => each.pid === pid)) throw new SystemError('ESRCH')
}

function takeSignal(tool: Tool, args: string[]): Signal | 0 {
  const first = args[0]
  if (first === undefined || !/^-[^-]/.test(first)) return 'SIGTERM'
  args.shift()
  const name = first === '-s' || first === '-n' ? args.shift() : first.slice(1)
  if (name === '0') return 0
  const signal = parseSignal(name ?? '')
  if (!signal) tool.fail(tool.busybox ? `bad signal name '${name}'` : `unknown signal ${name}`)
  return signal
}

function* list(tool: Tool, names: readonly string[]) {
  const signals = Object.entries(SIGNAL_NUMBERS) as [Signal, number][]
  for (const name of names) {
    const signal = parseSignal(/^\d+$/.test(name) ? String(Number(name) % 128) : name)
    if (!signal) tool.fail(tool.busybox ? `unknown signal '${name}'` : `unknown signal name ${name}`)
    yield* tool.print(`${/^\d+$/.test(name) ? signal.slice(3) : SIGNAL_NUMBERS[signal]}\n`)
  }
  if (names.length > 0) return undefined
  if (!tool.busybox) yield* tool.print(`${signals.map(([name]) => name.slice(3)).join(' ')}\n`)
  else
    for (const [name, number] of signals)
      yield* tool.print(`${String(number).padStart(2)}) ${name.slice(3)}\n`)
  return undefined
}

export const pidof = tool({
  name: 'pidof',
  usage: '[NAME]...',
  short: 's',
  *run(tool: Tool) {
    const found = processesOf(tool.process.machine).filter((each) =>
      tool.operands.includes(commandName(each)),
    )
    if (found.length === 0) return 1
    const pids = found.map(({ pid }) => pid).reverse()
    yield* tool.print(`${(tool.options.has('s') ? pids.slice(0, 1) : pids).join(' ')}\n`)
    return 0
  },
})

const byName = (
  name: string,
  tell: (tool: Tool, matched: readonly { pid: number; argv: readonly string[] }[]) => Blocking<number | void>,
) =>
  tool({
    name,
    usage: '[-flnovx] [-SIGNAL] PATTERN',
    usageCode: 2,
    short: 'flnovxas:',
    rewrite: (args) => args.map((arg) => (/^-(\d+|[A-Z]{3,})$/.test(arg) ? `-s${arg.slice(1)}` : arg)),
    *run(tool: Tool) {
      const [pattern] = tool.operands
      if (pattern === undefined) tool.usageError(tool.busybox ? undefined : 'no matching criteria specified')
      const regex = new BoundedRegExp(tool.options.has('x') ? `^(?:${pattern})$` : pattern)
      const matched = processesOf(tool.process.machine).filter((each) => {
        const text = tool.options.has('f') ? each.argv.join(' ') : commandName(each)
        return each.pid !== tool.process.pid && regex.test(text) !== tool.options.has('v')
      })
      if (matched.length === 0) return 1
      return yield* tell(tool, matched)
    },
  })

export const pgrep = byName('pgrep', function* (tool, matched) {
  const full = tool.options.has('l') || tool.options.has('a')
  yield* tool.print(
    matched
      .map(({ pid, argv }) => `${pid}${full ? ` ${tool.options.has('a') ? argv.join(' ') : argv[0]}` : ''}\n`)
      .join(''),
  )
})

export const pkill = byName('pkill', function* (tool, matched) {
  const signal =
    parseSignal(tool.options.get('s') ?? 'TERM') ?? tool.fail(`bad signal name '${tool.options.get('s')}'`)
  for (const { pid } of matched) yield* send(tool, pid, signal)
})

export const killall = tool({
  name: 'killall',
  usage: '[-lq] [-SIG] PROCESS_NAME...',
  short: 'lqs:',
  rewrite: (args) => args.map((arg) => (/^-(\d+|[A-Z]{3,})$/.test(arg) ? `-s${arg.slice(1)}` : arg)),
  *run(tool: Tool) {
    const signal =
      parseSignal(tool.options.get('s') ?? 'TERM') ?? tool.fail(`bad signal name '${tool.options.get('s')}'`)
    for (const name of tool.operands) {
      const matched = processesOf(tool.process.machine).filter(
        (each) => commandName(each) === name && each.pid !== tool.process.pid,
      )
      if (matched.length === 0 && !tool.options.has('q'))
        yield* tool.complain(`${name}: no process ${tool.busybox ? 'killed' : 'found'}`)
      for (const { pid } of matched) yield* send(tool, pid, signal)
    }
  },
})
