import { indexOfByte } from '../net/bytes.ts'
import type { Blocking } from '../process.ts'
import { utf8Length } from '../../encoding/utf8.ts'
import { eachInput, forEachLine, type Input } from './input.ts'
import { parseCount } from './numbers.ts'
import { tool, type Tool } from './tool.ts'

export const head = tool({
  name: 'head',
  usage: '[OPTIONS] [FILE]...',
  about: 'Prints the first 10 lines of each file.',
  short: 'n:c:qv',
  long: { lines: 'n', bytes: 'c', quiet: 'q', silent: 'q', verbose: 'v' },
  rewrite: rewriteOldCount,
  *run(tool) {
    const unit = tool.options.last('n', 'c') === 'c' ? 'bytes' : 'lines'
    const { count, relative } = countOption(tool, unit)
    yield* eachInput(
      tool,
      function* (input, index) {
        title(tool, input.name, index)
        if (relative) yield* allBut(tool, input, unit, count)
        else if (unit === 'bytes') yield* firstBytes(tool, input, count)
        else if (count > 0) yield* firstLines(tool, input, count)
      },
      { gnu: 'cannot open' },
    )
  },
})

/** `-5` (and for tail `+5`) is the old way to say `-n 5`; `head` and `tail` both know it. */
export function rewriteOldCount(args: readonly string[]): readonly string[] {
  return args.map((arg, index) => {
    if (/^-[a-z]*[nc]$/.test(args[index - 1] ?? '')) return arg
    return /^-\d+$/.test(arg) ? `-n${arg.slice(1)}` : /^\+\d+$/.test(arg) ? `-n${arg}` : arg
  })
}

/** The value of -n or -c. `relative`: it had the sign that counts from the other end. */
export function countOption(
  tool: Tool,
  unit: 'lines' | 'bytes',
  sign = '-',
): { count: number; relative: boolean } {
  const text = tool.options.get(unit === 'bytes' ? 'c' : 'n') ?? '10'
  const count = parseCount(text.replace(/^[-+]/, ''))
  if (count === undefined) {
    tool.fail(tool.busybox ? `invalid number '${text}'` : `invalid number of ${unit}: '${text}'`)
  }
  return { count, relative: text.startsWith(sign) }
}

/** `==> name <==` above each of several files. */
export function title(tool: Tool, name: string, index: number): void {
  const wanted = tool.options.last('q', 'v')
  if (wanted === 'q' || (wanted !== 'v' && tool.operands.length < 2)) return
  tool.put(`${index > 0 ? '\n' : ''}==> ${name === '-' ? 'standard input' : name} <==\n`)
}

function* firstLines(tool: Tool, input: Input, count: number): Blocking<void> {
  let left = count
  yield* forEachLine(tool, input, (line, terminated) => {
    tool.put(terminated ? `${line}\n` : line)
    return --left > 0
  })
}

function* firstBytes(tool: Tool, input: Input, count: number): Blocking<void> {
  for (let left = count; left > 0;) {
    const chunk = yield* input.read()
    if (chunk === null) return
    const end = indexOfByte(chunk, left)
    yield* tool.print(chunk.slice(0, end))
    left -= end === undefined ? utf8Length(chunk) : left
  }
}

function* allBut(tool: Tool, input: Input, unit: 'lines' | 'bytes', count: number): Blocking<void> {
  let text = ''
  for (let chunk = yield* input.read(); chunk !== null; chunk = yield* input.read()) text += chunk
  if (unit === 'bytes')
    return yield* tool.print(text.slice(0, indexOfByte(text, Math.max(0, utf8Length(text) - count))))
  const lines = text.split(/(?<=\n)/)
  yield* tool.print(lines.slice(0, Math.max(0, lines.length - count)).join(''))
}
