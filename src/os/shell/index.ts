export { ash, bash } from './main.ts'
export { isComplete } from './parse.ts'
export { createShellSession } from './session.ts'
export type { ShellSession, ShellSessionOptions } from './session.ts'
