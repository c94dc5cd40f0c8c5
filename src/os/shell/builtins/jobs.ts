import { SystemError } from '../../process.ts'
import type { Blocking, Signal } from '../../process.ts'
import { SIGNAL_NUMBERS, parseSignal } from '../../signals.ts'
import { isDone, jobStatus } from '../jobs.ts'
import type { Job } from '../jobs.ts'
import { waitForeground } from '../interpreter/pipeline.ts'
import type { Shell } from '../shell.ts'
import { parseFlags } from './builtin.ts'

export function* jobs(shell: Shell, argv: readonly string[]): Blocking<number> {
  const { flags, operands } = parseFlags(argv, 'lpnrs')
  shell.jobs.poll()
  const chosen = operands.length > 0 ? operands.map((operand) => shell.jobs.find(operand)) : shell.jobs.all
  let status = 0
  for (const [index, job] of [...chosen].entries()) {
    if (!job) {
      yield* shell.complain(`jobs: ${operands[index]}: no such job`)
      status = 1
    } else if (flags.has('p')) yield* shell.process.print(`${job.processes[0]!.pid}\n`)
    else if (!(flags.has('r') && (job.stopped || isDone(job))) && !(flags.has('s') && !job.stopped)) {
      yield* shell.process.print(shell.jobs.line(job, { pids: flags.has('l') }))
    }
  }
  for (const job of shell.jobs.all) if (isDone(job)) shell.jobs.remove(job)
  return status
}

export function* foreground(shell: Shell, argv: readonly string[]): Blocking<number> {
  const job = yield* controlled(shell, 'fg', argv[1])
  if (!job) return 1
  yield* shell.process.print(`${job.text}\n`)
  resume(shell, job)
  return yield* waitForeground(shell, job)
}

export function* background(shell: Shell, argv: readonly string[]): Blocking<number> {
  const job = yield* controlled(shell, 'bg', argv[1])
  if (!job) return 1
  yield* shell.process.print(`[${job.id}]${job === shell.jobs.current ? '+' : ' '} ${job.text} &\n`)
  resume(shell, job)
  return 0
}

function* controlled(shell: Shell, name: string, spec: string | undefined): Blocking<Job | undefined> {
  if (!shell.jobControl) {
    yield* shell.complain(`${name}: no job control`)
    return undefined
  }
  shell.jobs.poll()
  const job = shell.jobs.find(spec ?? '%%')
  if (!job) yield* shell.complain(`${name}: ${spec ?? 'current'}: no such job`)
  return job
}

function resume(shell: Shell, job: Job): void {
  job.stopped = undefined
  job.reported = false
  shell.process.kill(-job.processGroup, 'SIGCONT')
}

export function* disown(shell: Shell, argv: readonly string[]): Blocking<number> {
  const { flags, operands } = parseFlags(argv, 'arh')
  const chosen = flags.has('a')
    ? [...shell.jobs.all]
    : (operands.length > 0 ? operands : ['%%']).map((spec) => shell.jobs.find(spec))
  for (const [index, job] of chosen.entries()) {
    if (!job) {
      yield* shell.complain(`disown: ${operands[index] ?? 'current'}: no such job`)
      return 1
    }
    if (flags.has('h')) job.disowned = true
    else shell.jobs.remove(job)
  }
  return 0
}

/** `wait [-n] [ID]...`: a trapped signal ends it with 128 + its number. */
export function* waitForJobs(shell: Shell, argv: readonly string[]): Blocking<number> {
  const { flags, operands } = parseFlags(argv, 'nfp:')
  const outcome = yield* shell.process.interruptible(waitFor(shell, flags.has('n'), operands))
  return 'value' in outcome ? outcome.value : 128 + SIGNAL_NUMBERS[outcome.interrupted]
}

function* waitFor(shell: Shell, next: boolean, operands: readonly string[]): Blocking<number> {
  if (next) return yield* waitForNext(shell)
  if (operands.length === 0) {
    for (const job of [...shell.jobs.all]) {
      yield* shell.jobs.waitFor(job)
      if (isDone(job)) shell.jobs.remove(job)
    }
    return 0
  }
  let status = 0
  for (const operand of operands) {
    const job = shell.jobs.find(operand)
    const remembered = /^\d+$/.test(operand) ? shell.jobs.remembered(Number(operand)) : undefined
    if (job) {
      yield* shell.jobs.waitFor(job)
      status = /^\d+$/.test(operand)
        ? (job.ended.get(Number(operand))?.code ?? jobStatus(job))
        : jobStatus(job)
      if (isDone(job)) shell.jobs.remove(job)
    } else if (remembered !== undefined) status = remembered
    else {
      const isPid = /^\d+$/.test(operand)
      if (shell.personality.kind === 'bash')
        yield* shell.complain(
          isPid ? `wait: pid ${operand} is not a child of this shell` : `wait: ${operand}: no such job`,
        )
      status = 127
    }
  }
  return status
}

function* waitForNext(shell: Shell): Blocking<number> {
  for (;;) {
    shell.jobs.poll()
    const done = shell.jobs.all.find(isDone)
    if (done) {
      shell.jobs.remove(done)
      return jobStatus(done)
    }
    if (shell.jobs.all.length === 0) return 127
    yield* shell.process.sleep(1)
  }
}

export function* kill(shell: Shell, argv: readonly string[]): Blocking<number> {
  let words = argv.slice(1)
  let signal: Signal | undefined = 'SIGTERM'
  let isProbe = false
  const [option] = words
  if (option === '-l') return yield* listSignals(shell, words.slice(1))
  if (option === '-s' || option === '-n') {
    ;[, , ...words] = [...words]
    signal = parseSignal(argv[2] ?? '')
    isProbe = argv[2] === '0'
    if (!signal && !isProbe) return yield* invalidSignal(shell, argv[2] ?? '')
  } else if (option?.startsWith('-') && option !== '--') {
    words = words.slice(1)
    signal = parseSignal(option.slice(1))
    isProbe = option === '-0'
    if (!signal && !isProbe) return yield* invalidSignal(shell, option.slice(1))
  }
  if (words[0] === '--') words = words.slice(1)
  if (words.length === 0) {
    yield* shell.error(
      'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n',
    )
    return 2
  }
  let status = 0
  for (const word of words) if (!(yield* killOne(shell, word, isProbe ? undefined : signal))) status = 1
  return status
}

function* killOne(shell: Shell, word: string, signal: Signal | undefined): Blocking<boolean> {
  let target: number
  if (word.startsWith('%')) {
    const job = shell.jobs.find(word)
    if (!job) {
      yield* shell.complain(`kill: ${word}: no such job`)
      return false
    }
    target = shell.jobControl ? -job.processGroup : job.processes[0]!.pid
    if (job.stopped && (signal === 'SIGTERM' || signal === 'SIGHUP')) resume(shell, job)
  } else if (/^-?\d+$/.test(word)) target = Number(word)
  else {
    const bash = shell.personality.kind === 'bash'
    yield* shell.complain(
      bash ? `kill: ${word}: arguments must be process or job IDs` : `invalid number '${word}'`,
    )
    return false
  }
  try {
    // Signal 0 asks only whether the process is there; SIGCONT to a running one is as harmless.
    shell.process.kill(target, signal ?? 'SIGCONT')
    return true
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    const bash = shell.personality.kind === 'bash'
    yield* shell.complain(
      bash ? `kill: (${target}) - ${error.message}` : `can't kill pid ${target}: ${error.message}`,
    )
    return false
  }
}

function* invalidSignal(shell: Shell, text: string): Blocking<number> {
  const bash = shell.personality.kind === 'bash'
  yield* shell.complain(bash ? `kill: ${text}: invalid signal specification` : `bad signal name '${text}'`)
  return 1
}

function* listSignals(shell: Shell, words: readonly string[]): Blocking<number> {
  const names = Object.keys(SIGNAL_NUMBERS) as Signal[]
  if (words.length === 0) {
    yield* shell.process.print(
      `${names.map((name) => `${String(SIGNAL_NUMBERS[name]).padStart(2)}) ${name}`).join('\n')}\n`,
    )
    return 0
  }
  for (const word of words) {
    const number = Number(word)
    const signal = parseSignal(Number.isInteger(number) && number > 128 ? String(number - 128) : word)
    if (!signal) return yield* invalidSignal(shell, word)
    yield* shell.process.print(`${/^\d+$/.test(word) ? signal.slice(3) : SIGNAL_NUMBERS[signal]}\n`)
  }
  return 0
}
