import { formatDate } from './date-format.ts'
import { parseDate } from './date-parse.ts'
import { absolute } from './paths.ts'
import { tool, type Tool } from './tool.ts'

const ISO: Readonly<Record<string, string>> = {
  '': '%Y-%m-%d',
  date: '%Y-%m-%d',
  hours: '%Y-%m-%dT%H%:z',
  minutes: '%Y-%m-%dT%H:%M%:z',
  seconds: '%Y-%m-%dT%H:%M:%S%:z',
  ns: '%Y-%m-%dT%H:%M:%S,%N%:z',
}

export const date = tool({
  name: 'date',
  usage: '[OPTIONS] [+FMT] [-d TIME]',
  about: 'Prints the time, in UTC.',
  short: 'ud:RI::r:s:',
  long: {
    date: 'd',
    utc: 'u',
    universal: 'u',
    'rfc-email': 'R',
    'iso-8601': 'I',
    reference: 'r',
    'rfc-3339': 'rfc-3339:',
    set: 's',
  },
  *run(tool: Tool) {
    const { options, process } = tool
    const text = options.get('d')
    const reference = options.get('r')
    const time =
      text !== undefined
        ? parseDate(text, process.now())
        : reference !== undefined
          ? process.machine.files.stat(absolute(process, reference))?.modifiedMs
          : process.now()
    if (time === undefined) {
      if (text === undefined) tool.fail(`${reference}: No such file or directory`)
      tool.fail(`invalid date '${text}'`)
    }
    if (options.has('s'))
      tool.fail(
        tool.busybox ? "can't set date: Operation not permitted" : 'cannot set date: Operation not permitted',
      )
    const [operand] = tool.operands
    if (operand !== undefined && !operand.startsWith('+')) tool.fail(`invalid date '${operand}'`)
    yield* tool.print(`${formatDate(time, operand?.slice(1) ?? defaultFormat(tool))}\n`)
  },
})

function defaultFormat(tool: Tool): string {
  const { options } = tool
  if (options.has('R')) return '%a, %d %b %Y %H:%M:%S %z'
  if (options.has('I')) return ISO[options.get('I')!] ?? ISO['']!
  if (options.has('rfc-3339')) return options.get('rfc-3339') === 'date' ? '%Y-%m-%d' : '%Y-%m-%d %H:%M:%S%:z'
  return '%a %b %e %H:%M:%S %Z %Y'
}
