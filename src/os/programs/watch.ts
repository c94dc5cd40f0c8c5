import type { Blocking } from '../process.ts'
import { formatDate } from './date-format.ts'
import { parseSeconds } from './numbers.ts'
import { captureShell } from './run.ts'
import { tool, type Tool } from './tool.ts'

export const watch = tool({
  name: 'watch',
  usage: '[-n SEC] [-t] PROG ARGS',
  about: 'Runs a program again and again and shows what it prints.',
  short: '+dtn:eg',
  long: { interval: 'n', 'no-title': 't', differences: 'd::', errexit: 'e', chgexit: 'g' },
  *run(tool: Tool) {
    const { options, operands, process } = tool
    if (operands.length === 0) tool.usageError()
    const text = options.get('n') ?? '2'
    const seconds = parseSeconds(text)
    if (seconds === undefined)
      tool.fail(
        tool.busybox ? `invalid number '${text}'` : `failed to parse argument: '${text}': Invalid argument`,
      )
    const command = operands.join(' ')
    let before: string | undefined
    for (;;) {
      const { text: output, status } = yield* captureShell(process, `${command} 2>&1`)
      yield* show(tool, command, Math.max(0.1, seconds), output)
      if (options.has('e') && status.code !== 0) return 8
      if (options.has('g') && before !== undefined && before !== output) return 0
      before = output
      yield* process.sleep(Math.max(0.1, seconds) * 1000)
    }
  },
})

/** On a terminal the screen is drawn anew; elsewhere the output follows after the title. */
function* show(tool: Tool, command: string, seconds: number, output: string): Blocking<void> {
  const terminal = tool.process.files.get(1)?.terminal
  const columns = terminal?.columns ?? 80
  const left = `Every ${seconds.toFixed(1)}s: ${command}`
  const time = formatDate(tool.process.now(), tool.busybox ? '%Y-%m-%d %H:%M:%S' : '%a %b %e %H:%M:%S %Y')
  const right = tool.busybox ? time : `${tool.process.machine.hostname}: ${time}`
  const title = tool.options.has('t')
    ? ''
    : `${left.slice(0, Math.max(0, columns - right.length - 1)).padEnd(columns - right.length)}${right}\n\n`
  if (!terminal) return yield* tool.process.print(title + output)
  const rows = terminal.rows - (title === '' ? 0 : 2)
  const lines = output
    .replace(/\n$/, '')
    .split('\n')
    .slice(0, rows)
    .map((line) => line.slice(0, columns))
  yield* tool.process.print(`\x1b[H\x1b[J${title}${lines.join('\n')}`)
}
