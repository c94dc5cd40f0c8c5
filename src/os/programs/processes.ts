import type { Kernel, ProcessStatus } from '../kernel.ts'
import type { Machine } from '../machine.ts'

/** The process table of a machine, where it has a kernel of ours. */
export function processesOf(machine: Machine): readonly ProcessStatus[] {
  return (machine as Machine & { readonly kernel?: Kernel }).kernel?.processes() ?? []
}

/** The name ps(1) and pidof(1) know a process by. */
export function commandName(status: ProcessStatus): string {
  return (status.argv[0] ?? '').replace(/^-/, '').replace(/^.*\//, '')
}

export type { ProcessStatus }
