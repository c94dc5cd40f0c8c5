export type { FileStatus, FileSystem } from './file-system.ts'
export type { Machine } from './machine.ts'
export { createMachine } from './create-machine.ts'
export type { MachineOptions } from './create-machine.ts'
export { Kernel } from './kernel.ts'
export type { KernelLimits, ProcessStatus, StartOptions } from './kernel.ts'
export { DEFAULT_PATH } from './kernel-process.ts'
export { createFileSystem, MemoryFileSystem } from './memory-file-system.ts'
export { makeDevices, nullFile } from './open-file.ts'
export { baseName, directoryOf, resolvePath } from './path.ts'
export { createPipe } from './pipe.ts'
export { STRERROR, SystemError, wait } from './process.ts'
export type {
  Blocking,
  ExitStatus,
  OpenFile,
  OpenMode,
  Process,
  Program,
  Signal,
  SignalDisposition,
  SpawnOptions,
  Terminal,
  Wait,
} from './process.ts'
export type { EditorFacility, EditorResult } from './programs/editor.ts'
export { SIGNAL_NUMBERS, parseSignal } from './signals.ts'
export { createTty } from './tty.ts'
export type { ControllingTerminal, Tty, TtyOptions } from './tty.ts'
export { SYSTEMD, Systemd } from './systemd.ts'
export type { Unit } from './systemd.ts'
