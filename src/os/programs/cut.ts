import { eachInput, forEachLine } from './input.ts'
import { inRanges, parseRanges } from './ranges.ts'
import { tool, type Tool } from './tool.ts'

export const cut = tool({
  name: 'cut',
  usage: 'OPTION... [FILE]...',
  about: 'Prints selected parts of lines.',
  short: 'b:c:d:f:nsz',
  long: {
    bytes: 'b',
    characters: 'c',
    delimiter: 'd',
    fields: 'f',
    'only-delimited': 's',
    complement: 'complement',
    'output-delimiter': 'output:',
  },
  *run(tool: Tool) {
    const { options } = tool
    const mode = options.last('b', 'c', 'f')
    const kinds = ['b', 'c', 'f'].filter((key) => options.has(key))
    if (!mode)
      tool.usageError(
        tool.busybox
          ? 'expected a list of bytes, characters, or fields'
          : 'you must specify a list of bytes, characters, or fields',
      )
    if (kinds.length > 1) tool.usageError('only one type of list may be specified')
    const delimiter = options.get('d') ?? '\t'
    if (delimiter.length > 1) tool.usageError('the delimiter must be a single character')
    const ranges = parseRanges(options.get(mode)!)
    if (!ranges) {
      if (!tool.busybox && /(^|,)0/.test(options.get(mode)!)) {
        tool.usageError(
          mode === 'f' ? 'fields are numbered from 1' : 'byte/character positions are numbered from 1',
        )
      }
      const what = mode === 'f' ? 'field' : 'byte/character position'
      tool.usageError(
        tool.busybox ? `invalid range ${options.get(mode)}` : `invalid ${what} '${options.get(mode)}'`,
      )
    }
    const wanted = (position: number) => inRanges(ranges, position) !== options.has('complement')
    const joiner = options.get('output') ?? delimiter
    yield* eachInput(tool, (input) =>
      forEachLine(tool, input, (line) => {
        if (mode !== 'f') {
          tool.put(`${[...line].filter((_, index) => wanted(index + 1)).join('')}\n`)
          return
        }
        const fields = line.split(delimiter)
        if (fields.length > 1) tool.put(`${fields.filter((_, index) => wanted(index + 1)).join(joiner)}\n`)
        else if (!options.has('s')) tool.put(`${line}\n`)
      }),
    )
  },
})
