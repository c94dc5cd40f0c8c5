import { eachInput, readInput, splitLines } from './input.ts'
import { parseKey, sortComparison, type SortKey } from './sort-keys.ts'
import { tool, type Tool } from './tool.ts'

export const sort = tool({
  name: 'sort',
  usage: '[-nrugMcszbdfiokt] [-o FILE] [-k START[.OFFSET][OPTS][,END[.OFFSET][OPTS]] [-t CHAR] [FILE]...',
  about: 'Sorts lines of text.',
  usageCode: 2,
  short: 'bcdfghik:Mmno:rst:uVz',
  long: {
    'numeric-sort': 'n', reverse: 'r', unique: 'u', key: 'k', 'field-separator': 't', output: 'o', check: 'c',
    'ignore-case': 'f', 'ignore-leading-blanks': 'b', 'human-numeric-sort': 'h', 'version-sort': 'V', stable: 's',
    'general-numeric-sort': 'g', 'dictionary-order': 'd', 'month-sort': 'M', merge: 'm', 'zero-terminated': 'z',
  }, // prettier-ignore
  *run(tool) {
    const { options } = tool
    const letters = options.given.map(({ key }) => key).join('')
    const keys = options.all('k').map((text) => keyOption(tool, text, letters))
    const separator = options.get('t')
    if (separator !== undefined && separator !== '\\0' && separator.length !== 1) {
      tool.fail(`multi-character tab '${separator}'`, 2)
    }
    const lines: string[] = []
    yield* eachInput(
      tool,
      function* (input) {
        lines.push(...splitLines(yield* readInput(tool.process, input.name)))
      },
      { gnu: 'cannot read' },
    )
    if (tool.status !== 0) return 2
    const compare = sortComparison({ keys, separator, letters, stable: options.has('s') || options.has('u') })
    if (options.has('c')) return yield* check(tool, lines, compare)
    yield* tool.process.compute(lines.length * 0.002)
    lines.sort(compare)
    const unique = options.has('u')
      ? lines.filter((line, index) => index === 0 || compare(lines[index - 1]!, line) !== 0)
      : lines
    const text = unique.map((line) => `${line}\n`).join('')
    const output = options.get('o')
    if (output === undefined) yield* tool.print(text)
    else yield* tool.process.open(output, 'write').write(text)
    return 0
  },
})

function keyOption(tool: Tool, text: string, letters: string): SortKey {
  const key = parseKey(text, letters)
  if (!key)
    tool.fail(
      tool.busybox
        ? `bad field specification`
        : `invalid number at field start: invalid count at start of '${text}'`,
      2,
    )
  return key
}

function* check(tool: Tool, lines: readonly string[], compare: (a: string, b: string) => number) {
  for (let index = 1; index < lines.length; index++) {
    if (compare(lines[index - 1]!, lines[index]!) <= 0) continue
    const name = tool.operands[0] ?? '-'
    if (tool.busybox) yield* tool.process.printError(`Check line ${index}\n`)
    else yield* tool.complain(`${name}:${index + 1}: disorder: ${lines[index]}`)
    return 1
  }
  return 0
}
