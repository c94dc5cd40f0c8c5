import type {
  ArithmeticCommand,
  ArithmeticExpression,
  ArithmeticFor,
  Case,
  For,
  If,
  Select,
  While,
  Word,
} from 'unbash'
import type { Blocking } from '../../process.ts'
import { evaluateArithmetic } from '../expansion/arithmetic.ts'
import { matchesPattern } from '../expansion/pattern.ts'
import { expandPattern, expandText, expandWords } from '../expansion/words.ts'
import { readLine } from '../read-line.ts'
import type { Shell } from '../shell.ts'
import { runList, runLoopBody, runTolerated } from './execute.ts'

export function* runIf(shell: Shell, node: If): Blocking<number> {
  for (const branch of [node, ...node.elif]) {
    if ((yield* runTolerated(shell, branch.clause)) === 0) return yield* runList(shell, branch.then)
  }
  return node.else ? yield* runList(shell, node.else) : 0
}

export function* runWhile(shell: Shell, node: While): Blocking<number> {
  const wanted = node.kind === 'while'
  let status = 0
  while (((yield* runTolerated(shell, node.clause)) === 0) === wanted) {
    shell.status = 0
    const next = yield* runLoopBody(shell, node.body)
    status = shell.status
    if (next === 'stop') break
  }
  return status
}

export function* runFor(shell: Shell, node: For): Blocking<number> {
  const values = yield* loopWords(shell, node.wordlist)
  let status = 0
  for (const value of values) {
    shell.variables.set(node.name.value, value)
    shell.status = 0
    const next = yield* runLoopBody(shell, node.body)
    status = shell.status
    if (next === 'stop') break
  }
  return status
}

function* loopWords(shell: Shell, words: readonly Word[] | undefined): Blocking<readonly string[]> {
  return words ? yield* expandWords(shell, words) : shell.positional
}

export function* runArithmeticFor(shell: Shell, node: ArithmeticFor): Blocking<number> {
  const evaluate = function* (expression: ArithmeticExpression | undefined): Blocking<bigint> {
    if (!expression) return 1n
    return yield* evaluateArithmetic(shell, shell.source.text.slice(expression.pos, expression.end))
  }
  let status = 0
  yield* evaluate(node.initialize)
  while ((yield* evaluate(node.test)) !== 0n) {
    const next = yield* runLoopBody(shell, node.body)
    status = shell.status
    if (next === 'stop') break
    yield* evaluate(node.update)
    yield* shell.process.compute()
  }
  return status
}

export function* runSelect(shell: Shell, node: Select): Blocking<number> {
  const values = yield* loopWords(shell, node.wordlist)
  let status = 0
  if (values.length === 0) return 0
  for (;;) {
    for (const [index, value] of values.entries()) yield* shell.error(`${index + 1}) ${value}\n`)
    yield* shell.error(shell.variables.get('PS3') ?? '#? ')
    const line = yield* readLine(shell.process, 0)
    if (line === undefined) {
      yield* shell.error('\n')
      return 1
    }
    const choice = line.text.trim()
    shell.variables.set('REPLY', line.text)
    shell.variables.set(node.name.value, /^\d+$/.test(choice) ? (values[Number(choice) - 1] ?? '') : '')
    if (choice === '') continue
    const next = yield* runLoopBody(shell, node.body)
    status = shell.status
    if (next === 'stop') return status
  }
}

export function* runCase(shell: Shell, node: Case): Blocking<number> {
  const subject = yield* expandText(shell, node.word)
  let status = 0
  let fallsThrough = false
  for (const item of node.items) {
    if (!fallsThrough && !(yield* matchesAny(shell, subject, item.pattern))) continue
    status = yield* runList(shell, item.body)
    if (item.terminator !== ';&' && item.terminator !== ';;&') return status
    fallsThrough = item.terminator === ';&'
  }
  return status
}

function* matchesAny(shell: Shell, subject: string, patterns: readonly Word[]): Blocking<boolean> {
  for (const word of patterns) if (matchesPattern(yield* expandPattern(shell, word), subject)) return true
  return false
}

export function* runArithmeticCommand(shell: Shell, node: ArithmeticCommand): Blocking<number> {
  return (yield* evaluateArithmetic(shell, node.body, '((')) === 0n ? 1 : 0
}
