import { describe, expect, it } from 'vitest'
import { runProgram } from './testing.ts'
import recorded from './recorded/answers.json' with { type: 'json' }
import fixtures from './recorded/fixtures.json' with { type: 'json' }

interface Answer {
  readonly userland: 'gnu' | 'busybox'
  readonly argv: readonly string[]
  readonly stdin?: string
  readonly stdout: string
  readonly stderr: string
  readonly code: number
  readonly changed?: Readonly<Record<string, string | null>>
}

/** Every command of recorded/cases.txt answers what the real GNU tool and the real busybox applet answered. */
describe.each(['gnu', 'busybox'] as const)('%s', (userland) => {
  const answers = (recorded as unknown as readonly Answer[]).filter((answer) => answer.userland === userland)
  it.each(answers.map((answer) => [answer.argv.join(' '), answer] as const))('%s', (_command, answer) => {
    const { stdout, stderr, code, changed } = runProgram(userland, answer.argv, {
      stdin: answer.stdin ?? '',
      files: fixtures,
    })
    const inOrder = unordered(answer.argv) ? sortedWords : (text: string) => text
    expect({ stdout: inOrder(stdout), stderr: withoutUsage(stderr), code, changed }).toEqual({
      stdout: inOrder(answer.stdout),
      stderr: withoutUsage(answer.stderr),
      code: answer.code,
      changed: answer.changed ?? {},
    })
  })
})

/** busybox prints its whole help after a wrong command line: of that the message before it counts. */
function withoutUsage(text: string): string {
  return text.replace(/BusyBox v[^]*$/, '')
}

/** find and grep -r follow the order of the real disk, which is chance; ours is by name. */
function unordered(argv: readonly string[]): boolean {
  return argv[0] === 'find' || (argv[0] === 'grep' && /^-r/.test(argv[1]!))
}

const sortedWords = (text: string): string => text.split(/\s/).sort().join(' ')
