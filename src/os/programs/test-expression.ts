import type { FileStatus } from '../file-system.ts'
import { resolvePath } from '../path.ts'
import type { Process } from '../process.ts'

/** An expression that test(1) does not understand; the message is bash's, `sh`'s is close. */
export class TestError extends Error {}

/** Evaluates the arguments of `test` and `[` (without the closing bracket). @throws TestError */
export function evaluateTest(process: Process, args: readonly string[]): boolean {
  const [first, second, third, fourth] = args
  // POSIX: what few arguments mean depends on how many there are.
  if (args.length === 0) return false
  if (args.length === 1) return first !== ''
  if (args.length === 2) return first === '!' ? second === '' : unary(process, first!, second!)
  if (args.length === 3 && BINARY[second!]) return BINARY[second!]!(first!, third!, process)
  if (args.length === 3 && first === '!') return !evaluateTest(process, [second!, third!])
  if (args.length === 3 && first === '(' && third === ')') return second !== ''
  if (args.length === 4 && first === '!') return !evaluateTest(process, [second!, third!, fourth!])
  const parser = new Parser(process, args)
  return parser.whole()
}

class Parser {
  readonly #process: Process
  readonly #args: readonly string[]
  #at = 0

  constructor(process: Process, args: readonly string[]) {
    this.#process = process
    this.#args = args
  }

  whole(): boolean {
    const result = this.#or()
    if (this.#at < this.#args.length) throw new TestError('too many arguments')
    return result
  }

  #or(): boolean {
    let result = this.#and()
    while (this.#take('-o')) result = this.#and() || result
    return result
  }

  #and(): boolean {
    let result = this.#not()
    while (this.#take('-a')) result = this.#not() && result
    return result
  }

  #not(): boolean {
    return this.#take('!') ? !this.#not() : this.#primary()
  }

  #primary(): boolean {
    const [word, operator, operand] = this.#args.slice(this.#at, this.#at + 3)
    if (word === undefined) throw new TestError('argument expected')
    if (operator !== undefined && operand !== undefined && BINARY[operator]) {
      this.#at += 3
      return BINARY[operator](word, operand, this.#process)
    }
    if (word === '(') {
      this.#at++
      const result = this.#or()
      if (!this.#take(')')) throw new TestError("`)' expected")
      return result
    }
    if (/^-[a-zA-Z]$/.test(word) && operator !== undefined) {
      this.#at += 2
      return unary(this.#process, word, operator)
    }
    this.#at++
    return word !== ''
  }

  #take(word: string): boolean {
    if (this.#args[this.#at] !== word) return false
    this.#at++
    return true
  }
}

function unary(process: Process, operator: string, operand: string): boolean {
  if (operator === '-n') return operand !== ''
  if (operator === '-z') return operand === ''
  if (operator === '-t') return process.files.get(Number(operand))?.terminal !== undefined
  if (operator === '-v') return process.env.has(operand)
  const test = FILE_TESTS[operator]
  if (!test) throw new TestError(`${operator}: unary operator expected`)
  const follow = operator !== '-L' && operator !== '-h'
  const status =
    operand === ''
      ? undefined
      : process.machine.files.stat(resolvePath(process.cwd, operand), { followLinks: follow })
  return status !== undefined && test(status)
}

const FILE_TESTS: Readonly<Record<string, (status: FileStatus) => boolean>> = {
  '-e': () => true,
  '-a': () => true,
  '-f': ({ type }) => type === 'file',
  '-d': ({ type }) => type === 'directory',
  '-L': ({ type }) => type === 'link',
  '-h': ({ type }) => type === 'link',
  '-c': ({ type }) => type === 'device',
  '-b': () => false,
  '-p': () => false,
  '-S': () => false,
  '-s': ({ size }) => size > 0,
  '-r': () => true,
  '-w': () => true,
  '-x': ({ mode }) => (mode & 0o111) !== 0,
  '-O': () => true,
  '-G': () => true,
  '-u': () => false,
  '-g': () => false,
  '-k': () => false,
}

const number = (text: string): number => {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestError(`${text}: integer expression expected`)
  return Number(text)
}

const modified = (process: Process, name: string): number =>
  process.machine.files.stat(resolvePath(process.cwd, name))?.modifiedMs ?? -Infinity

const BINARY: Readonly<Record<string, (a: string, b: string, process: Process) => boolean>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '-eq': (a, b) => number(a) === number(b),
  '-ne': (a, b) => number(a) !== number(b),
  '-lt': (a, b) => number(a) < number(b),
  '-le': (a, b) => number(a) <= number(b),
  '-gt': (a, b) => number(a) > number(b),
  '-ge': (a, b) => number(a) >= number(b),
  '-nt': (a, b, process) => modified(process, a) > modified(process, b),
  '-ot': (a, b, process) => modified(process, a) < modified(process, b),
  '-ef': (a, b, process) => resolvePath(process.cwd, a) === resolvePath(process.cwd, b),
}
