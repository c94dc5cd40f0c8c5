import type { ApiRequest, ApiResponse } from '../api/wire.ts'
import { resolvePath } from '../os/index.ts'
import { HOME, Session } from '../session/session.ts'
import type { Input, SessionLog } from '../session/input.ts'
import { bringUp, fetchDescriptions, replay, type Descriptions } from './bring-up.ts'
import { Outbox } from './outbox.ts'
import { Pump } from './pump.ts'
import { filesBelow } from './laptop-files.ts'
import { engineVersion } from './engine-version.ts'
import type {
  BootInfo,
  BootOptions,
  BrowseResult,
  EditorResult,
  Engine,
  FileEntry,
  OpenWatch,
  TerminalSize,
  Update,
} from './protocol.ts'
import { Watches } from './watches.ts'

/** What a page's boot made: everything that the calls after it need. */
interface World {
  readonly session: Session
  readonly outbox: Outbox
  readonly pump: Pump
  readonly watches: Watches
  readonly lesson: string | undefined
  /** Kept until the descriptions of all fields are there, or cannot be had. */
  readonly prose: Promise<void>
}

/** The engine as the page calls it. Reading goes straight to the world; doing is an input of the session. */
export class EngineHost implements Engine {
  #world: World | undefined
  #descriptions: Descriptions | undefined
  #stopTracing: (() => void) | undefined

  async boot(options: BootOptions, onUpdates: (updates: readonly Update[]) => void): Promise<BootInfo> {
    const began = performance.now()
    const outbox = new Outbox(onUpdates)
    const prose = fetchDescriptions().then((found) => void (this.#descriptions = found))
    const session = this.#createSession(options, outbox)
    await bringUp(session)
    if (options.log?.length) await prose
    const replayed = await replay(session, options)
    const pump = new Pump(session.simulation, () => outbox.add(this.#time()))
    const watches = new Watches((request) => session.cluster.handle(request), outbox)
    this.#world = { session, outbox, pump, watches, prose, lesson: options.lesson?.id }
    session.cluster.laptop.files.watch((path) => {
      if (path.startsWith(`${HOME}/`)) outbox.fileChanged(path.slice(HOME.length + 1))
    })
    for (const request of session.openEditors) outbox.add({ kind: 'editor-open', ...request })
    if (session.progress && options.lesson)
      outbox.add({ kind: 'lesson', state: { lesson: options.lesson.id, ...session.progress } })
    pump.start()
    return {
      version: engineVersion,
      startMs: session.simulation.startMs,
      nowMs: session.simulation.nowMs,
      speed: pump.pace.speed,
      home: HOME,
      terminals: session.terminals.list(),
      replayed,
      tookMs: performance.now() - began,
    }
  }

  async ping(): Promise<string> {
    return engineVersion
  }

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

  openTerminal(terminal: string, size: TerminalSize): Promise<void> {
    return this.#do({ kind: 'open-terminal', terminal, ...size })
  }

  terminalInput(terminal: string, text: string): Promise<void> {
    return this.#do({ kind: 'terminal-input', terminal, text })
  }

  resizeTerminal(terminal: string, size: TerminalSize): Promise<void> {
    return this.#do({ kind: 'resize-terminal', terminal, ...size })
  }

  closeTerminal(terminal: string): Promise<void> {
    return this.#do({ kind: 'close-terminal', terminal })
  }

  async listFiles(): Promise<readonly FileEntry[]> {
    return filesBelow(this.#live.session.cluster.laptop.files, HOME)
  }

  async readFile(path: string): Promise<string> {
    return this.#live.session.cluster.laptop.files.read(resolvePath(HOME, path))
  }

  writeFile(path: string, text: string): Promise<void> {
    return this.#do({ kind: 'write-file', path, text })
  }

  removeFile(path: string): Promise<void> {
    return this.#do({ kind: 'remove-file', path })
  }

  renameFile(from: string, to: string): Promise<void> {
    return this.#do({ kind: 'rename-file', path: from, to })
  }

  finishEditor(editor: number, result: EditorResult): Promise<void> {
    return this.#do({ kind: 'finish-editor', editor, ...result })
  }

  browse(url: string): Promise<BrowseResult> {
    return this.#ask({ kind: 'browse', url })
  }

  startLoad(load: string, url: string, count: number): Promise<void> {
    return this.#do({ kind: 'start-load', load, url, count })
  }

  stopLoad(load: string): Promise<void> {
    return this.#do({ kind: 'stop-load', load })
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
    await this.#do({ kind: 'speed', speed })
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

  goToStep(step: string): Promise<void> {
    return this.#do({ kind: 'go-to-step', step })
  }

  async exportLog(): Promise<string> {
    const { session, lesson } = this.#live
    const log: SessionLog = {
      tabernetes: 'session/v1',
      version: engineVersion,
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

  /** A command may ask for the prose, and a replay has it: inputs wait for it, but for the opening of a terminal. */
  async #do(input: Input): Promise<void> {
    const { session, pump, prose } = this.#live
    if (input.kind !== 'open-terminal') await prose
    session.input(input)
    pump.nudge()
  }

  #ask(input: Input & { kind: 'request' }): Promise<ApiResponse>
  #ask(input: Input & { kind: 'browse' }): Promise<BrowseResult>
  async #ask(input: Input & { kind: 'request' | 'browse' }): Promise<ApiResponse | BrowseResult> {
    const { session, pump, prose } = this.#live
    await prose
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
        descriptions: () => this.#descriptions,
      },
      {
        terminalOutput: (terminal, text) => this.#world && outbox.terminalOutput(terminal, text),
        terminalExit: (terminal, code) =>
          this.#world && outbox.add({ kind: 'terminal-exit', terminal, code }),
        editorOpened: (request) => this.#world && outbox.add({ kind: 'editor-open', ...request }),
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
