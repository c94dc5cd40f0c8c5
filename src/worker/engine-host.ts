import descriptionsUrl from '../api/generated/descriptions.json?url'
import type { ApiRequest, ApiResponse } from '../api/wire.ts'
import { VERSION } from '../cluster/version.ts'
import { resolvePath } from '../os/index.ts'
import { HOME, Session } from '../session/session.ts'
import type { Input, LogEntry as SessionLogEntry, SessionLog } from '../session/input.ts'
import { Outbox } from './outbox.ts'
import { budget, Pump } from './pump.ts'
import { filesBelow } from './laptop-files.ts'
import type {
  BootInfo,
  BootOptions,
  BrowseResult,
  EditorResult,
  Engine,
  FileEntry,
  LogEntry,
  OpenWatch,
  TerminalSize,
  Update,
} from './protocol.ts'
import { Watches } from './watches.ts'

let descriptions: Descriptions | undefined

/** Fetches the prose of all fields, a file of its own for its size. Without it `kubectl explain` says less. */
async function loadDescriptions(): Promise<void> {
  const response = await fetch(descriptionsUrl).catch(() => undefined)
  if (response?.ok) descriptions = (await response.json()) as Descriptions
}

type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>

/** What a page's boot made: everything that the calls after it need. */
interface World {
  readonly session: Session
  readonly outbox: Outbox
  readonly pump: Pump
  readonly watches: Watches
  readonly lesson: string | undefined
}

/** The engine as the page calls it. Reading goes straight to the world; doing is an input of the session. */
export class EngineHost implements Engine {
  #world: World | undefined
  #stopTracing: (() => void) | undefined

  async boot(options: BootOptions, onUpdates: (updates: readonly Update[]) => void): Promise<BootInfo> {
    const began = performance.now()
    const outbox = new Outbox(onUpdates)
    const session = this.#createSession(options, outbox)
    const loading = loadDescriptions()
    while (!session.boot(budget(performance.now()))) await breath()
    // A command of the log may ask for the prose: it must be there before the replay, as it was before the input.
    await loading
    const replayed = await replay(session, options)
    const pump = new Pump(session.simulation, () => outbox.add(this.#time()))
    const watches = new Watches((request) => session.cluster.handle(request), outbox)
    this.#world = { session, outbox, pump, watches, lesson: options.lesson?.id }
    session.cluster.laptop.files.watch((path) => {
      if (path.startsWith(`${HOME}/`)) outbox.fileChanged(path.slice(HOME.length + 1))
    })
    for (const request of session.openEditors) outbox.add({ kind: 'editor-open', terminal: '', ...request })
    if (session.progress && options.lesson)
      outbox.add({ kind: 'lesson', state: { lesson: options.lesson.id, ...session.progress } })
    pump.start()
    return {
      version: VERSION,
      startMs: session.simulation.startMs,
      nowMs: session.simulation.nowMs,
      speed: pump.pace.speed,
      home: HOME,
      terminals: session.terminals.list(),
      replayed,
      tookMs: performance.now() - began,
    }
  }

  async ping(): Promise<void> {}

  request(request: ApiRequest): Promise<ApiResponse> {
    if (request.method !== 'GET') return this.#ask({ kind: 'request', request })
    const answer = this.#live.session.cluster.handle(request)
    if (answer.kind !== 'response') throw new Error(`${request.path} goes on without end: watch it`)
    return Promise.resolve(answer.response)
  }

  async startWatch(watch: string, request: ApiRequest): Promise<void> {
    this.#live.watches.start(watch, request)
  }

  async stopWatch(watch: string): Promise<void> {
    this.#live.watches.stop(watch)
  }

  async openTerminal(terminal: string, size: TerminalSize): Promise<void> {
    this.#do({ kind: 'open-terminal', terminal, ...size })
  }

  async terminalInput(terminal: string, text: string): Promise<void> {
    this.#do({ kind: 'terminal-input', terminal, text })
  }

  async resizeTerminal(terminal: string, size: TerminalSize): Promise<void> {
    this.#do({ kind: 'resize-terminal', terminal, ...size })
  }

  async closeTerminal(terminal: string): Promise<void> {
    this.#do({ kind: 'close-terminal', terminal })
  }

  async listFiles(): Promise<readonly FileEntry[]> {
    return filesBelow(this.#live.session.cluster.laptop.files, HOME)
  }

  async readFile(path: string): Promise<string> {
    return this.#live.session.cluster.laptop.files.read(resolvePath(HOME, path))
  }

  async writeFile(path: string, text: string): Promise<void> {
    this.#do({ kind: 'write-file', path, text })
  }

  async removeFile(path: string): Promise<void> {
    this.#do({ kind: 'remove-file', path })
  }

  async renameFile(from: string, to: string): Promise<void> {
    this.#do({ kind: 'rename-file', path: from, to })
  }

  async finishEditor(editor: number, result: EditorResult): Promise<void> {
    this.#do({ kind: 'finish-editor', editor, ...result })
  }

  browse(url: string): Promise<BrowseResult> {
    return this.#ask({ kind: 'browse', url })
  }

  async startLoad(load: string, url: string, count: number): Promise<void> {
    this.#do({ kind: 'start-load', load, url, count })
  }

  async stopLoad(load: string): Promise<void> {
    this.#do({ kind: 'stop-load', load })
  }

  async openWatches(): Promise<readonly OpenWatch[]> {
    return this.#live.session.cluster.openWatches()
  }

  async rules(node: string): Promise<string> {
    return this.#live.session.cluster.rules(node)
  }

  async setSpeed(speed: number): Promise<void> {
    const { pump } = this.#live
    pump.pace.setSpeed(speed)
    this.#do({ kind: 'speed', speed })
  }

  async step(unit: 'event' | 'change'): Promise<void> {
    const { session, pump, outbox } = this.#live
    const before = session.cluster.revision
    while (pump.pace.step()) if (unit === 'event' || session.cluster.revision !== before) break
    outbox.add(this.#time())
  }

  async setTracing(on: boolean): Promise<void> {
    const { session, outbox } = this.#live
    this.#stopTracing?.()
    const listen = () =>
      session.simulation.trace.subscribe((event) =>
        outbox.trace({ atMs: session.simulation.nowMs, ...event }),
      )
    this.#stopTracing = on ? listen() : undefined
  }

  async goToStep(step: string): Promise<void> {
    this.#do({ kind: 'go-to-step', step })
  }

  async exportLog(): Promise<string> {
    const { session, lesson } = this.#live
    const log: SessionLog = {
      tabernetes: 'session/v1',
      version: VERSION,
      seed: session.seed,
      lesson,
      entries: session.log,
    }
    return JSON.stringify(log)
  }

  async eventLog(): Promise<string> {
    return this.#live.session.eventLog
  }

  get #live(): World {
    if (!this.#world) throw new Error('the engine has not booted')
    return this.#world
  }

  #do(input: Input): void {
    const { session, pump } = this.#live
    session.input(input)
    pump.nudge()
  }

  #ask(input: Input & { kind: 'request' }): Promise<ApiResponse>
  #ask(input: Input & { kind: 'browse' }): Promise<BrowseResult>
  #ask(input: Input & { kind: 'request' | 'browse' }): Promise<ApiResponse | BrowseResult> {
    const { session, pump } = this.#live
    return new Promise((resolve) => {
      session.input(input, resolve)
      pump.nudge()
    })
  }

  #createSession(options: BootOptions, outbox: Outbox): Session {
    return new Session(
      {
        seed: options.seed,
        lesson: options.lesson,
        recordEvents: options.recordEvents,
        descriptions: () => descriptions,
      },
      {
        terminalOutput: (terminal, text) => this.#world && outbox.terminalOutput(terminal, text),
        terminalExit: (terminal, code) =>
          this.#world && outbox.add({ kind: 'terminal-exit', terminal, code }),
        editorOpened: (request) =>
          this.#world && outbox.add({ kind: 'editor-open', terminal: '', ...request }),
        editorClosed: (editor) => this.#world && outbox.add({ kind: 'editor-close', editor }),
        lesson: (progress) =>
          this.#world && outbox.add({ kind: 'lesson', state: { lesson: options.lesson!.id, ...progress } }),
        load: (load, progress) => this.#world && outbox.add({ kind: 'load', load, ...progress }),
        logged: (entry) => {
          if (!this.#world) return
          outbox.add({ kind: 'inputs', entries: [entry] })
          outbox.flush()
        },
      },
    )
  }

  #time(): Update {
    const { session, pump } = this.#live
    const { simulation } = session
    const longestSliceMs = pump.longestSliceMs
    pump.longestSliceMs = 0
    return {
      kind: 'time',
      nowMs: simulation.nowMs,
      speed: pump.pace.speed,
      eventCount: simulation.eventCount,
      nextDueMs: simulation.nextDueMs,
      behindMs: pump.behind ? 1 : 0,
      longestSliceMs,
    }
  }
}

/** Replays the log, in slices. @returns how many entries were replayed. */
async function replay(session: Session, { log = [], until }: BootOptions): Promise<number> {
  const entries = (log as readonly SessionLogEntry[]).filter((entry) => isWithin(entry, until))
  for (let done = 0; done < entries.length;) {
    done += session.replay(entries.slice(done), budget(performance.now()))
    await breath()
  }
  const { simulation } = session
  if (until && 'nowMs' in until)
    while (!simulation.runUntil(until.nowMs, budget(performance.now()))) await breath()
  if (until && 'eventCount' in until)
    while (simulation.eventCount < until.eventCount && simulation.step()) continue
  return entries.length
}

function isWithin(entry: LogEntry & { readonly afterEvents?: number }, until: BootOptions['until']): boolean {
  if (!until) return true
  return 'nowMs' in until ? entry.atMs <= until.nowMs : (entry.afterEvents ?? 0) <= until.eventCount
}

/** Lets the worker look at its messages. */
const breath = () => new Promise((resolve) => setTimeout(resolve, 0))
