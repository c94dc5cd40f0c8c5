import { SystemError } from '../process.ts'
import type { Blocking, ExitStatus, Process } from '../process.ts'
import { SIGNAL_NUMBERS } from '../signals.ts'
import type { Shell } from './shell.ts'

/** A pipeline that the shell started: in the background, or stopped by ^Z. */
export interface Job {
  readonly id: number
  readonly processes: readonly Process[]
  readonly processGroup: number
  readonly text: string
  /** How each process ended, by pid; or that it is stopped. */
  readonly ended: Map<number, ExitStatus>
  stopped: ExitStatus | undefined
  /** Its end has been told of. */
  reported: boolean
  /** `disown -h` and nohup keep SIGHUP away. */
  disowned: boolean
}

/** The jobs of a shell, in the order of their numbers. */
export class JobTable {
  #jobs: Job[] = []
  readonly #shell: Shell
  /** Statuses of children whose job is gone from the table, for a later `wait PID`. */
  readonly #remembered = new Map<number, number>()

  constructor(shell: Shell) {
    this.#shell = shell
  }

  get all(): readonly Job[] {
    return this.#jobs
  }

  add(processes: readonly Process[], processGroup: number, text: string): Job {
    const id = Math.max(0, ...this.#jobs.map((job) => job.id)) + 1
    const job = {
      id,
      processes,
      processGroup,
      text,
      ended: new Map(),
      stopped: undefined,
      reported: false,
      disowned: false,
    }
    this.#jobs.push(job)
    return job
  }

  remove(job: Job): void {
    this.#jobs = this.#jobs.filter((other) => other !== job)
    for (const [pid, status] of job.ended) this.#remembered.set(pid, status.code)
  }

  remembered(pid: number): number | undefined {
    return this.#remembered.get(pid)
  }

  /** Learns, without waiting, which processes have ended or were stopped. */
  poll(): void {
    for (const job of this.#jobs) {
      for (const { pid } of job.processes) {
        if (job.ended.has(pid)) continue
        try {
          const change = this.#shell.process.poll(pid, { stopped: true })
          if (change) note(job, pid, change.status)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          job.ended.set(pid, { code: 127 })
        }
      }
    }
  }

  /** Waits until every process of a job has ended, or it is stopped. @returns its status */
  *waitFor(job: Job): Blocking<number> {
    for (const { pid } of job.processes) {
      while (!job.ended.has(pid) && !job.stopped) {
        const { status } = yield* this.#shell.process.waitFor(pid, { stopped: true })
        note(job, pid, status)
      }
    }
    return jobStatus(job)
  }

  /** What `%1`, `%%`, `%+`, `%-`, `%name` or `%?text` mean; and a pid. */
  find(text: string): Job | undefined {
    if (/^\d+$/.test(text))
      return this.#jobs.find((job) => job.processes.some(({ pid }) => pid === Number(text)))
    const spec = text.replace(/^%/, '')
    if (spec === '' || spec === '%' || spec === '+') return this.current
    if (spec === '-') return this.previous
    if (/^\d+$/.test(spec)) return this.#jobs.find((job) => job.id === Number(spec))
    if (spec.startsWith('?')) return this.#jobs.find((job) => job.text.includes(spec.slice(1)))
    return this.#jobs.find((job) => job.text.startsWith(spec))
  }

  /** The one that `fg` takes: stopped last, else started last. */
  get current(): Job | undefined {
    return this.#ranked.at(-1)
  }

  get previous(): Job | undefined {
    return this.#ranked.at(-2)
  }

  get #ranked(): readonly Job[] {
    const stopped = this.#jobs.filter((job) => job.stopped)
    return [...this.#jobs.filter((job) => !job.stopped), ...stopped]
  }

  /** `[1]+  Done                    sleep 5`. */
  line(job: Job, options: { pids?: boolean } = {}): string {
    const mark = job === this.current ? '+' : job === this.previous ? '-' : ' '
    const state = describeState(job)
    const running = state === 'Running' ? ' &' : ''
    const pid = options.pids ? `${String(job.processes[0]!.pid).padStart(5)} ` : ''
    return `[${job.id}]${mark}  ${pid}${state.padEnd(options.pids ? 24 : 24)}${job.text}${running}\n`
  }

  /** Takes out the jobs that have ended. @returns what to tell the user about them */
  takeReports(): string[] {
    this.poll()
    const news = this.#jobs.filter((job) => isDone(job) || (job.stopped && !job.reported))
    const lines = news.map((job) => this.line(job))
    for (const job of news) {
      job.reported = true
      if (isDone(job)) this.remove(job)
    }
    return lines
  }
}

function note(job: Job, pid: number, status: ExitStatus): void {
  if (status.stopped) job.stopped = status
  else job.ended.set(pid, status)
}

export function isDone(job: Job): boolean {
  return job.processes.every(({ pid }) => job.ended.has(pid))
}

/** The status of the last process, or 128 + the signal that stopped it. */
export function jobStatus(job: Job): number {
  if (job.stopped) return 128 + SIGNAL_NUMBERS[job.stopped.stopped!]
  return job.ended.get(job.processes.at(-1)!.pid)?.code ?? 0
}

function describeState(job: Job): string {
  if (job.stopped) return 'Stopped'
  if (!isDone(job)) return 'Running'
  const status = job.ended.get(job.processes.at(-1)!.pid)!
  if (status.signal) return SIGNAL_TEXTS[status.signal] ?? status.signal
  return status.code === 0 ? 'Done' : `Exit ${status.code}`
}

/** strsignal(3), for the signals that end processes. */
export const SIGNAL_TEXTS: Readonly<Record<string, string>> = {
  SIGHUP: 'Hangup',
  SIGINT: 'Interrupt',
  SIGQUIT: 'Quit',
  SIGKILL: 'Killed',
  SIGUSR1: 'User defined signal 1',
  SIGUSR2: 'User defined signal 2',
  SIGPIPE: 'Broken pipe',
  SIGALRM: 'Alarm clock',
  SIGTERM: 'Terminated',
}
