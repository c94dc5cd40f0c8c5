import type { Image } from '../../images/index.ts'
import {
  SystemError,
  createFileSystem,
  createMachine,
  type ExitStatus,
  type FileSystem,
  type Kernel,
  type Machine,
  type Signal,
} from '../../../os/index.ts'
import type { Simulation } from '../../../sim/index.ts'
import { ExecutableError, findExecutable } from './executable.ts'
import { ContainerLog } from './log.ts'
import type { PodSandbox } from './sandbox.ts'
import { createStandardStreams, type StandardStreams } from './standard-streams.ts'

export interface Mount {
  readonly path: string
  readonly source: FileSystem
  readonly readOnly: boolean
}

/** How to make a container, everything already decided. */
export interface ContainerConfig {
  readonly name: string
  readonly image: Image
  /** Entrypoint and arguments; what is absent comes from the image, arguments only with its entrypoint. */
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly env: ReadonlyMap<string, string>
  readonly workingDir?: string
  readonly stopSignal?: Signal
  readonly mounts: readonly Mount[]
  /** Single files that are not the image's: /etc/hosts, /etc/resolv.conf ... */
  readonly files: Readonly<Record<string, string>>
  /** The cgroup's memory limit, in bytes. */
  readonly memoryBytes?: number
  readonly tty: boolean
  readonly stdin: boolean
  readonly stdinOnce: boolean
  /** What programs find besides Linux, by name. */
  readonly facilities: ReadonlyMap<string, unknown>
  /** How often it was started before. */
  readonly attempt: number
}

export type ContainerState = 'created' | 'running' | 'exited'

/** How long a process that could not be started seems to have run. */
const START_ERROR_CODE = 128

/** One container: files and processes of its own, the Pod's network. */
export class Container {
  readonly id: string
  readonly sandbox: PodSandbox
  readonly config: ContainerConfig
  readonly createdMs: number
  readonly log: ContainerLog
  readonly streams: StandardStreams
  readonly machine: Machine & { readonly kernel: Kernel }
  /** The environment of process 1, and of what is executed beside it. */
  readonly env: ReadonlyMap<string, string>
  startedMs: number | undefined
  finishedMs: number | undefined
  exit: { readonly code: number; readonly reason: string; readonly message?: string } | undefined
  readonly #simulation: Simulation
  readonly #exitListeners = new Set<() => void>()
  readonly #onExit: (container: Container) => void

  constructor(options: {
    readonly id: string
    readonly sandbox: PodSandbox
    readonly config: ContainerConfig
    readonly simulation: Simulation
    readonly onExit: (container: Container) => void
  }) {
    const { id, sandbox, config, simulation } = options
    this.id = id
    this.sandbox = sandbox
    this.config = config
    this.#simulation = simulation
    this.#onExit = options.onExit
    this.createdMs = simulation.nowMs
    this.log = new ContainerLog(() => simulation.nowMs)
    this.streams = createStandardStreams({
      simulation,
      tty: config.tty,
      stdin: config.stdin,
      output: (stream, text) => this.log.write(stream, text),
    })
    this.env = environment(config, sandbox)
    this.machine = createMachine({
      hostname: sandbox.config.hostname,
      simulation,
      files: containerFiles(config, simulation),
      network: sandbox.sockets,
      libc: config.image.libc,
      facilities: config.facilities,
      ...(config.memoryBytes !== undefined && { limits: { memoryBytes: config.memoryBytes } }),
    })
  }

  get state(): ContainerState {
    if (this.finishedMs !== undefined) return 'exited'
    return this.startedMs === undefined ? 'created' : 'running'
  }

  get stopSignal(): Signal {
    return this.config.stopSignal ?? this.config.image.stopSignal
  }

  get workingDir(): string {
    return this.config.workingDir || this.config.image.workingDir || '/'
  }

  /** Entrypoint and arguments after the rules of `command` and `args`. */
  get argv(): readonly string[] {
    const { command, args, image } = this.config
    if (command && command.length > 0) return [...command, ...(args ?? [])]
    return [...image.entrypoint, ...(args && args.length > 0 ? args : image.cmd)]
  }

  /** Starts process 1. @throws ExecutableError: the container has ended with StartError then */
  start(): void {
    const { argv } = this
    try {
      if (argv.length === 0) throw new ExecutableError('no command specified')
      const program = findExecutable(this.machine, argv[0]!, this.env.get('PATH'), this.workingDir)
      this.startedMs = this.#simulation.nowMs
      this.machine.kernel.start(program, {
        argv,
        env: this.env,
        cwd: this.workingDir,
        files: this.streams.files,
        ...(this.streams.tty && { terminal: this.streams.tty }),
        onExit: (status) => this.#ended(status),
      })
    } catch (error) {
      if (!(error instanceof ExecutableError)) throw error
      this.startedMs = 0
      this.finishedMs = this.#simulation.nowMs
      this.exit = { code: START_ERROR_CODE, reason: 'StartError', message: startError(error.message) }
      throw new ExecutableError(startError(error.message))
    }
  }

  /** Sends process 1 a signal; too late does nothing. */
  signal(signal: Signal): void {
    try {
      this.machine.kernel.kill(1, signal)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
    }
  }

  /** Tells when process 1 ends. @returns a function that stops it */
  whenExited(listener: () => void): () => void {
    this.#exitListeners.add(listener)
    return () => this.#exitListeners.delete(listener)
  }

  #ended({ code }: ExitStatus): void {
    this.finishedMs = this.#simulation.nowMs
    this.log.end()
    const reason = this.machine.kernel.ranOutOfMemory ? 'OOMKilled' : code === 0 ? 'Completed' : 'Error'
    this.exit = { code, reason }
    for (const listener of [...this.#exitListeners]) listener()
    this.#onExit(this)
  }
}

const startError = (reason: string) =>
  `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${reason}`

/** PATH and HOSTNAME first, then the image's, then what Kubernetes gives; HOME is runc's addition. */
function environment({ image, env }: ContainerConfig, sandbox: PodSandbox): Map<string, string> {
  const all = new Map([
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['HOSTNAME', sandbox.config.hostname],
    ...Object.entries(image.env),
    ...env,
  ])
  if (!all.has('HOME')) all.set('HOME', '/root')
  return all
}

function containerFiles({ image, mounts, files }: ContainerConfig, simulation: Simulation): FileSystem {
  const root = createFileSystem(image.rootFileSystem(), () => simulation.nowMs)
  for (const [path, text] of Object.entries(files)) root.write(path, text)
  // Outer mount points before those inside of them.
  for (const { path, source, readOnly } of [...mounts].sort((a, b) => a.path.length - b.path.length)) {
    root.mount(path, source, { readOnly })
  }
  return root
}
