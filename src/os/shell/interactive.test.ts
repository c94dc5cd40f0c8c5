import { describe, expect, it } from 'vitest'
import { cat } from '../programs/cat.ts'
import { inUserland } from '../programs/userland.ts'
import { testMachine } from '../testing.ts'
import { createTty } from '../tty.ts'
import { ash, bash } from './index.ts'
import type { Completer } from './line-editor/completion.ts'
import type { Program } from '../process.ts'

const sleep: Program = function* (process) {
  yield* process.sleep(Number(process.argv[1]) * 1000)
  return 0
}

/** A shell in a terminal; `type` gives what the screen got since, control sequences left out. */
function terminal(options: { shell?: Program; completions?: Map<string, Completer>; columns?: number } = {}) {
  const machine = testMachine({ cat: inUserland('gnu', cat), sleep }, { init: true })
  machine.files.makeDirectory('/root')
  if (options.completions)
    (machine.facilities as Map<string, unknown>).set('completions', options.completions)
  let screen = ''
  const tty = createTty({
    columns: options.columns ?? 200,
    rows: 24,
    simulation: machine.simulation,
    output: (text) => (screen += text),
  })
  let status: number | undefined
  machine.kernel.start(options.shell ?? bash, {
    argv: [options.shell === ash ? 'sh' : 'bash'],
    env: new Map([
      ['HOME', '/root'],
      ['PATH', '/bin'],
    ]),
    cwd: '/root',
    terminal: tty,
    onExit: (end) => (status = end.code),
  })
  const type = (text: string, ms = 500): string => {
    const from = screen.length
    tty.input(text)
    machine.simulation.runFor(ms)
    return visible(screen.slice(from))
  }
  const first = type('')
  return { machine, tty, type, first, status: () => status, raw: () => screen }
}

/** What would stand on the screen: carriage returns and cursor movements followed, colours dropped. */
function visible(text: string): string {
  return text
    .replace(/\x1b\[\?2004[hl]/g, '')
    .replace(/\r\n/g, '\n')
    .replace(/\r\x1b\[J/g, '\n')
    .replace(/^\n/, '')
}

describe('a prompt', () => {
  it('runs lines and shows the next prompt', () => {
    const shell = terminal()
    expect(shell.first).toBe('root@test:~# ')
    expect(shell.type('echo "a  b"\r')).toBe('echo "a  b"\na  b\n\nroot@test:~# ')
    expect(shell.type('cd /; nope\r')).toBe('cd /; nope\nbash: nope: command not found\n\nroot@test:/# ')
  })

  it('is simpler in busybox', () => {
    const shell = terminal({ shell: ash })
    expect(shell.first).toBe('~ # ')
    expect(shell.type('cd /; curl\r')).toBe('cd /; curl\nsh: curl: not found\n\n/ # ')
  })

  it('asks for the rest of an unfinished command', () => {
    const shell = terminal()
    expect(shell.type('for i in 1 2\r')).toBe('for i in 1 2\n\n> ')
    expect(shell.type('do echo $i; done\r')).toBe('do echo $i; done\n1\n2\n\nroot@test:~# ')
    shell.type("echo 'a\r")
    expect(shell.type("b'\r")).toBe("b'\na\nb\n\nroot@test:~# ")
    shell.type('cat <<END\r')
    shell.type('text\r')
    expect(shell.type('END\r')).toBe('END\ntext\n\nroot@test:~# ')
  })

  it('abandons the line at ^C and leaves at ^D', () => {
    const shell = terminal()
    expect(shell.type('half a line')).toBe('half a line')
    expect(shell.type('\x03')).toBe('^C\n\nroot@test:~# ')
    expect(shell.type('echo $?\r')).toBe('echo $?\n130\n\nroot@test:~# ')
    expect(shell.type('\x04')).toBe('\nexit\n'.replace(/^\n/, ''))
    expect(shell.status()).toBe(0)
  })

  it('reports syntax errors and goes on', () => {
    const shell = terminal()
    expect(shell.type('echo )\r')).toContain("bash: syntax error near unexpected token `)'\n")
    expect(shell.type('echo $?\r')).toContain('\n2\n')
  })
})

describe('editing', () => {
  it.each([
    ['inserts at the cursor', 'ac\x1b[Db', 'abc'],
    ['goes to both ends', 'b\x01a\x05c', 'abc'],
    ['kills and yanks', 'b a \x17\x15a\x19', 'ab '],
    ['deletes under the cursor', 'abxc\x1b[D\x1b[D\x1b[3~', 'abc'],
    ['transposes', 'acb\x14', 'abc'],
    ['moves by words', 'one two\x1bbX', 'one Xtwo'],
    ['deletes words', 'one two\x1b\x7fx', 'one x'],
    ['treats an emoji as one', 'a😀\x7fb', 'ab'],
  ])('%s', (_, keys, line) => {
    const shell = terminal()
    shell.type(`${keys}`)
    shell.type(`\x01echo "\x05"\r`)
    expect(shell.raw()).toContain(`\x1b[?2004l${line}\r\n`)
  })

  it('recalls history with the arrows and ^R, and keeps it in a file', () => {
    const shell = terminal()
    shell.type('echo first\r')
    shell.type('echo second\r')
    expect(shell.type('\x1b[A\x1b[A\r')).toMatch(/\nfirst\n/)
    expect(shell.type('\x12sec\r')).toMatch(/\nsecond\n/)
    shell.type('exit\r')
    expect(shell.machine.files.read('/root/.bash_history')).toBe(
      'echo first\necho second\necho first\necho second\nexit\n',
    )
  })

  it('keeps a paste of several lines until Enter', () => {
    const shell = terminal()
    expect(shell.type('\x1b[200~echo a\recho b\x1b[201~')).not.toMatch(/\na\n/)
    expect(shell.type('\r')).toBe('a\nb\n\nroot@test:~# ')
  })

  it('wraps long lines', () => {
    const shell = terminal({ columns: 20 })
    shell.type('echo abcdefghij')
    expect(shell.type('\r')).toBe('abcdefghij\n\nroot@test:~# ')
  })
})

describe('Tab', () => {
  it('completes commands, files and variables', () => {
    const shell = terminal()
    shell.machine.files.write('/root/some file', 'text\n')
    shell.machine.files.makeDirectory('/root/folder')
    expect(shell.type('slee\t')).toContain('sleep ')
    expect(shell.type('\x15cat so\t\r')).toMatch(/text\n/)
    expect(shell.type('cd fo\t\r')).toMatch(/~\/folder# $/)
    expect(shell.type('echo $HOM\t\r')).toMatch(/\/root\n/)
  })

  it('lists at the second Tab when there is a choice', () => {
    const shell = terminal()
    for (const name of ['apple', 'apricot']) shell.machine.files.write(`/root/${name}`, '')
    expect(shell.type('cat a\t')).toContain('cat ap')
    expect(shell.type('\t\t')).toContain('apple    apricot\n')
  })

  it("asks a command's own completer", () => {
    // eslint-disable-next-line require-yield
    const completer: Completer = function* (words, index) {
      return index === 1 ? ['get', 'delete'].filter((word) => word.startsWith(words[1]!)) : []
    }
    const shell = terminal({ completions: new Map([['kubectl', completer]]) })
    expect(shell.type('kubectl d\t')).toContain('kubectl delete ')
  })
})

describe('jobs', () => {
  it('are started, listed, and reported when done', () => {
    const shell = terminal()
    expect(shell.type('sleep 5 &\r')).toMatch(/\[1\] \d+\n/)
    expect(shell.type('jobs\r')).toMatch(/\[1\]\+  Running                 sleep 5 &\n/)
    shell.type('', 6000)
    expect(shell.type('\r')).toMatch(/\[1\]\+  Done                    sleep 5\n/)
  })

  it('are stopped by ^Z, continued by fg and ended by ^C', () => {
    const shell = terminal()
    shell.type('sleep 100\r')
    expect(shell.type('\x1a')).toBe('^Z\n[1]+  Stopped                 sleep 100\n\nroot@test:~# ')
    expect(shell.type('fg\r')).toBe('fg\nsleep 100\n')
    expect(shell.type('\x03')).toBe('^C\n\nroot@test:~# ')
    expect(shell.type('echo $?\r')).toMatch(/\n130\n/)
  })

  it('^C in a command substitution ends the command that waits for it, too', () => {
    const shell = terminal()
    shell.type('while true; do echo "got $(sleep 5)"; done\r')
    expect(shell.type('\x03', 8000)).toBe('^C\n\nroot@test:~# ')
  })

  it('^C ends an endless loop of builtins', () => {
    const shell = terminal()
    shell.type('while true; do :; done\r')
    expect(shell.type('\x03')).toMatch(/\^C\n\nroot@test:~# $/)
  })

  it('interrupts a loop whose program was interrupted', () => {
    const shell = terminal()
    shell.type('while true; do sleep 1; done\r', 3500)
    expect(shell.type('\x03', 3000)).toMatch(/\^C\n\nroot@test:~# $/)
  })
})

it('refuses a command that is too long to be parsed, and goes on', () => {
  const shell = terminal()
  shell.type(`echo ${'x'.repeat(600_000)}`, 5000)
  expect(shell.type('\r', 1000)).toContain(
    'bash: a command of 600005 characters is more than the prompt takes (524288): put it into a file\n',
  )
  expect(shell.type('echo $?\r', 1000)).toContain('\n1\n')
})

it('takes 10 MB in one paste without delay', () => {
  const shell = terminal()
  const started = performance.now()
  shell.type(`\x1b[200~echo ${'x'.repeat(10_000_000)}\x1b[201~`, 5000)
  shell.type('\x03', 5000)
  shell.type(`\x1b[200~${'echo y\r'.repeat(1_400_000)}\x1b[201~`, 5000)
  expect(shell.type('\x03', 5000)).toMatch(/root@test:~# $/)
  expect(performance.now() - started).toBeLessThan(5000)
})
