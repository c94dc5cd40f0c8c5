import { eachInput, forEachLine } from './input.ts'
import { parseCount } from './numbers.ts'
import { tool, type Tool } from './tool.ts'

export const fold = tool({
  name: 'fold',
  usage: '[-bs] [-w WIDTH] [FILE]...',
  about: 'Breaks lines at a width (80).',
  short: 'bsw:',
  long: { width: 'w', spaces: 's', bytes: 'b' },
  rewrite: (args) => args.map((arg) => (/^-\d+$/.test(arg) ? `-w${arg.slice(1)}` : arg)),
  *run(tool: Tool) {
    const text = tool.options.get('w') ?? '80'
    const width = parseCount(text)
    if (!width) tool.fail(tool.busybox ? `invalid number '${text}'` : `invalid number of columns: '${text}'`)
    yield* eachInput(tool, (input) =>
      forEachLine(tool, input, (line, terminated) => {
        let rest = line
        while (rest.length > width) {
          const space = tool.options.has('s') ? rest.slice(0, width).search(/\s\S*$/) : -1
          const end = space >= 0 ? space + 1 : width
          tool.put(`${rest.slice(0, end)}\n`)
          rest = rest.slice(end)
        }
        tool.put(`${rest}${terminated ? '\n' : ''}`)
      }),
    )
  },
})
