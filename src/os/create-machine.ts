import type { SocketLayer } from '../network/sockets.ts'
import type { Simulation } from '../sim/index.ts'
import type { FileSystem } from './file-system.ts'
import { Kernel, init } from './kernel.ts'
import type { KernelLimits } from './kernel.ts'
import type { Machine } from './machine.ts'
import { MemoryFileSystem } from './memory-file-system.ts'
import { resolvePath } from './path.ts'
import type { Program } from './process.ts'

export interface MachineOptions {
  readonly hostname: string
  readonly simulation: Simulation
  readonly files: FileSystem
  readonly network: SocketLayer
  readonly libc?: 'glibc' | 'musl'
  readonly facilities?: ReadonlyMap<string, unknown>
  readonly limits?: KernelLimits
  /** Boots with an init process as pid 1, as hosts have; containers bring their own. */
  readonly init?: boolean
}

/** Assembles a machine and its kernel. Nothing runs yet, but init where that is asked for. */
export function createMachine(options: MachineOptions): Machine & { readonly kernel: Kernel } {
  const { hostname, simulation, files, network } = options
  if (files instanceof MemoryFileSystem) files.now = () => simulation.nowMs
  const machine = {
    hostname,
    simulation,
    files,
    network,
    libc: options.libc ?? 'glibc',
    facilities: options.facilities ?? new Map<string, unknown>(),
    programAt: (path: string) => programAt(files, path, MAX_INTERPRETERS),
    get kernel(): Kernel {
      return kernel
    },
  }
  const kernel: Kernel = new Kernel(machine, options.limits)
  if (options.init) kernel.start(init, { argv: ['/sbin/init'] })
  return machine
}

/** How many scripts may be each other's interpreters. */
const MAX_INTERPRETERS = 4

function programAt(files: FileSystem, path: string, depth: number): Program | undefined {
  const status = files.stat(path)
  if (status?.type !== 'file' || (status.mode & 0o111) === 0) return undefined
  if (status.program) return status.program
  const shebang = /^#![ \t]*(\S+)(?:[ \t]+([^\n]*?))?[ \t]*(?:\n|$)/.exec(files.read(path).slice(0, 256))
  if (!shebang || depth === 0) return undefined
  const [, interpreter, argument] = shebang
  const program = programAt(files, resolvePath('/', interpreter!), depth - 1)
  if (!program) return undefined
  return (process) =>
    process.exec(program, [interpreter!, ...(argument ? [argument] : []), path, ...process.argv.slice(1)])
}
