import type { Blocking } from '../process.ts'
import { unescape } from './echo.ts'
import { Lines, openInput } from './input.ts'
import { tool } from './tool.ts'

export const paste = tool({
  name: 'paste',
  usage: '[-s] [-d DELIMITERS] [FILE]...',
  about: 'Joins lines of files side by side.',
  short: 'd:s',
  long: { delimiters: 'd', serial: 's' },
  *run(tool) {
    const delimiters = [...unescape(tool.options.get('d') ?? '\t').text]
    const names = tool.operands.length > 0 ? tool.operands : ['-']
    // Several `-` take turns in reading standard input.
    const standardInput = new Lines(openInput(tool.process, '-'))
    const inputs = names.map((name) =>
      name === '-' ? standardInput : new Lines(openInput(tool.process, name)),
    )
    const join = (cells: readonly string[]) =>
      cells
        .map((cell, index) =>
          index === 0 ? cell : (delimiters[(index - 1) % delimiters.length] ?? '') + cell,
        )
        .join('')
    if (tool.options.has('s')) {
      for (const input of inputs) yield* tool.print(`${join(yield* allLines(input))}\n`)
      return
    }
    for (;;) {
      const cells: (string | null)[] = []
      for (const input of inputs) cells.push(yield* input.next())
      if (cells.every((cell) => cell === null)) return
      // busybox leaves out what has ended, with its delimiter.
      const shown = tool.busybox ? cells.filter((cell) => cell !== null) : cells.map((cell) => cell ?? '')
      yield* tool.print(`${join(shown)}\n`)
    }
  },
})

function* allLines(input: Lines): Blocking<string[]> {
  const lines: string[] = []
  for (let line = yield* input.next(); line !== null; line = yield* input.next()) lines.push(line)
  return lines
}
