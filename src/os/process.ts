import type { Machine } from './machine.ts'
import type { ControllingTerminal } from './tty.ts'

/**
 * A program is a generator that yields what it waits for. The kernel starts each wait and resumes the program with
 * the outcome; killing a process is `return()` on its generator, so `finally` blocks are its exit handlers.
 * Nothing here knows promises: the order of everything is the order of the event queue.
 */
export type Program = (process: Process) => Blocking<number>

/** Code that may block: run it with `yield*`. */
export type Blocking<T> = Generator<Wait, T, unknown>

/**
 * Something to wait for. `start` begins it and returns how to give it up; `resume` is called once, possibly before
 * `start` returns. Made with `wait()`, which keeps the type of the outcome.
 */
export interface Wait {
  start(resume: (value: unknown) => void): () => void
}

/** Blocks until `start` calls back. An interrupting signal gives the wait up: see `Process.interruptible`. */
export function* wait<T>(start: (resume: (value: T) => void) => () => void): Blocking<T> {
  return (yield { start: start as Wait['start'] }) as T
}

export type Signal =
  | 'SIGHUP'
  | 'SIGINT'
  | 'SIGQUIT'
  | 'SIGKILL'
  | 'SIGUSR1'
  | 'SIGUSR2'
  | 'SIGPIPE'
  | 'SIGALRM'
  | 'SIGTERM'
  | 'SIGCHLD'
  | 'SIGCONT'
  | 'SIGSTOP'
  | 'SIGTSTP'
  | 'SIGTTIN'
  | 'SIGTTOU'
  | 'SIGWINCH'

export type SignalDisposition = 'default' | 'ignore' | ((signal: Signal) => void)

/** How a process ended: an exit code, or the signal that killed it (128 + its number as a shell sees it). */
export interface ExitStatus {
  readonly code: number
  readonly signal?: Signal
  /** Set while the process is only stopped, not ended: what stopped it. */
  readonly stopped?: Signal
}

/**
 * An open file: a pipe end, a file on disk, a terminal, a socket. Text flows, in chunks of any size.
 * `read` gives null at the end of the file. Reference counted by the kernel: closing the last descriptor closes it.
 */
export interface OpenFile {
  read(): Blocking<string | null>
  /** @throws SystemError EPIPE, EIO ... */
  write(text: string): Blocking<void>
  /** Puts text back, to be read next: what `read` of a shell does with what came after the line. */
  unread?(text: string): void
  close(): void
  /** The terminal behind it, for `isatty`, sizes and modes. */
  readonly terminal?: Terminal
  /** How many descriptors, of all processes of all machines, refer to it: kept by `descriptors.ts`. */
  references?: number
}

/** stty(1)'s icanon, echo, isig and opost. */
export interface TerminalMode {
  readonly canonical: boolean
  readonly echo: boolean
  readonly signals: boolean
  readonly output: boolean
}

/** The line discipline of a tty, as programs use it; the kernel's side of it is in `tty.ts`. */
export interface Terminal {
  readonly columns: number
  readonly rows: number
  /**
   * Canonical mode gives whole lines and handles ^D; raw gives each key. Echo, ^C/^Z and what is done to output (a
   * newline returns the carriage, too) are separate switches.
   */
  setMode(mode: Partial<TerminalMode>): void
  readonly mode: TerminalMode
  /** Process group that ^C reaches. */
  foregroundGroup: number
}

/** How to open a file. `write` truncates, `write-new` fails when the file exists, `read-write` does neither. */
export type OpenMode = 'read' | 'write' | 'write-new' | 'append' | 'read-write'

export interface SpawnOptions {
  readonly argv: readonly string[]
  /** Default: a copy of the parent's. */
  readonly env?: ReadonlyMap<string, string>
  readonly cwd?: string
  /** Descriptors of the child; default: the parent's 0, 1 and 2. The kernel duplicates them. */
  readonly files?: ReadonlyMap<number, OpenFile>
  /** 0 makes a new process group led by the child. Default: the parent's. */
  readonly processGroup?: number
  /** Makes the child lead a session of its own with this as its controlling terminal: setsid(2) and TIOCSCTTY. */
  readonly terminal?: ControllingTerminal
  /** Signals the child starts out ignoring. */
  readonly ignoring?: readonly Signal[]
}

/** One process as its program sees it: the system call interface. */
export interface Process {
  readonly pid: number
  readonly parentPid: number
  readonly processGroup: number
  readonly argv: readonly string[]
  readonly env: Map<string, string>
  cwd: string
  readonly machine: Machine
  readonly files: Map<number, OpenFile>

  /** Virtual time in ms since the Unix epoch. */
  now(): number
  sleep(ms: number): Blocking<void>
  /** Uses processor time: a loop that never blocks must call this, so that time passes and others run. Default 0.05 ms. */
  compute(ms?: number): Blocking<void>
  /**
   * Says how much it holds in memory now, in bytes, where that may be much. A machine with too little for all of its
   * processes kills the greatest of them.
   */
  holds(bytes: number): void

  /** Next chunk of a descriptor, null at its end. Default: standard input. @throws SystemError EBADF */
  read(fd?: number): Blocking<string | null>
  /** Everything up to the end. */
  readAll(fd?: number): Blocking<string>
  /** Writes to descriptor 1. A broken pipe kills with SIGPIPE unless that is ignored. */
  print(text: string): Blocking<void>
  /** Writes to descriptor 2. */
  printError(text: string): Blocking<void>
  write(fd: number, text: string): Blocking<void>

  /**
   * Opens a file or device by path, not yet under a descriptor (`files.set(fd, file)` gives it one).
   * @throws SystemError ENOENT, EISDIR, EEXIST ...
   */
  open(path: string, mode: OpenMode): OpenFile

  /** Starts `program` as a child. @throws SystemError EAGAIN when the process table is full */
  spawn(program: Program, options: SpawnOptions): Process
  /** Becomes another program: same pid, descriptors and ignored signals; handlers are reset. */
  exec(program: Program, argv: readonly string[]): Blocking<never>
  /** Waits for a child (or, without `pid`, any) to end, or with `stopped` also to be stopped. @throws SystemError ECHILD */
  waitFor(
    pid?: number,
    options?: { readonly stopped?: boolean },
  ): Blocking<{ readonly pid: number; readonly status: ExitStatus }>
  /** As waitFor, at once: undefined when none has ended. */
  poll(
    pid?: number,
    options?: { readonly stopped?: boolean },
  ): { readonly pid: number; readonly status: ExitStatus } | undefined
  /** Negative `pid`: the process group. @throws SystemError ESRCH */
  kill(pid: number, signal: Signal): void
  /** Sets what a signal does and returns what it did before. */
  onSignal(signal: Signal, disposition: SignalDisposition): SignalDisposition
  /**
   * Runs `body`; a signal with a handler that arrives while it blocks gives the wait up and makes this return
   * `{ interrupted }` instead. Outside of it, handled signals run their handler and the wait goes on (SA_RESTART).
   */
  interruptible<T>(body: Blocking<T>): Blocking<{ readonly value: T } | { readonly interrupted: Signal }>
  pipe(): { readonly reader: OpenFile; readonly writer: OpenFile }
  /** Finds an executable by path or along PATH. */
  resolve(command: string): string | undefined
  /** Ends the process at once, running `finally` blocks. Same as returning from the program. */
  exit(code: number): never
}

/** An error of a system call: `code` is the errno, `message` its strerror text. */
export class SystemError extends Error {
  readonly code: string
  constructor(code: string, message: string = STRERROR[code] ?? code) {
    super(message)
    this.code = code
  }
}

/** strerror(3): what programs print after the colon. */
export const STRERROR: Readonly<Record<string, string>> = {
  EPERM: 'Operation not permitted',
  ENOENT: 'No such file or directory',
  ESRCH: 'No such process',
  EAGAIN: 'Resource temporarily unavailable',
  EXDEV: 'Invalid cross-device link',
  ENOEXEC: 'Exec format error',
  EINTR: 'Interrupted system call',
  ENXIO: 'No such device or address',
  EIO: 'Input/output error',
  EBADF: 'Bad file descriptor',
  ECHILD: 'No child processes',
  EACCES: 'Permission denied',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EINVAL: 'Invalid argument',
  EFBIG: 'File too large',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
  EPIPE: 'Broken pipe',
  EBUSY: 'Device or resource busy',
  ENOTEMPTY: 'Directory not empty',
  ELOOP: 'Too many levels of symbolic links',
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  ETIMEDOUT: 'Connection timed out',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
}
