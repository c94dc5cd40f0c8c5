import type { Blocking } from '../../process.ts'
import { evaluateTest } from '../../test-expression.ts'
import { TestError, type TestContext } from '../../test-operators.ts'
import type { Shell } from '../shell.ts'

export function* test(shell: Shell, argv: readonly string[]): Blocking<number> {
  return yield* evaluate(shell, argv[0]!, argv.slice(1))
}

export function* bracket(shell: Shell, argv: readonly string[]): Blocking<number> {
  if (argv.at(-1) === ']' && argv.length > 1) return yield* evaluate(shell, '[', argv.slice(1, -1))
  yield* shell.complain(shell.personality.kind === 'ash' ? 'missing ]' : "[: missing `]'")
  return 2
}

function* evaluate(shell: Shell, name: string, words: readonly string[]): Blocking<number> {
  try {
    return evaluateTest(testContext(shell), words) ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestError)) throw error
    yield* shell.complain(shell.personality.kind === 'ash' ? error.message : `${name}: ${error.message}`)
    return 2
  }
}

/** What `[` and `[[` may ask of the shell. */
export function testContext(shell: Shell): TestContext {
  return {
    process: shell.process,
    wording: shell.personality.kind === 'ash' ? 'busybox' : 'bash',
    isSet: (name) => isSet(shell, name),
    hasOption: (name) => shell.options.has(name),
  }
}

function isSet(shell: Shell, name: string): boolean {
  const [, array, key] = /^(\w+)\[(.+)\]$/.exec(name) ?? []
  if (array !== undefined) return shell.variables.find(array)?.elements?.has(key!) ?? false
  return shell.variables.get(name) !== undefined
}
