import { describe, expect, it } from 'vitest'
import { testMachine } from './testing.ts'
import { createTty } from './tty.ts'
import type { Program } from './process.ts'

/** A terminal with a program on it: what it was given, and what the screen got. */
function onTerminal(program: Program) {
  const machine = testMachine({}, { init: true })
  let screen = ''
  const tty = createTty({
    columns: 80,
    rows: 24,
    simulation: machine.simulation,
    output: (text) => (screen += text),
  })
  let status: unknown
  machine.kernel.start(program, { argv: ['program'], terminal: tty, onExit: (end) => (status = end) })
  machine.simulation.runFor(10)
  const type = (text: string) => {
    tty.input(text)
    machine.simulation.runFor(10)
  }
  return { machine, tty, type, screen: () => screen, status: () => status }
}

const echoLines: Program = function* (process) {
  for (let line = yield* process.read(); line !== null; line = yield* process.read()) {
    yield* process.print(`<${JSON.stringify(line)}>\n`)
  }
  return 7
}

describe('canonical mode', () => {
  it.each([
    ['gives whole lines, echoed', 'ab\r', 'ab\r\n<"ab\\n">\r\n'],
    ['erases with backspace', 'abc\x7f\x7fd\r', 'abc\b \b\b \bd\r\n<"ad\\n">\r\n'],
    [
      'kills the line with ^U and a word with ^W',
      'xx\x15one two\x17\r',
      'xx\b \b\b \bone two\b \b\b \b\b \b\r\n<"one \\n">\r\n',
    ],
    ['sends an unfinished line at ^D', 'ab\x04', 'ab<"ab">\r\n'],
    ['takes several lines at once', 'a\rb\r', 'a\r\nb\r\n<"a\\n">\r\n<"b\\n">\r\n'],
  ])('%s', (_, typed, screen) => {
    const terminal = onTerminal(echoLines)
    terminal.type(typed)
    expect(terminal.screen()).toBe(screen)
  })

  it('ends the file with ^D on an empty line', () => {
    const terminal = onTerminal(echoLines)
    terminal.type('\x04')
    expect(terminal.status()).toEqual({ code: 7 })
  })
})

describe('signals', () => {
  it('sends ^C and ^\\ to the foreground group and forgets what was typed', () => {
    for (const [key, code] of [
      ['\x03', 130],
      ['\x1c', 131],
    ] as const) {
      const terminal = onTerminal(echoLines)
      terminal.type(`half${key}`)
      expect(terminal.status()).toMatchObject({ code })
    }
  })

  it('hangs up when the window closes, and tells of a new size', () => {
    const seen: string[] = []
    const terminal = onTerminal(function* (process) {
      process.onSignal('SIGWINCH', (signal) => seen.push(signal))
      yield* process.read()
      return 0
    })
    terminal.tty.resize(100, 30)
    expect(seen).toEqual(['SIGWINCH'])
    terminal.tty.hangup()
    expect(terminal.status()).toMatchObject({ signal: 'SIGHUP' })
  })
})

describe('raw mode', () => {
  it('gives each piece as it comes, without echo', () => {
    const terminal = onTerminal(function* (process) {
      process.files.get(0)!.terminal!.setMode({ canonical: false, echo: false, signals: false })
      return yield* echoLines(process)
    })
    terminal.type('a\x03')
    terminal.type('\x1b[A')
    expect(terminal.screen()).toBe('<"a\\u0003">\r\n<"\\u001b[A">\r\n')
  })

  it('edits what was typed ahead once the mode is canonical again', () => {
    const terminal = onTerminal(function* (process) {
      const console = process.files.get(0)!.terminal!
      console.setMode({ canonical: false, echo: false })
      yield* process.sleep(50)
      console.setMode({ canonical: true, echo: true })
      return yield* echoLines(process)
    })
    terminal.type('abx\x7f\rnext\r')
    terminal.machine.simulation.runFor(100)
    expect(terminal.screen()).toBe('abx\b \b\r\n<"ab\\n">\r\nnext\r\n<"next\\n">\r\n')
  })
})

it('takes a megabyte of lines in time proportional to it', () => {
  const terminal = onTerminal(function* (process) {
    let count = 0
    while (count < 100_000) {
      yield* process.read()
      count++
    }
    return 0
  })
  terminal.type('123456789\r'.repeat(100_000))
  terminal.machine.simulation.runFor(60_000)
  expect(terminal.status()).toEqual({ code: 0 })
})
