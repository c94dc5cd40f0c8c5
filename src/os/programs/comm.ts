import { readInput, splitLines } from './input.ts'
import { tool, type Tool } from './tool.ts'

export const comm = tool({
  name: 'comm',
  usage: '[-123] FILE1 FILE2',
  about: 'Compares two sorted files line by line.',
  short: '123',
  *run(tool: Tool) {
    const [first, second] = tool.operands
    if (first === undefined || second === undefined) {
      tool.usageError(
        tool.busybox
          ? undefined
          : first === undefined
            ? 'missing operand'
            : `missing operand after '${first}'`,
      )
    }
    const left = splitLines(yield* readInput(tool.process, first))
    const right = splitLines(yield* readInput(tool.process, second))
    const show = (column: 1 | 2 | 3, line: string) => {
      if (tool.options.has(String(column))) return
      const shown = [1, 2, 3].filter((each) => each < column && !tool.options.has(String(each)))
      tool.put(`${'\t'.repeat(shown.length)}${line}\n`)
    }
    let i = 0
    let j = 0
    while (i < left.length || j < right.length) {
      if (j >= right.length || (i < left.length && left[i]! < right[j]!)) show(1, left[i++]!)
      else if (i >= left.length || right[j]! < left[i]!) show(2, right[j++]!)
      else {
        show(3, left[i++]!)
        j++
      }
    }
  },
})
