import { Inbox } from '../net/waiting.ts'
import { withThreads } from '../net/threads.ts'
import { SystemError, type OpenFile } from '../process.ts'
import { createTty } from '../tty.ts'
import { startCommand } from './run.ts'
import { tool } from './tool.ts'

const END_OF_TRANSMISSION = '\x04'

/** script(1): a command on a pseudo-terminal of its own, whose every output is kept in a file. */
export const script = tool({
  name: 'script',
  usage: '[-aefq] [-c COMMAND] [FILE]',
  about: 'Runs a command on a terminal of its own and keeps what it shows.',
  short: 'aefqc:',
  long: { append: 'a', return: 'e', flush: 'f', quiet: 'q', command: 'c' },
  *run(tool) {
    const { process, options, operands } = tool
    const name = operands[0] ?? 'typescript'
    let kept: OpenFile
    try {
      kept = process.open(name, options.has('a') ? 'append' : 'write')
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      return tool.fail(`cannot open ${name}: ${error.message}`)
    }
    if (!options.has('q')) yield* process.print(`Script started, output log file is '${name}'.\n`)
    const shown = new Inbox<string>()
    const { columns = 80, rows = 24 } = process.files.get(0)?.terminal ?? {}
    const tty = createTty({
      columns,
      rows,
      simulation: process.machine.simulation,
      output: (text) => shown.put(text),
    })
    const command = options.get('c')
    const argv = [
      process.env.get('SHELL') ?? '/bin/sh',
      ...(command === undefined ? ['-i'] : ['-c', command]),
    ]
    const files = new Map([0, 1, 2].map((descriptor) => [descriptor, tty.file]))
    const child = startCommand(process, argv, { files, terminal: tty })
    let code = 0
    yield* withThreads(function* (start) {
      start(
        (function* () {
          for (let keys = yield* process.read(); keys !== null; keys = yield* process.read()) tty.input(keys)
          tty.input(END_OF_TRANSMISSION)
        })(),
      )
      start(
        (function* () {
          const { status } = yield* process.waitFor(child.pid)
          code = status.code
          shown.end()
        })(),
      )
      for (
        let next = yield* shown.take(process);
        typeof next === 'object';
        next = yield* shown.take(process)
      ) {
        yield* kept.write(next.item)
        yield* process.print(next.item)
      }
    })
    kept.close()
    if (!options.has('q')) yield* process.print('Script done.\n')
    return options.has('e') ? code : 0
  },
})
