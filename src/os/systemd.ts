import type { Kernel } from './kernel.ts'
import { nullFile } from './open-file.ts'
import { SystemError, type ExitStatus, type OpenFile, type Program } from './process.ts'
import { SIGNAL_NUMBERS } from './signals.ts'

/** A service as its unit file describes it. */
export interface Unit {
  /** Without `.service`. */
  readonly name: string
  readonly description: string
  readonly documentation?: string
  /** What its files are called below /usr/lib/systemd/system. */
  readonly dropIn?: string
  readonly execStart: readonly string[]
  readonly program: Program
  /** RestartSec, in ms: how long after an end that nobody asked for it is started again. */
  readonly restartMs: number
}

export interface JournalEntry {
  readonly atMs: number
  readonly unit: string
  /** `kubelet[12]`. */
  readonly identifier: string
  readonly text: string
}

export interface UnitStatus {
  readonly unit: Unit
  readonly active: 'active' | 'deactivating' | 'inactive' | 'activating' | 'failed'
  /** Since when, in ms. */
  readonly sinceMs: number
  readonly startedMs: number
  readonly pid: number
  /** How the latest main process ended. */
  readonly ended: ExitStatus | undefined
}

/** The journal of a tab forgets earlier than that of a disk. */
const JOURNAL_ENTRIES = 2000

/** The facility's name: only hosts booted with systemd have one. */
export const SYSTEMD = 'systemd'

/** systemd of one host in short: services as processes, restarted when they end unasked, and a journal. */
export class Systemd {
  readonly journal: JournalEntry[] = []
  readonly #kernel: Kernel
  readonly #services = new Map<string, Service>()
  readonly #listeners = new Set<(entry: JournalEntry) => void>()

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  /** Makes a service known, and starts it: all here are enabled. */
  add(unit: Unit): void {
    const service = new Service(unit, this.#kernel, (identifier, text) =>
      this.#log(unit.name, identifier, text),
    )
    this.#services.set(unit.name, service)
    service.start()
  }

  /** The service of a name with or without `.service`. */
  find(name: string): Service | undefined {
    return this.#services.get(name.replace(/\.service$/, ''))
  }

  services(): readonly Service[] {
    return [...this.#services.values()]
  }

  /** Told of each entry. @returns a function that stops it */
  listen(listener: (entry: JournalEntry) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #log(unit: string, identifier: string, text: string): void {
    const entry = { atMs: this.#kernel.simulation.nowMs, unit, identifier, text }
    this.journal.push(entry)
    if (this.journal.length > JOURNAL_ENTRIES) this.journal.splice(0, JOURNAL_ENTRIES / 2)
    for (const listener of [...this.#listeners]) listener(entry)
  }
}

type Log = (identifier: string, text: string) => void

/** One service: its main process, and what systemd says and does when that ends. */
export class Service {
  readonly unit: Unit
  readonly #kernel: Kernel
  readonly #log: Log
  #active: UnitStatus['active'] = 'inactive'
  #sinceMs = 0
  #startedMs = 0
  #pid = 0
  #ended: ExitStatus | undefined
  #restarts = 0
  #restart: { cancel(): void } | undefined
  readonly #changes = new Set<() => void>()

  constructor(unit: Unit, kernel: Kernel, log: Log) {
    this.unit = unit
    this.#kernel = kernel
    this.#log = log
  }

  status(): UnitStatus {
    const { unit } = this
    const [active, sinceMs, startedMs] = [this.#active, this.#sinceMs, this.#startedMs]
    return { unit, active, sinceMs, startedMs, pid: this.#pid, ended: this.#ended }
  }

  start(): void {
    if (this.#active === 'active' || this.#active === 'deactivating') return
    this.#restart?.cancel()
    const { execStart, program, name } = this.unit
    const output = journalFile((text) => this.#log(`${name}[${this.#pid}]`, text))
    const main = this.#kernel.start(program, {
      argv: execStart,
      files: new Map([[0, nullFile()], [1, output], [2, output]]), // prettier-ignore
      env: new Map([['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin']]),
      onExit: (status) => this.#mainEnded(status),
    })
    this.#pid = main.pid
    this.#startedMs = this.#kernel.simulation.nowMs
    this.#became('active')
    this.#say(`Started ${this.#title}.`)
  }

  /** Sends SIGTERM; `whenStopped` is called once the main process has ended. */
  stop(whenStopped: () => void = () => {}): void {
    this.#restart?.cancel()
    if (this.#active !== 'active') {
      this.#became('inactive')
      return whenStopped()
    }
    this.#say(`Stopping ${this.#title}...`)
    this.#became('deactivating')
    const stopped = () => {
      if (this.#active === 'deactivating') return
      this.#changes.delete(stopped)
      whenStopped()
    }
    this.#changes.add(stopped)
    this.#kernel.kill(this.#pid, 'SIGTERM')
  }

  get #title(): string {
    return `${this.unit.name}.service - ${this.unit.description}`
  }

  #say(text: string): void {
    this.#log('systemd[1]', text)
  }

  #became(active: UnitStatus['active']): void {
    this.#active = active
    this.#sinceMs = this.#kernel.simulation.nowMs
    for (const changed of [...this.#changes]) changed()
  }

  #mainEnded(status: ExitStatus): void {
    this.#ended = status
    const { name, restartMs } = this.unit
    if (this.#active === 'deactivating') {
      this.#say(`${name}.service: Deactivated successfully.`)
      this.#say(`Stopped ${this.#title}.`)
      return this.#became('inactive')
    }
    this.#say(`${name}.service: Main process exited, ${describeEnd(status)}`)
    this.#say(`${name}.service: Failed with result '${status.signal ? 'signal' : 'exit-code'}'.`)
    this.#became('activating')
    this.#restart = this.#kernel.simulation.schedule(restartMs, () => {
      if (this.#kernel.halted) return
      this.#say(`${name}.service: Scheduled restart job, restart counter is at ${++this.#restarts}.`)
      this.start()
    })
  }
}

/** `code=killed, status=9/KILL`, `code=exited, status=1/FAILURE`. */
export function describeEnd({ code, signal }: ExitStatus): string {
  if (signal) return `code=killed, status=${SIGNAL_NUMBERS[signal]}/${signal.slice(3)}`
  return `code=exited, status=${code}/${code === 0 ? 'SUCCESS' : code === 1 ? 'FAILURE' : 'n/a'}`
}

/** Standard output of a service: each line becomes an entry. */
function journalFile(line: (text: string) => void): OpenFile {
  let partial = ''
  return {
    // eslint-disable-next-line require-yield
    *read() {
      throw new SystemError('EBADF')
    },
    // eslint-disable-next-line require-yield
    *write(text: string) {
      const lines = (partial + text).split('\n')
      partial = lines.pop()!
      for (const each of lines) line(each)
    },
    close() {},
  }
}
