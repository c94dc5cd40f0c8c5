import { SystemError, type OpenFile } from '../process.ts'
import { tool } from './tool.ts'

export const tee = tool({
  name: 'tee',
  usage: '[-ai] [FILE]...',
  about: 'Copies standard input to files and to standard output.',
  short: 'aip',
  long: { append: 'a', 'ignore-interrupts': 'i' },
  *run(tool) {
    const { process, options, operands } = tool
    if (options.has('i')) process.onSignal('SIGINT', 'ignore')
    const files: OpenFile[] = []
    for (const name of operands) {
      try {
        files.push(process.open(name, options.has('a') ? 'append' : 'write'))
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* tool.complain(`${name}: ${error.message}`)
      }
    }
    for (let chunk = yield* process.read(); chunk !== null; chunk = yield* process.read()) {
      for (const file of files) yield* file.write(chunk)
      yield* process.print(chunk)
    }
  },
})
