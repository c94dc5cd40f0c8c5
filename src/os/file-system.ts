import type { Program } from './process.ts'

/**
 * The files of one machine: a tree of directories, text files, executables and symbolic links, in memory. Paths are
 * absolute and already joined with the working directory. Errors are `SystemError`s with the errno of Linux.
 */
export interface FileSystem {
  read(path: string): string
  /** Creates or replaces (or appends). The directory must exist. */
  write(path: string, text: string, options?: { append?: boolean; mode?: number }): void
  list(path: string): readonly string[]
  /** Undefined when nothing is there. Follows symbolic links unless `followLinks` is false. */
  stat(path: string, options?: { followLinks?: boolean }): FileStatus | undefined
  makeDirectory(path: string, options?: { parents?: boolean }): void
  remove(path: string, options?: { recursive?: boolean }): void
  rename(from: string, to: string): void
  link(target: string, path: string): void
  chmod(path: string, mode: number): void
  touch(path: string, timeMs: number): void
  /** Puts a program at a path, as installing a binary does. */
  install(path: string, program: Program): void
  /** Shows `source` read-only (or not) at `path`: volumes. A later mount at the same path hides the earlier. */
  mount(path: string, source: FileSystem, options?: { readOnly?: boolean }): void
  unmount(path: string): void
  /** Told of every change, with the path. @returns a function that stops it. */
  watch(listener: (path: string) => void): () => void
}

export interface FileStatus {
  readonly type: 'file' | 'directory' | 'link' | 'device'
  readonly mode: number
  readonly size: number
  readonly modifiedMs: number
  readonly target?: string
  readonly program?: Program
  /** Which device, e.g. `null`, `zero`, `full`, `tty`, `fd/0`. */
  readonly device?: string
}
