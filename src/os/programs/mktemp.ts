import { absolute } from './paths.ts'
import { tool, type Tool } from './tool.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

export const mktemp = tool({
  name: 'mktemp',
  usage: '[-dt] [-p DIR] [TEMPLATE]',
  about: 'Makes a temporary file or directory and prints its name.',
  short: 'dqtup:',
  long: { directory: 'd', quiet: 'q', tmpdir: 'p', 'dry-run': 'u' },
  *run(tool: Tool) {
    const { options, process } = tool
    const template = tool.operands[0] ?? (tool.busybox ? 'tmp.XXXXXX' : 'tmp.XXXXXXXXXX')
    const marks = /X{3,}$/.exec(template)
    if (!marks) tool.fail(tool.busybox ? `Invalid argument` : `too few X's in template '${template}'`)
    const directory = options.get('p') ?? process.env.get('TMPDIR') ?? '/tmp'
    const random = process.machine.simulation.random(`mktemp:${process.machine.hostname}`)
    const suffix = Array.from(
      { length: marks[0].length },
      () => LETTERS[random.integer(LETTERS.length)]!,
    ).join('')
    const name = template.slice(0, marks.index) + suffix
    const inDirectory = tool.operands.length === 0 || options.has('t') || options.has('p')
    const path = inDirectory ? `${directory}/${name}` : name
    if (options.has('d')) process.machine.files.makeDirectory(absolute(process, path))
    else if (!options.has('u')) process.machine.files.write(absolute(process, path), '', { mode: 0o600 })
    yield* tool.print(`${path}\n`)
  },
})
