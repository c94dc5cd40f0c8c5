import { tool, type Tool } from './tool.ts'

export const seq = tool({
  name: 'seq',
  usage: '[-w] [-s SEP] [FIRST [INC]] LAST',
  about: 'Prints a sequence of numbers.',
  short: '+f:s:w',
  long: { format: 'f', separator: 's', 'equal-width': 'w' },
  rewrite: (args) => {
    // Negative numbers are operands.
    const first = args.findIndex((arg) => /^-\.?\d/.test(arg))
    return first < 0 || args.slice(0, first).some((arg) => !arg.startsWith('-'))
      ? args
      : [...args.slice(0, first), '--', ...args.slice(first)]
  },
  *run(tool) {
    const { operands, options, process } = tool
    if (operands.length === 0) tool.usageError(tool.busybox ? undefined : 'missing operand')
    if (operands.length > 3) tool.usageError(tool.busybox ? undefined : `extra operand '${operands[3]}'`)
    const last = numeric(tool, operands.at(-1)!)
    const first = operands.length > 1 ? numeric(tool, operands[0]!) : 1
    const step = operands.length > 2 ? numeric(tool, operands[1]!) : 1
    if (step === 0) tool.usageError(`invalid Zero increment value: '${operands[1]}'`)
    const decimals = Math.max(...operands.slice(0, operands.length > 1 ? -1 : 1).map(decimalsOf))
    const width = options.has('w')
      ? Math.max(first.toFixed(decimals).length, last.toFixed(decimals).length)
      : 0
    const separator = options.get('s') ?? '\n'
    let count = 0
    for (
      let value = first;
      step > 0 ? value <= last + 1e-10 : value >= last - 1e-10;
      value = first + ++count * step
    ) {
      const text = value.toFixed(decimals)
      const padded = text.startsWith('-')
        ? `-${text.slice(1).padStart(width - 1, '0')}`
        : text.padStart(width, '0')
      tool.put(`${count > 0 ? separator : ''}${formatted(options.get('f'), padded, value)}`)
      if (count % 1000 === 999) {
        yield* tool.flush()
        yield* process.compute()
      }
    }
    if (tool.pendingSize > 0 || count > 0) tool.put('\n')
  },
})

function numeric(tool: Tool, text: string): number {
  const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : undefined
  if (value === undefined) {
    if (tool.busybox) tool.fail(`invalid number '${text}'`)
    tool.usageError(`invalid floating point argument: '${text}'`)
  }
  return value
}

const decimalsOf = (text: string): number => /\.(\d+)/.exec(text)?.[1]?.length ?? 0

const formatted = (format: string | undefined, text: string, value: number): string => {
  const match = format === undefined ? null : /%(0?)(\d*)(?:\.(\d+))?([gfe])/.exec(format)
  if (!match) return text
  const number = match[3] === undefined ? text : value.toFixed(Number(match[3]))
  return format!.replace(match[0], number.padStart(Number(match[2] || 0), match[1] ? '0' : ' '))
}
