import type { Blocking, Process, Program } from '../process.ts'

export type Userland = 'gnu' | 'busybox'

/** A program in two manners; one that is the same in both is a plain `Program`. */
export type UserlandProgram = (process: Process, userland: Userland) => Blocking<number>

/** The program as that userland has it. */
export const inUserland =
  (userland: Userland, program: UserlandProgram): Program =>
  (process) =>
    program(process, userland)

/** The version that busybox reports of itself. */
export const BUSYBOX_BANNER = 'BusyBox v1.37.0 (2024-09-26 21:31:42 UTC) multi-call binary.'
