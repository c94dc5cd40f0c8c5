import { SystemError, type Blocking } from '../process.ts'
import { readInput, splitLines } from './input.ts'
import { tool, type Tool } from './tool.ts'
import type { UserlandProgram } from './userland.ts'

const pager = (name: string): UserlandProgram =>
  tool({
    name,
    usage: '[FILE]...',
    about: 'Shows text a screen at a time: space, enter, b, g, G, q.',
    short: 'EFMNRSXmrn~iIeq',
    *run(tool: Tool) {
      const { process } = tool
      let text = ''
      const names = tool.operands.length > 0 ? tool.operands : ['-']
      if (tool.operands.length === 0 && process.files.get(0)?.terminal)
        tool.fail(tool.busybox ? 'missing filename' : 'Missing filename ("less --help" for help)')
      for (const each of names) {
        try {
          text += yield* readInput(process, each)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* process.printError(
            tool.busybox
              ? `${name}: can't open '${each}': ${error.message}\n`
              : `${each}: ${error.message}\n`,
          )
          tool.status = 1
        }
      }
      const terminal = process.files.get(1)?.terminal
      if (!terminal) return yield* tool.print(text)
      const lines = splitLines(text)
      if (lines.length < terminal.rows) return yield* tool.print(text)
      return yield* browse(tool, lines)
    },
  })

export const less = pager('less')
export const more = pager('more')

/** Keys come from the terminal, since standard input may be the text. */
function* browse(tool: Tool, lines: readonly string[]): Blocking<void> {
  const { process } = tool
  const screen = process.files.get(1)!
  const terminal = screen.terminal!
  const before = terminal.mode
  terminal.setMode({ canonical: false, echo: false })
  let top = 0
  try {
    for (;;) {
      const height = terminal.rows - 1
      const last = Math.max(0, lines.length - height)
      top = Math.max(0, Math.min(top, last))
      const page = lines.slice(top, top + height)
      yield* process.print(
        `\x1b[H\x1b[J${page.map((line) => `${line.slice(0, terminal.columns)}\n`).join('')}${top >= last ? '\x1b[7m(END)\x1b[m' : ':'}`,
      )
      const key = yield* screen.read()
      if (key === null || key.startsWith('q') || key.startsWith('Q')) break
      const moves: Readonly<Record<string, number>> = {
        ' ': height, f: height, b: -height, '\n': 1, j: 1, k: -1, '\x1b[B': 1, '\x1b[A': -1, '\x1b[6~': height, '\x1b[5~': -height, g: -Infinity, G: Infinity, d: height >> 1, u: -(height >> 1),
      } // prettier-ignore
      top += moves[key] ?? 0
      if (tool.name === 'more' && top > last) break
    }
  } finally {
    terminal.setMode(before)
  }
  yield* process.print('\r\x1b[K')
}
