import type { ApiRequest, ApiResponse } from '../api/wire.ts'
import { createCluster, type Cluster, type ClusterOptions } from '../cluster/cluster.ts'
import { decodeLesson } from '../lesson/decode.ts'
import type { Lesson } from '../lesson/lesson.ts'
import { LessonProgress, type Progress } from '../lesson/progress.ts'
import { directoryOf, resolvePath, SystemError } from '../os/index.ts'
import { Simulation } from '../sim/index.ts'
import { backendOf } from './backend.ts'
import { browse, type BrowseResult } from './browser.ts'
import { Editors, type EditorRequest } from './editors.ts'
import { ReplayDiverged, type Input, type LogEntry } from './input.ts'
import { createLessonWorld } from './lesson-world.ts'
import { startLoad, type LoadProgress } from './load.ts'
import { ScriptShell, type CommandResult } from './script-shell.ts'
import { Terminals } from './terminals.ts'

/** Where the learner lives. */
export const HOME = '/home/learner'

export interface LessonFiles {
  /** The folder below `lessons/`. */
  readonly id: string
  readonly spec: unknown
  readonly setup: readonly { readonly path: string; readonly text: string }[]
  readonly files: readonly { readonly path: string; readonly text: string }[]
  readonly liveNames: readonly string[]
}

export interface SessionOptions {
  readonly seed: number
  readonly lesson?: LessonFiles
  /** Worker nodes and the control plane, together. Default 3. */
  readonly nodes?: number
  /** The prose of all fields (`src/api/generated/descriptions.json`), for `kubectl explain`. */
  readonly descriptions?: ClusterOptions['descriptions']
  /** Keep every committed write as text: see `eventLog`. Costs memory and time. */
  readonly recordEvents?: boolean
}

/** What a session tells whoever hosts it. Nothing here may change the world. */
export interface SessionEvents {
  terminalOutput?(terminal: string, text: string): void
  terminalExit?(terminal: string, code: number): void
  editorOpened?(request: EditorRequest): void
  editorClosed?(editor: number): void
  lesson?(progress: Progress): void
  load?(load: string, progress: LoadProgress): void
  logged?(entry: LogEntry): void
}

/** The answer to an input that has one; told later, by virtual time. */
export interface Answers {
  request: ApiResponse
  browse: BrowseResult
  command: CommandResult
}

/**
 * A cluster, a laptop before it, and a learner at the laptop. Whatever the learner does is an input: applied at a
 * moment, written down, and the same again when replayed.
 */
export class Session {
  readonly simulation: Simulation
  readonly cluster: Cluster
  readonly seed: number
  readonly lesson: Lesson | undefined
  readonly terminals: Terminals
  readonly #events: SessionEvents
  readonly #editors: Editors
  readonly #log: LogEntry[] = []
  readonly #eventLog: string[] = []
  readonly #loads = new Map<string, () => void>()
  readonly #liveNames: readonly string[]
  #progress: LessonProgress | undefined
  #scriptShell: ScriptShell | undefined

  constructor(options: SessionOptions, events: SessionEvents = {}) {
    this.seed = options.seed
    this.#events = events
    this.simulation = new Simulation({ seed: options.seed })
    this.#editors = new Editors(
      {
        opened: (request) => events.editorOpened?.(request),
        closed: (editor) => events.editorClosed?.(editor),
      },
      (terminal) => this.terminals.nameOf(terminal),
    )
    this.lesson = options.lesson && decodeLesson(options.lesson.spec)
    this.cluster = createCluster({
      simulation: this.simulation,
      nodes: options.nodes ?? this.lesson?.cluster.nodes ?? 3,
      proxyMode: this.lesson?.cluster.proxyMode ?? 'iptables',
      home: HOME,
      openEditor: this.#editors.open,
      descriptions: options.descriptions,
      files: options.lesson?.files ?? [],
      manifests: options.lesson?.setup.map(({ text }) => text) ?? [],
    })
    if (options.recordEvents)
      this.cluster.onCommit((write) => void this.#eventLog.push(JSON.stringify(write)))
    this.terminals = new Terminals(
      this.cluster.laptop,
      { home: HOME, environment: this.cluster.environment },
      {
        output: (terminal, text) => events.terminalOutput?.(terminal, text),
        exit: (terminal, code) => events.terminalExit?.(terminal, code),
      },
    )
    this.#liveNames = options.lesson?.liveNames ?? []
  }

  /**
   * Brings the cluster up, to the point where a learner may begin: nodes Ready, DNS answering, the lesson's objects
   * there and looked at. Part of every session alike, so not an input.
   * @param shouldPause asked after each event; true ends this slice.
   * @returns whether it is up; if not, call again.
   */
  boot(shouldPause: () => boolean = () => false): boolean {
    while (!this.#isUp()) {
      if (!this.simulation.step()) throw new Error('the cluster came to a halt before it was ready')
      if (shouldPause()) return this.#isUp()
    }
    return true
  }

  /** The lesson begins with the cluster it was handed: its checks have looked once. */
  #isUp(): boolean {
    if (!this.cluster.ready || !this.lesson) return this.cluster.ready
    this.#progress ??= new LessonProgress(
      this.lesson,
      createLessonWorld(this.cluster),
      this.#liveNames,
      (progress) => this.#events.lesson?.(progress),
    )
    return this.#progress.hasLooked
  }

  /** The inputs so far. */
  get log(): readonly LogEntry[] {
    return this.#log
  }

  /** Every write to etcd since the beginning, a line of JSON each; empty unless `recordEvents`. */
  get eventLog(): string {
    return this.#eventLog.join('\n')
  }

  /** Editors that wait for the page, oldest first. */
  get openEditors(): readonly EditorRequest[] {
    return this.#editors.waiting
  }

  get progress(): Progress | undefined {
    return this.#progress?.progress
  }

  /** Applies an input now and writes it down. `answered` is called at most once, later. */
  input<K extends Input['kind']>(
    input: Input & { readonly kind: K },
    answered?: (answer: K extends keyof Answers ? Answers[K] : never) => void,
  ): void {
    const entry = {
      ...input,
      index: this.#log.length,
      atMs: this.simulation.nowMs,
      afterEvents: this.simulation.eventCount,
    } as LogEntry
    this.#log.push(entry)
    this.#events.logged?.(entry)
    this.#apply(input, answered as (answer: unknown) => void)
  }

  /**
   * Brings a fresh session to the end of `entries`, as fast as it goes. What failed when it was done fails again.
   * @param shouldPause asked after each event; true returns early, call again with what is left.
   * @returns how many entries were applied.
   * @throws ReplayDiverged when an input finds the world at another point than it was done at
   */
  replay(entries: readonly LogEntry[], shouldPause: () => boolean = () => false): number {
    const { simulation } = this
    let applied = 0
    for (const { index, atMs, afterEvents, ...input } of entries) {
      while (simulation.eventCount < afterEvents) {
        if (!simulation.step()) throw new ReplayDiverged(index, input.kind)
        if (shouldPause()) return applied
      }
      if (atMs < simulation.nowMs || (simulation.nextDueMs ?? Infinity) < atMs)
        throw new ReplayDiverged(index, input.kind)
      simulation.advanceTo(atMs)
      try {
        this.input(input as Input)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
      }
      applied++
    }
    return applied
  }

  #apply(input: Input, answered: (answer: unknown) => void = () => {}): void {
    const { laptop } = this.cluster
    switch (input.kind) {
      case 'open-terminal':
        return this.terminals.open(input.terminal, input.columns, input.rows)
      case 'terminal-input':
        return this.terminals.input(input.terminal, input.text)
      case 'resize-terminal':
        return this.terminals.resize(input.terminal, input.columns, input.rows)
      case 'close-terminal':
        return this.terminals.close(input.terminal)
      case 'command':
        this.#scriptShell ??= new ScriptShell(laptop, HOME, this.cluster.environment)
        return this.#scriptShell.run(input.text, answered)
      case 'write-file':
        laptop.files.makeDirectory(directoryOf(resolvePath(HOME, input.path)), { parents: true })
        return laptop.files.write(resolvePath(HOME, input.path), input.text)
      case 'remove-file':
        return laptop.files.remove(resolvePath(HOME, input.path), { recursive: true })
      case 'rename-file':
        return laptop.files.rename(resolvePath(HOME, input.path), resolvePath(HOME, input.to))
      case 'finish-editor':
        return this.#editors.finish(input.editor, input)
      case 'request':
        return this.#request(input.request, answered)
      case 'browse':
        return browse(laptop, input.url, answered)
      case 'start-load':
        return this.#startLoad(input)
      case 'stop-load':
        return this.#loads.get(input.load)?.()
      case 'go-to-step':
        return this.#progress?.goTo(input.step)
      case 'speed':
        return
    }
  }

  #request(request: ApiRequest, answered: (answer: ApiResponse) => void): void {
    this.cluster.transport.request(request, answered)
  }

  #startLoad({ load, url, count }: Input & { kind: 'start-load' }): void {
    const stop = startLoad(
      this.cluster.laptop,
      url,
      count,
      (page) => backendOf(page),
      (progress) => {
        if (progress.finished) this.#loads.delete(load)
        this.#events.load?.(load, progress)
      },
    )
    this.#loads.set(load, stop)
  }

  /** Ctrl-C for the command that the script shell runs. */
  interruptCommand(): void {
    this.#scriptShell?.interrupt()
  }
}
