import type { SocketLayer } from '../network/sockets.ts'
import type { Simulation } from '../sim/index.ts'
import type { FileSystem } from './file-system.ts'
import type { Program } from './process.ts'

/**
 * What a running operating system has, seen from one process: a container, a node or the learner's laptop. Containers
 * of a Pod have machines of their own (own files, own processes) that share the Pod's network.
 */
export interface Machine {
  readonly hostname: string
  readonly simulation: Simulation
  readonly files: FileSystem
  /** Undefined while the machine has no network. */
  readonly network: SocketLayer
  /** What libc this userland has: their resolvers differ. */
  readonly libc: 'glibc' | 'musl'
  /**
   * Facilities beyond Linux that a machine's owner lends to its programs, by name, e.g. the API transport of kubectl's
   * kubeconfig or the netfilter tables of a node. A program that needs one and finds none says what a real one would.
   */
  readonly facilities: ReadonlyMap<string, unknown>
  /** The program that an executable file runs. Files made by `chmod +x` with a `#!` line run their interpreter. */
  programAt(path: string): Program | undefined
}
