import { describe, expect, it } from 'vitest'
import { createTty } from '../index.ts'
import { runOn, testMachine } from './testing.ts'

const shell = (command: string) => {
  const { stdout, stderr, code, elapsedMs } = runOn(testMachine('busybox'), ['sh', '-c', command])
  return { stdout, stderr, code, elapsedMs }
}

describe('pipelines stream', () => {
  it.each([
    ['yes | head -3', 'y\ny\ny\n'],
    ['yes yes | sed 2q', 'yes\nyes\n'],
    ["yes a | awk '{print NR, $1} NR == 2 {exit}'", '1 a\n2 a\n'],
    ['seq 100000 | tail -1', '100000\n'],
    ['seq 1000 | sort -rn | head -1', '1000\n'],
    ['yes | tr y z | uniq | head -1 & sleep 1; kill %1 2>/dev/null; echo done', 'done\n'],
    ['(sleep 2; echo late) | cat', 'late\n'],
  ])('%s', (command, stdout) => {
    expect(shell(command).stdout).toBe(stdout)
  })

  it('tail -f gives lines on as they are appended', () => {
    const { stdout } = shell(
      'echo one y > f; (sleep 3; echo no >> f; echo two y >> f) & timeout 6 tail -f f | grep y',
    )
    expect(stdout).toBe('one y\ntwo y\n')
  })

  it('an endless loop in awk lets time pass', () => {
    expect(shell("timeout 1 awk 'BEGIN { while (1) x++ }'; echo $?")).toMatchObject({ stdout: '143\n' })
  })
})

describe('on a terminal', () => {
  const onTerminal = (
    argv: readonly string[],
    keys: string,
    files: Readonly<Record<string, string>> = {},
  ) => {
    const machine = testMachine('gnu')
    for (const [path, text] of Object.entries(files)) machine.files.write(path, text)
    let screen = ''
    const tty = createTty({
      columns: 40,
      rows: 6,
      simulation: machine.simulation,
      output: (text) => (screen += text),
    })
    const program = machine.programAt(`/usr/bin/${argv[0]}`)!
    machine.kernel.start(program, { argv, cwd: '/', terminal: tty, env: new Map([['PATH', '/usr/bin']]) })
    for (const key of keys) {
      machine.simulation.runUntil(machine.simulation.nowMs + 1000)
      tty.input(key)
    }
    machine.simulation.runUntil(machine.simulation.nowMs + 1000)
    return screen
  }

  it('ls fills columns', () => {
    const files = Object.fromEntries(['a', 'bb', 'ccc', 'dddd'].map((name) => [`/tmp/${name}file`, '']))
    expect(onTerminal(['ls', '/tmp'], '', files)).toBe('afile  bbfile  cccfile  ddddfile\r\n')
  })

  it('less shows a page at a time', () => {
    const text = Array.from({ length: 12 }, (_, index) => `line ${index + 1}\n`).join('')
    const screen = onTerminal(['less', '/tmp/t'], ' q', { '/tmp/t': text })
    expect(screen).toContain('line 5\r\n:')
    expect(screen).toContain('line 10\r\n')
    expect(screen).not.toContain('line 11\r\n\x1b[7m')
  })

  it('ping ends with its statistics at ^C', () => {
    const screen = onTerminal(['ping', '127.0.0.1'], '  \x03')
    expect(screen).toMatch(/icmp_seq=2/)
    expect(screen).toMatch(
      /--- 127.0.0.1 ping statistics ---\r\n\d packets transmitted, \d received, 0% packet loss/,
    )
  })

  it('an editor that nobody lent says so', () => {
    expect(onTerminal(['vi', 'x'], '')).toContain('vi: no editor is attached to this terminal\r\n')
  })
})
