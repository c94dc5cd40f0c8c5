import type { OpenFile, Process } from '../process.ts'

/**
 * Gives an open file the lowest free descriptor from 3 on, so that the kernel closes it when the process ends.
 * @returns the descriptor
 */
export function openDescriptor(process: Process, file: OpenFile): number {
  let descriptor = 3
  while (process.files.has(descriptor)) descriptor++
  process.files.set(descriptor, file)
  return descriptor
}

/** Forgets the descriptor of a file that was closed by its owner. */
export function releaseDescriptor(process: Process, file: OpenFile): void {
  for (const [descriptor, open] of process.files) {
    if (open === file) process.files.delete(descriptor)
  }
}
