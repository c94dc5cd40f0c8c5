import { resolvePath } from '../../path.ts'
import type { FileStatus } from '../../file-system.ts'
import type { Shell } from '../shell.ts'

/** `[` was given something that is no expression: status 2. */
export class TestError extends Error {}

type Unary = (shell: Shell, operand: string) => boolean

const file =
  (test: (status: FileStatus) => boolean): Unary =>
  (shell, operand) => {
    const status =
      operand === '' ? undefined : shell.process.machine.files.stat(resolvePath(shell.process.cwd, operand))
    return status !== undefined && test(status)
  }

const isLink: Unary = (shell, operand) =>
  shell.process.machine.files.stat(resolvePath(shell.process.cwd, operand), { followLinks: false })?.type ===
  'link'

const UNARY: Readonly<Record<string, Unary>> = {
  '-n': (_, operand) => operand !== '',
  '-z': (_, operand) => operand === '',
  '-e': file(() => true),
  '-a': file(() => true),
  '-f': file((status) => status.type === 'file'),
  '-d': file((status) => status.type === 'directory'),
  '-r': file(() => true),
  '-w': file(() => true),
  '-x': file((status) => status.type === 'directory' || (status.mode & 0o111) !== 0),
  '-s': file((status) => status.size > 0),
  '-c': file((status) => status.type === 'device'),
  '-b': () => false,
  '-p': () => false,
  '-S': () => false,
  '-u': file((status) => (status.mode & 0o4000) !== 0),
  '-g': file((status) => (status.mode & 0o2000) !== 0),
  '-k': file((status) => (status.mode & 0o1000) !== 0),
  '-O': file(() => true),
  '-G': file(() => true),
  '-L': isLink,
  '-h': isLink,
  '-t': (shell, operand) => shell.process.files.get(Number(operand))?.terminal !== undefined,
  '-v': (shell, operand) => isSet(shell, operand),
  '-o': (shell, operand) => shell.options.has(operand),
}

function isSet(shell: Shell, name: string): boolean {
  const [, array, key] = /^(\w+)\[(.+)\]$/.exec(name) ?? []
  if (array !== undefined) return shell.variables.find(array)?.elements?.has(key!) ?? false
  return shell.variables.get(name) !== undefined
}

export function isUnary(operator: string): boolean {
  return operator in UNARY
}

/** @throws TestError for an operator that does not exist */
export function testUnary(shell: Shell, operator: string, operand: string): boolean {
  const test = UNARY[operator]
  if (!test) throw new TestError(`${operator}: unary operator expected`)
  return test(shell, operand)
}

const numeric = (test: (a: bigint, b: bigint) => boolean) => (shell: Shell, left: string, right: string) =>
  test(integer(shell, left), integer(shell, right))

const newer = (shell: Shell, left: string, right: string): boolean => {
  const [a, b] = [left, right].map((path) =>
    shell.process.machine.files.stat(resolvePath(shell.process.cwd, path)),
  )
  return a !== undefined && (b === undefined || a.modifiedMs > b.modifiedMs)
}

const BINARY: Readonly<Record<string, (shell: Shell, left: string, right: string) => boolean>> = {
  '=': (_, left, right) => left === right,
  '==': (_, left, right) => left === right,
  '!=': (_, left, right) => left !== right,
  '<': (_, left, right) => left < right,
  '>': (_, left, right) => left > right,
  '-eq': numeric((a, b) => a === b),
  '-ne': numeric((a, b) => a !== b),
  '-lt': numeric((a, b) => a < b),
  '-le': numeric((a, b) => a <= b),
  '-gt': numeric((a, b) => a > b),
  '-ge': numeric((a, b) => a >= b),
  '-nt': newer,
  '-ot': (shell, left, right) => newer(shell, right, left),
  '-ef': (shell, left, right) =>
    resolvePath(shell.process.cwd, left) === resolvePath(shell.process.cwd, right),
}

export function isBinary(operator: string): boolean {
  return operator in BINARY
}

/** @throws TestError for what is no number */
export function testBinary(shell: Shell, left: string, operator: string, right: string): boolean {
  const test = BINARY[operator]
  if (!test) throw new TestError(`${operator}: binary operator expected`)
  return test(shell, left, right)
}

function integer(shell: Shell, text: string): bigint {
  if (/^\s*[-+]?\d+\s*$/.test(text)) return BigInt(text.trim().replace(/^\+/, ''))
  throw new TestError(
    shell.personality.kind === 'ash'
      ? text === ''
        ? 'out of range'
        : `${text}: bad number`
      : `${text}: integer expression expected`,
  )
}
