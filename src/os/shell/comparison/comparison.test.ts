import { describe, expect, it } from 'vitest'
import { cat } from '../../programs/cat.ts'
import { chmod } from '../../programs/chmod.ts'
import { diff } from '../../programs/diff.ts'
import { head } from '../../programs/head.ts'
import { mkdir } from '../../programs/mkdir.ts'
import { seq } from '../../programs/seq.ts'
import { sleep } from '../../programs/sleep.ts'
import { sort } from '../../programs/sort.ts'
import { touch } from '../../programs/touch.ts'
import { tr } from '../../programs/tr.ts'
import { wc } from '../../programs/wc.ts'
import { runProgram, testMachine } from '../../testing.ts'
import { ash, bash } from '../index.ts'
import recordedAsh from './ash.json'
import recordedBash from './bash.json'

const TOOLS = { cat, chmod, diff, head, mkdir, seq, sleep, sort, touch, tr, wc }

function run(shell: 'bash' | 'sh', script: string) {
  const userland = 'gnu'
  const tools = Object.entries(TOOLS).map(([name, tool]) => [name, tool(userland)] as const)
  const machine = testMachine({ ...Object.fromEntries(tools), bash, sh: shell === 'bash' ? bash : ash })
  machine.files.makeDirectory('/case')
  const result = runProgram(machine, shell === 'bash' ? bash : ash, {
    argv: [shell, '-c', script],
    env: new Map([['PATH', '/bin'], ['HOME', '/root']]),
    cwd: '/case',
  })
  return { script, stdout: result.stdout, stderr: result.stderr, exitCode: result.status?.code }
}

describe.each([
  ['bash', 'bash', recordedBash],
  ['busybox ash', 'sh', recordedAsh],
] as const)('%s', (_, shell, recorded) => {
  it.each(recorded.map((one) => [one.script, one] as const))('%s', (script, expected) => {
    expect(run(shell, script)).toEqual(expected)
  })
})
