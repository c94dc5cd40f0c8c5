import { describe, expect, it } from 'vitest'
import { cat } from '../programs/cat.ts'
import { sleep } from '../programs/sleep.ts'
import { inUserland } from '../programs/userland.ts'
import { testMachine } from '../testing.ts'
import { createShellSession } from './session.ts'

function session() {
  const machine = testMachine(
    { cat: inUserland('gnu', cat), sleep: inUserland('gnu', sleep) },
    { init: true },
  )
  machine.files.makeDirectory('/root')
  let stdout = ''
  let stderr = ''
  const shell = createShellSession(machine, {
    personality: 'bash',
    home: '/root',
    env: new Map([['PATH', '/bin']]),
    stdout: (text) => (stdout += text),
    stderr: (text) => (stderr += text),
  })
  const run = (command: string, limitMs = 60_000) => {
    stdout = stderr = ''
    let exitCode: number | undefined
    const { simulation } = machine
    const from = simulation.nowMs
    shell.run(command, (code) => (exitCode = code))
    while (exitCode === undefined && simulation.nowMs - from < limitMs && simulation.step()) continue
    return { stdout, stderr, exitCode, ms: Math.round(simulation.nowMs - from) }
  }
  return { machine, shell, run }
}

describe('a shell that is fed commands', () => {
  it('keeps variables, functions, the directory and $?', () => {
    const { run } = session()
    run('x=1; f() { echo "f $1"; }; mkdir() { :; }; cd /bin')
    expect(run('f $x; pwd')).toMatchObject({ stdout: 'f 1\n/bin\n', stderr: '', exitCode: 0 })
    expect(run('(exit 3)')).toMatchObject({ exitCode: 3 })
    expect(run('echo $?')).toMatchObject({ stdout: '3\n' })
    expect(run('# only a comment')).toMatchObject({ exitCode: 0 })
  })

  it('takes here-documents and reports errors as at a prompt', () => {
    const { run } = session()
    expect(run('cat <<EOF\na\nb\nEOF')).toMatchObject({ stdout: 'a\nb\n' })
    expect(run('nope')).toMatchObject({ stderr: 'bash: nope: command not found\n', exitCode: 127 })
    expect(run('echo )')).toMatchObject({
      stderr: "bash: syntax error near unexpected token `)'\n",
      exitCode: 2,
    })
    expect(run('echo "open')).toMatchObject({ exitCode: 2 })
  })

  it('lets time pass in sleep, and background jobs run on', () => {
    const { run } = session()
    expect(run('sleep 5').ms).toBeGreaterThanOrEqual(5000)
    expect(run('{ sleep 1; echo later; } &')).toMatchObject({ stdout: '', stderr: '' })
    expect(run('wait')).toMatchObject({ stdout: 'later\n' })
  })

  it('is interrupted, loops included, and goes on', () => {
    const { machine, shell, run } = session()
    for (const command of [
      'sleep 1000',
      'while true; do sleep 1; done',
      'while true; do :; done',
      'read x < /dev/zero',
    ]) {
      machine.simulation.schedule(2500, () => shell.interrupt())
      expect(run(command), command).toMatchObject({ exitCode: 130 })
    }
    expect(run('echo still here')).toMatchObject({ stdout: 'still here\n' })
  })

  it('answers everything after exit with the last status', () => {
    const { run } = session()
    expect(run('exit 4')).toMatchObject({ exitCode: 4 })
    expect(run('echo no')).toMatchObject({ stdout: '', exitCode: 4 })
  })
})
