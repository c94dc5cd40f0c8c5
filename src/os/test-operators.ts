import type { FileStatus } from './file-system.ts'
import { resolvePath } from './path.ts'
import type { Process } from './process.ts'

/** Where an expression of test(1) is evaluated: a shell, or the program of that name. */
export interface TestContext {
  readonly process: Process
  /** Whose words complaints have: busybox', or bash's. */
  readonly wording: 'busybox' | 'bash'
  /** `-v`: whether a variable, or `name[index]`, has a value. */
  isSet(name: string): boolean
  /** `-o`: whether a shell option is on. */
  hasOption(name: string): boolean
}

/** `[` was given something that is no expression: status 2. */
export class TestError extends Error {}

type Unary = (context: TestContext, operand: string) => boolean

const file =
  (test: (status: FileStatus) => boolean): Unary =>
  (context, operand) => {
    const status =
      operand === ''
        ? undefined
        : context.process.machine.files.stat(resolvePath(context.process.cwd, operand))
    return status !== undefined && test(status)
  }

const isLink: Unary = (context, operand) =>
  context.process.machine.files.stat(resolvePath(context.process.cwd, operand), { followLinks: false })
    ?.type === 'link'

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
  '-t': (context, operand) => context.process.files.get(Number(operand))?.terminal !== undefined,
  '-v': (context, operand) => context.isSet(operand),
  '-o': (context, operand) => context.hasOption(operand),
}

export function isUnary(operator: string): boolean {
  return operator in UNARY
}

/** @throws TestError for an operator that does not exist */
export function testUnary(context: TestContext, operator: string, operand: string): boolean {
  const test = UNARY[operator]
  if (!test) throw new TestError(`${operator}: unary operator expected`)
  return test(context, operand)
}

const numeric =
  (test: (a: bigint, b: bigint) => boolean) => (context: TestContext, left: string, right: string) =>
    test(integer(context, left), integer(context, right))

const newer = (context: TestContext, left: string, right: string): boolean => {
  const [a, b] = [left, right].map((path) =>
    context.process.machine.files.stat(resolvePath(context.process.cwd, path)),
  )
  return a !== undefined && (b === undefined || a.modifiedMs > b.modifiedMs)
}

const BINARY: Readonly<Record<string, (context: TestContext, left: string, right: string) => boolean>> = {
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
  '-ot': (context, left, right) => newer(context, right, left),
  '-ef': (context, left, right) =>
    resolvePath(context.process.cwd, left) === resolvePath(context.process.cwd, right),
}

export function isBinary(operator: string): boolean {
  return operator in BINARY
}

/** @throws TestError for what is no number */
export function testBinary(context: TestContext, left: string, operator: string, right: string): boolean {
  const test = BINARY[operator]
  if (!test) throw new TestError(`${operator}: binary operator expected`)
  return test(context, left, right)
}

function integer(context: TestContext, text: string): bigint {
  if (/^\s*[-+]?\d+\s*$/.test(text)) return BigInt(text.trim().replace(/^\+/, ''))
  throw new TestError(
    context.wording === 'busybox'
      ? text === ''
        ? 'out of range'
        : `${text}: bad number`
      : `${text}: integer expression expected`,
  )
}
