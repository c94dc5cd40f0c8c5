import type { Blocking } from '../process.ts'
import { utf8Length } from '../../encoding/utf8.ts'
import { eachInput, type Input } from './input.ts'
import { tool, type Tool } from './tool.ts'

interface Counts {
  lines: number
  words: number
  chars: number
  bytes: number
  longest: number
}

const COLUMNS = [
  ['l', 'lines'],
  ['w', 'words'],
  ['m', 'chars'],
  ['c', 'bytes'],
  ['L', 'longest'],
] as const

export const wc = tool({
  name: 'wc',
  usage: '[-cmlwL] [FILE]...',
  about: 'Counts lines, words and bytes.',
  short: 'clwmL',
  long: { bytes: 'c', lines: 'l', words: 'w', chars: 'm', 'max-line-length': 'L' },
  *run(tool) {
    const wanted = COLUMNS.filter(([letter]) => tool.options.has(letter)).map(([, name]) => name)
    const columns = wanted.length > 0 ? wanted : (['lines', 'words', 'bytes'] as const)
    const total: Counts = { lines: 0, words: 0, chars: 0, bytes: 0, longest: 0 }
    const rows: { counts: Counts; name: string }[] = []
    yield* eachInput(tool, function* (input) {
      const counts = yield* count(input)
      for (const key of ['lines', 'words', 'chars', 'bytes'] as const) total[key] += counts[key]
      total.longest = Math.max(total.longest, counts.longest)
      rows.push({ counts, name: tool.operands.length > 0 ? input.name : '' })
    })
    if (tool.operands.length > 1) rows.push({ counts: total, name: 'total' })
    const width = columnWidth(tool, columns.length, total)
    for (const { counts, name } of rows) {
      const numbers = columns.map((column) => String(counts[column]).padStart(width)).join(' ')
      tool.put(`${numbers}${name === '' ? '' : ` ${name}`}\n`)
    }
  },
})

/** GNU fits columns to the sizes of the files, and pads to 7 where it cannot know them; busybox always pads to 9. */
function columnWidth(tool: Tool, columns: number, total: Counts): number {
  if (tool.busybox) return columns === 1 && tool.operands.length < 2 ? 1 : 9
  const streams = tool.operands.length === 0 || tool.operands.includes('-')
  if (columns === 1 && tool.operands.length < 2) return 1
  return streams ? 7 : String(total.bytes).length
}

function* count(input: Input): Blocking<Counts> {
  const counts: Counts = { lines: 0, words: 0, chars: 0, bytes: 0, longest: 0 }
  let inWord = false
  let column = 0
  for (let chunk = yield* input.read(); chunk !== null; chunk = yield* input.read()) {
    counts.bytes += utf8Length(chunk)
    for (const character of chunk) {
      counts.chars++
      const space = character === ' ' || (character >= '\t' && character <= '\r')
      if (!space && !inWord) counts.words++
      inWord = !space
      if (character === '\n') {
        counts.lines++
        column = 0
      } else column += character === '\t' ? 8 - (column % 8) : 1
      counts.longest = Math.max(counts.longest, column)
    }
  }
  return counts
}
