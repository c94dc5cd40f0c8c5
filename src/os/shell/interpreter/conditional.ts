import type { TestBinaryExpression, TestCommand, TestExpression, Word } from 'unbash'
import { SystemError, type Blocking } from '../../process.ts'
import { RegexError, compileRegex } from '../../programs/regex.ts'
import { TestError, testBinary, testUnary } from '../../test-operators.ts'
import { testContext } from '../builtins/test.ts'
import { evaluateArithmetic } from '../expansion/arithmetic.ts'
import { matchesPattern } from '../expansion/pattern.ts'
import { expandFragments, expandPattern, expandText } from '../expansion/words.ts'
import type { Shell } from '../shell.ts'

/** `[[ ... ]]`. */
export function* runConditional(shell: Shell, node: TestCommand): Blocking<number> {
  try {
    return (yield* holds(shell, node.expression)) ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestError)) throw error
    yield* shell.complain(`[[: ${error.message}`)
    return 2
  }
}

function* holds(shell: Shell, node: TestExpression): Blocking<boolean> {
  switch (node.type) {
    case 'TestLogical': {
      const wanted = node.operator === '||'
      for (const operand of node.operands) if ((yield* holds(shell, operand)) === wanted) return wanted
      return !wanted
    }
    case 'TestNot':
      return (yield* holds(shell, node.operand)) !== (node.negations.length % 2 === 1)
    case 'TestGroup':
      return yield* holds(shell, node.expression)
    case 'TestUnary':
      return testUnary(testContext(shell), node.operator, yield* expandText(shell, node.operand))
    case 'TestBinary':
      return yield* compare(shell, node)
  }
}

function* compare(shell: Shell, node: TestBinaryExpression): Blocking<boolean> {
  const left = yield* expandText(shell, node.left)
  const { operator } = node
  if (operator === '=' || operator === '==')
    return matchesPattern(yield* expandPattern(shell, node.right), left)
  if (operator === '!=') return !matchesPattern(yield* expandPattern(shell, node.right), left)
  if (operator === '=~') return yield* matches(shell, left, node.right)
  const right = yield* expandText(shell, node.right)
  if (/^-(eq|ne|lt|le|gt|ge)$/.test(operator)) {
    const numbers = [yield* evaluateArithmetic(shell, left), yield* evaluateArithmetic(shell, right)]
    return testBinary(testContext(shell), String(numbers[0]), operator, String(numbers[1]))
  }
  return testBinary(testContext(shell), left, operator, right)
}

/** `=~`: leaves what matched in BASH_REMATCH. */
function* matches(shell: Shell, text: string, word: Word): Blocking<boolean> {
  const fields = yield* expandFragments(shell, word)
  const source = fields
    .flat()
    .map((fragment) =>
      fragment.quoted ? fragment.text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : fragment.text,
    )
    .join('')
  const match = search(compile(source), text)
  shell.variables.setArray(
    'BASH_REMATCH',
    new Map((match ?? []).map((group, index) => [String(index), group ?? ''])),
  )
  return match !== null
}

/** As in bash, an expression that exhausts regexec(3) does not match. */
function search(regex: RegExp, text: string): RegExpExecArray | null {
  try {
    return regex.exec(text)
  } catch (error) {
    if (error instanceof SystemError) return null
    throw error
  }
}

function compile(source: string): RegExp {
  try {
    return compileRegex(source, { extended: true })
  } catch (error) {
    if (error instanceof RegexError)
      throw new TestError(`invalid regular expression \`${source}': ${error.message}`)
    throw error
  }
}
