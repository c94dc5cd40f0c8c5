/**
 * What the page and the worker say to each other: types only. The page calls `Engine` through Comlink; everything that
 * happens on its own comes back as `Update`s through one callback, in order, at most one batch a frame. Whatever
 * crosses is plain data that can be cloned.
 *
 * The page picks the names of terminals, watches and loads, so that an update never arrives before the page knows whose
 * it is. What the learner does to the world (typing, saving, opening a page, changing the speed) is an input: the worker
 * stamps it, logs it, and reports it as `inputs` for the page to keep. What the page merely looks at (GET requests,
 * watches, traces, file lists, rules) is not an input: it must not change the order or outcome of anything.
 */
import type { ApiRequest, ApiResponse, WatchEvent } from '../api/wire.ts'
import type { BrowseErrorCode, BrowseResult } from '../session/browser.ts'

export type { BrowseErrorCode, BrowseResult }

export interface Engine {
  /**
   * Makes the world and brings it to the end of `options.log`, if there is one. Called once, first; calls that arrive
   * before it is done wait. @throws ReplayDiverged when the log does not lead where it led, made by another version.
   */
  boot(options: BootOptions, onUpdates: (updates: readonly Update[]) => void): Promise<BootInfo>
  /** The engine's version. Answers at once, even while a replay runs: how the page knows that the worker is alive. */
  ping(): Promise<string>

  /** One request to the API server, as the learner's admin user. Anything but GET is an input. */
  request(request: ApiRequest): Promise<ApiResponse>
  /** List and watch: the present objects come first as ADDED, then their changes, as `watch` updates until stopped. */
  startWatch(watch: string, request: ApiRequest): Promise<void>
  stopWatch(watch: string): Promise<void>

  /** Starts a login shell on the laptop. A terminal of that name which is open already only takes the size. */
  openTerminal(terminal: string, size: TerminalSize): Promise<void>
  /** Text as a keyboard or a paste gives it: Enter is `\r`, Ctrl-C `\x03`. Chunks of at most `MAX_INPUT_CHUNK`. */
  terminalInput(terminal: string, text: string): Promise<void>
  resizeTerminal(terminal: string, size: TerminalSize): Promise<void>
  /** Hangs up: the shell and its jobs get SIGHUP. */
  closeTerminal(terminal: string): Promise<void>

  /** Every file below the laptop's home, sorted by path. */
  listFiles(): Promise<readonly FileEntry[]>
  /** Paths are relative to the home. @throws Error with the errno text (`No such file or directory`). */
  readFile(path: string): Promise<string>
  /** Creates or replaces, with the directories on the way. */
  writeFile(path: string, text: string): Promise<void>
  removeFile(path: string): Promise<void>
  renameFile(from: string, to: string): Promise<void>
  /** Answers an `editor-open` update: the program that waits (vi, nano, kubectl edit) goes on. */
  finishEditor(editor: number, result: EditorResult): Promise<void>

  /** One request from the laptop's browser: names resolved, redirects followed, as the learner's machine can reach it. */
  browse(url: string): Promise<BrowseResult>
  /** `count` requests to one URL, a few at a time; progress comes as `load` updates. */
  startLoad(load: string, url: string, count: number): Promise<void>
  stopLoad(load: string): Promise<void>

  /** The watches open at the API server now. Later ones are told by `trace` updates of type `watch`. */
  openWatches(): Promise<readonly OpenWatch[]>

  /** What `iptables-save` and `nft list ruleset` print on that node. @throws Error when the node does not exist or has no such rules. */
  rules(node: string): Promise<string>

  /** A multiple of wall time: 0 (paused) or 0.01 to 100. */
  setSpeed(speed: number): Promise<void>
  /** While paused, runs one event, or on to the next write to the API server. */
  step(unit: 'event' | 'change'): Promise<void>
  /** `trace` updates cost the worker time: they come only while wanted. */
  setTracing(on: boolean): Promise<void>

  /** Enters a step of the lesson: what it captures is captured now. */
  goToStep(step: string): Promise<void>

  /** The whole session as JSON text: seed, lesson, versions, inputs. `BootOptions.log` takes it apart again. */
  exportLog(): Promise<string>
  /** Every write to the cluster's store since the beginning, a line each: empty unless booted with `recordEvents`. */
  eventLog(): Promise<string>
}

export const MAX_INPUT_CHUNK = 16_384

export interface BootOptions {
  readonly seed: number
  readonly lesson?: LessonSource
  /** Inputs of an earlier session with the same seed and lesson, to be replayed as fast as it goes. */
  readonly log?: readonly LogEntry[]
  /** Keep what `eventLog` tells; for proofs that two runs are the same. */
  readonly recordEvents?: boolean
  /** Stop the replay there and drop the rest of the log: how the page goes back in time. */
  readonly until?: { readonly nowMs: number } | { readonly eventCount: number }
}

export interface BootInfo {
  /** Of the engine; kept beside the log, as a log replays only on the version that made it. */
  readonly version: string
  readonly startMs: number
  readonly nowMs: number
  readonly speed: number
  /** Absolute path of the laptop's home. */
  readonly home: string
  /** Terminals that the replayed log had opened, with what they show. */
  readonly terminals: readonly TerminalInfo[]
  /** Entries of the log that were replayed (fewer than given when `until` was). */
  readonly replayed: number
  /** Wall time that boot and replay took. */
  readonly tookMs: number
}

/** An input as the log holds it. The page keeps entries and gives them back; it looks only at these fields. */
export interface LogEntry {
  /** 0, 1, 2 ... */
  readonly index: number
  /** Virtual time, ms since the epoch. */
  readonly atMs: number
  /** What was done (`terminal-input`, `write-file`, `speed` ...). */
  readonly kind: string
  readonly [field: string]: unknown
}

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

export interface TerminalInfo extends TerminalSize {
  readonly terminal: string
  /** The end of all it has printed, at most 256 KB, to be written into an empty screen. */
  readonly text: string
}

export interface FileEntry {
  /** Relative to the home. */
  readonly path: string
  readonly directory: boolean
  readonly size: number
  readonly modifiedMs: number
}

export interface EditorResult {
  readonly saved: boolean
  readonly text: string
}

/** A lesson as the build makes it from its folder: data for the checks, no prose. */
export interface LessonSource {
  /** The folder below `lessons/`: `services/10-hands-on/10-session`. */
  readonly id: string
  /** `spec` of lesson.yaml, with what it inherits from the folders above. */
  readonly spec: unknown
  /** Texts of `setup/*.yaml`, in order of their names; applied before the first step. */
  readonly setup: readonly LessonFile[]
  /** `files/*`, put into the learner's home. */
  readonly files: readonly LessonFile[]
  /** The expressions of `{{live names}}` that its prose uses: `pods.web[0].name`. */
  readonly liveNames: readonly string[]
}

export interface LessonFile {
  readonly path: string
  readonly text: string
}

export interface LessonState {
  readonly lesson: string
  /** The step entered last. */
  readonly step: string
  readonly steps: readonly StepState[]
  /** Present values of the live names that have one. */
  readonly names: Readonly<Record<string, string>>
  /** A state from which the step cannot be finished, by the message that says so. */
  readonly deadEnd?: { readonly message: string; readonly offer: readonly ('rewind' | 'reset')[] }
}

export interface StepState {
  readonly id: string
  readonly tasks: readonly TaskState[]
}

export interface TaskState {
  readonly id: string
  /** `error` is a fault of the lesson, not of the learner. */
  readonly state: 'pending' | 'pass' | 'fail' | 'error'
  /** The first check that does not hold. */
  readonly unmet?: {
    /** Id of a text in the lesson's `:::messages`. */
    readonly message?: string
    /** What was looked at, and its present value: `Service web: spec.type is "ClusterIP"`. */
    readonly present: string
  }
  /** How often the learner acted while it failed: what a hint's `after` counts. */
  readonly tries: number
}

/** A watch that a component, or kubectl, holds open at the API server. */
export interface OpenWatch {
  readonly id: number
  /** `kube-proxy`. */
  readonly component: string
  /** Where it runs: a node, `namespace/name` of a Pod with a network of its own, `laptop`. */
  readonly host: string
  /** `endpointslices`, `pods with spec.nodeName=node-1`. */
  readonly resource: string
  /** Virtual time. */
  readonly sinceMs: number
}

/** A `TraceEvent` of the simulation with its virtual time. */
export interface TimedTraceEvent {
  readonly atMs: number
  readonly source: string
  readonly type: string
  readonly message: string
  readonly data?: unknown
}

export type Update =
  | {
      readonly kind: 'time'
      readonly nowMs: number
      readonly speed: number
      readonly eventCount: number
      /** When the next event is due, if any is. */
      readonly nextDueMs?: number
      /** Work not yet done since the clock was last on time; 0 when it keeps up. */
      readonly behindMs: number
      /** Longest slice of work since the last `time` update, in wall ms. */
      readonly longestSliceMs: number
    }
  | { readonly kind: 'terminal-output'; readonly terminal: string; readonly text: string }
  | { readonly kind: 'terminal-exit'; readonly terminal: string; readonly code: number }
  | { readonly kind: 'watch'; readonly watch: string; readonly events: readonly WatchEvent[] }
  /** The watch ended on its own; `status` is the Status object that says why, where there is one. */
  | { readonly kind: 'watch-end'; readonly watch: string; readonly status?: unknown }
  | { readonly kind: 'trace'; readonly events: readonly TimedTraceEvent[] }
  /** Files below the home that changed, relative to it. */
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  | {
      readonly kind: 'editor-open'
      readonly editor: number
      /** Absolute: `kubectl edit` has a file of its own in /tmp. */
      readonly path: string
      readonly text: string
      /** `vi`, `nano`. */
      readonly program: string
      /** The terminal that waits; empty when the program runs on none. */
      readonly terminal: string
    }
  /** The program that waited was killed: its editor closes. */
  | { readonly kind: 'editor-close'; readonly editor: number }
  | { readonly kind: 'lesson'; readonly state: LessonState }
  | { readonly kind: 'inputs'; readonly entries: readonly LogEntry[] }
  | {
      readonly kind: 'load'
      readonly load: string
      readonly sent: number
      readonly answered: number
      readonly failed: number
      /** Answers by Pod (`namespace/name`) or, where unknown, by address. */
      readonly byBackend: Readonly<Record<string, number>>
      /** Failures by code. */
      readonly byError: Readonly<Record<string, number>>
      readonly finished: boolean
    }
  /** A bug of ours: the request it belongs to has failed, the world goes on. */
  | { readonly kind: 'fault'; readonly message: string; readonly stack?: string }
