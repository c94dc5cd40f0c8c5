import { SystemError, type Blocking } from '../process.ts'
import type { FileStatus } from '../file-system.ts'
import { globToRegex } from './glob.ts'
import { absolute } from './paths.ts'
import { runCommand } from './run.ts'
import { ToolExit, type Tool } from './tool.ts'

export interface Candidate {
  readonly tool: Tool
  readonly path: string
  readonly name: string
  readonly status: FileStatus
  readonly batches: Map<readonly string[], string[]>
  prune(): void
  isEmpty(): boolean
}

export type FindTest = (candidate: Candidate) => Blocking<boolean>

interface State {
  readonly tool: Tool
  readonly args: readonly string[]
  at: number
  minDepth: number
  maxDepth: number
  depthFirst: boolean
  acts: boolean
}

/** The expression of find(1): tests and actions joined by -a, -o, ! and parentheses. */
export function parseFind(tool: Tool, args: readonly string[]) {
  const state: State = { tool, args, at: 0, minDepth: 0, maxDepth: Infinity, depthFirst: false, acts: false }
  const parsed = args.length > 0 ? either(state) : always
  if (state.at < args.length) unknown(state)
  const test = state.acts ? parsed : both(parsed, print)
  const { minDepth, maxDepth, depthFirst } = state
  return { test, minDepth, maxDepth, depthFirst }
}

const always: FindTest = function* () {
  return true
}

const print: FindTest = function* ({ tool, path }) {
  tool.put(`${path}\n`)
  return true
}

const both = (left: FindTest, right: FindTest): FindTest =>
  function* (candidate) {
    return (yield* left(candidate)) && (yield* right(candidate))
  }

function either(state: State): FindTest {
  let left = all(state)
  while (['-o', '-or'].includes(state.args[state.at] ?? '')) {
    state.at++
    const [first, second] = [left, all(state)]
    left = function* (candidate) {
      return (yield* first(candidate)) || (yield* second(candidate))
    }
  }
  return left
}

function all(state: State): FindTest {
  let left = single(state)
  for (;;) {
    const next = state.args[state.at]
    if (next === undefined || next === ')' || next === '-o' || next === '-or') return left
    if (next === '-a' || next === '-and') state.at++
    left = both(left, single(state))
  }
}

function single(state: State): FindTest {
  const word = state.args[state.at++]
  if (word === '!' || word === '-not') {
    const inner = single(state)
    return function* (candidate) {
      return !(yield* inner(candidate))
    }
  }
  if (word === '(') {
    const inner = either(state)
    if (state.args[state.at++] !== ')')
      state.tool.fail(
        state.tool.busybox
          ? "bad arg '('"
          : "invalid expression; I was expecting to find a ')' somewhere but did not see one.",
      )
    return inner
  }
  const primary = PRIMARIES[word ?? '']
  if (!primary) {
    state.at--
    return unknown(state)
  }
  return primary(state, word!)
}

function unknown(state: State): never {
  const word = state.args[state.at] ?? ''
  if (state.tool.busybox) {
    state.tool.usageError(`unrecognized: ${word}`)
  }
  throw new ToolExit(
    1,
    word.startsWith('-')
      ? `find: unknown predicate \`${word}'\n`
      : `find: paths must precede expression: \`${word}'\n`,
  )
}

function value(state: State, word: string): string {
  const text = state.args[state.at++]
  if (text === undefined)
    state.tool.fail(state.tool.busybox ? `${word} requires an argument` : `missing argument to \`${word}'`)
  return text
}

/** A test that needs no waiting. */
const check = (test: (candidate: Candidate) => boolean): FindTest =>
  function* (candidate) {
    return test(candidate)
  }

/** `+5`, `-5`, `5`. */
function compareCount(text: string, actual: number): boolean {
  const count = Number(text.replace(/^[-+]/, ''))
  return text.startsWith('+') ? actual > count : text.startsWith('-') ? actual < count : actual === count
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  b: 512,
  c: 1,
  w: 2,
  k: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  '': 512,
}
const TYPES: Readonly<Record<string, FileStatus['type']>> = {
  f: 'file',
  d: 'directory',
  l: 'link',
  c: 'device',
}

const PRIMARIES: Readonly<Record<string, (state: State, word: string) => FindTest>> = {
  '-name': (state, word) => matchName(value(state, word), false),
  '-iname': (state, word) => matchName(value(state, word), true),
  '-path': (state, word) => matchPath(value(state, word)),
  '-wholename': (state, word) => matchPath(value(state, word)),
  '-type': (state, word) => {
    const types = value(state, word)
      .split(',')
      .map((letter) => TYPES[letter])
    return check(({ status }) => types.includes(status.type))
  },
  '-size': (state, word) => {
    const [, count, unit = ''] = /^([-+]?\d+)([bcwkMG]?)$/.exec(value(state, word)) ?? []
    if (count === undefined) return state.tool.fail(`invalid argument to \`${word}'`)
    return check(({ status }) => compareCount(count, Math.ceil(status.size / SIZE_UNITS[unit]!)))
  },
  '-mtime': (state, word) => {
    const text = value(state, word)
    return check(({ tool, status }) =>
      compareCount(text, Math.floor((tool.process.now() - status.modifiedMs) / 86_400_000)),
    )
  },
  '-mmin': (state, word) => {
    const text = value(state, word)
    return check(({ tool, status }) =>
      compareCount(text, Math.ceil((tool.process.now() - status.modifiedMs) / 60_000)),
    )
  },
  '-newer': (state, word) => {
    const path = absolute(state.tool.process, value(state, word))
    return check(
      ({ tool, status }) => status.modifiedMs > (tool.process.machine.files.stat(path)?.modifiedMs ?? 0),
    )
  },
  '-perm': (state, word) => {
    const text = value(state, word)
    const bits = parseInt(text.replace(/^[-/]/, ''), 8)
    return check(({ status }) =>
      text.startsWith('-')
        ? (status.mode & bits) === bits
        : text.startsWith('/')
          ? (status.mode & bits) !== 0
          : status.mode === bits,
    )
  },
  '-empty': () => check((candidate) => candidate.isEmpty()),
  '-true': () => always,
  '-prune': () => check((candidate) => (candidate.prune(), true)),
  '-maxdepth': (state, word) => ((state.maxDepth = Number(value(state, word))), always),
  '-mindepth': (state, word) => ((state.minDepth = Number(value(state, word))), always),
  '-depth': (state) => ((state.depthFirst = true), always),
  '-xdev': () => always,
  '-print': (state) => ((state.acts = true), print),
  '-print0': (state) => {
    state.acts = true
    return check(({ tool, path }) => (tool.put(`${path}\0`), true))
  },
  '-quit': (state) => {
    state.acts = true
    return check(() => {
      throw new ToolExit(0)
    })
  },
  '-delete': (state) => {
    state.acts = true
    state.depthFirst = true
    return function* ({ tool, path }) {
      try {
        tool.process.machine.files.remove(absolute(tool.process, path))
        return true
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* tool.complain(`cannot delete '${path}': ${error.message}`)
        return false
      }
    }
  },
  '-exec': (state, word) => exec(state, word),
  '-ok': (state, word) => exec(state, word),
}

function exec(state: State, word: string): FindTest {
  state.acts = true
  const end = state.args.findIndex(
    (arg, index) => index >= state.at && (arg === ';' || (arg === '+' && state.args[index - 1] === '{}')),
  )
  if (end < 0)
    state.tool.fail(state.tool.busybox ? `${word} requires an argument` : `missing argument to \`${word}'`)
  const command = state.args.slice(state.at, end)
  const batched = state.args[end] === '+'
  state.at = end + 1
  return function* ({ tool, path, batches }) {
    if (batched) {
      batches.set(command, [...(batches.get(command) ?? []), path])
      return true
    }
    yield* tool.flush()
    try {
      const exit = yield* runCommand(
        tool.process,
        command.map((each) => each.replaceAll('{}', path)),
      )
      return exit.code === 0
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* tool.complain(
        tool.busybox ? `${command[0]}: ${error.message}` : `'${command[0]}': ${error.message}`,
      )
      return false
    }
  }
}

function matchName(pattern: string, ignoreCase: boolean): FindTest {
  const regex = globToRegex(pattern, { ignoreCase })
  return check(({ name }) => regex.test(name))
}

function matchPath(pattern: string): FindTest {
  const regex = globToRegex(pattern, {})
  return check(({ path }) => regex.test(path))
}
