import { cat } from '../../programs/cat.ts'
import { chmod } from '../../programs/chmod.ts'
import { diff } from '../../programs/diff.ts'
import { echo } from '../../programs/echo.ts'
import { head } from '../../programs/head.ts'
import { mkdir } from '../../programs/mkdir.ts'
import { seq } from '../../programs/seq.ts'
import { sleep } from '../../programs/sleep.ts'
import { sort } from '../../programs/sort.ts'
import { touch } from '../../programs/touch.ts'
import { tr } from '../../programs/tr.ts'
import { wc } from '../../programs/wc.ts'
import { inUserland } from '../../programs/userland.ts'
import { runProgram, testMachine } from '../../testing.ts'
import { ash, bash } from '../index.ts'

/** The programs that the cases use. */
const TOOLS = { cat, chmod, diff, echo, head, mkdir, seq, sleep, sort, touch, tr, wc }

/** Runs a script as `bash -c` or `sh -c` does, in an empty directory. */
export function run(shell: 'bash' | 'sh', script: string) {
  const tools = Object.entries(TOOLS).map(([name, tool]) => [name, inUserland('gnu', tool)] as const)
  const machine = testMachine(
    { ...Object.fromEntries(tools), bash, sh: shell === 'bash' ? bash : ash },
    { init: true },
  )
  machine.files.makeDirectory('/case')
  const result = runProgram(machine, shell === 'bash' ? bash : ash, {
    argv: [shell, '-c', script],
    env: new Map([
      ['PATH', '/bin'],
      ['HOME', '/root'],
    ]),
    cwd: '/case',
  })
  return { script, stdout: result.stdout, stderr: result.stderr, exitCode: result.status?.code }
}
