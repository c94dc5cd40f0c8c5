import { eachInput, forEachLine } from './input.ts'
import { tool } from './tool.ts'

export const nl = tool({
  name: 'nl',
  usage: '[OPTIONS] [FILE]...',
  short: 'b:i:v:w:s:n:',
  long: {
    'body-numbering': 'b',
    'line-increment': 'i',
    'starting-line-number': 'v',
    'number-width': 'w',
    'number-separator': 's',
  },
  *run(tool) {
    const { options } = tool
    const all = options.get('b') === 'a'
    const width = Number(options.get('w') ?? 6)
    const separator = options.get('s') ?? '\t'
    let number = Number(options.get('v') ?? 1)
    const pad = { ln: (text: string) => text.padEnd(width), rz: (text: string) => text.padStart(width, '0') }
    const format = pad[options.get('n') as 'ln' | 'rz'] ?? ((text: string) => text.padStart(width))
    yield* eachInput(tool, (input) =>
      forEachLine(tool, input, (line) => {
        const numbered = options.get('b') !== 'n' && (all || line !== '')
        tool.put(
          numbered
            ? `${format(String(number))}${separator}${line}\n`
            : `${' '.repeat(width + separator.length)}${line}\n`,
        )
        if (numbered) number += Number(options.get('i') ?? 1)
      }),
    )
  },
})
