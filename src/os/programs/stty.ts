import { tool, type Tool } from './tool.ts'

/** The switches of a terminal that programs here look at. */
const SWITCHES: Readonly<Record<string, 'canonical' | 'echo' | 'signals' | 'output'>> = {
  icanon: 'canonical',
  echo: 'echo',
  isig: 'signals',
  opost: 'output',
}

export const stty = tool({
  name: 'stty',
  usage: '[-a] [SETTING]...',
  short: '',
  raw: true,
  *run(tool: Tool) {
    const terminal = tool.process.files.get(0)?.terminal
    if (!terminal)
      tool.fail(
        tool.busybox ? 'standard input: Not a tty' : "'standard input': Inappropriate ioctl for device",
      )
    const { rows, columns, mode } = terminal
    const shown = (name: string) => `${mode[SWITCHES[name]!] ? '' : '-'}${name}`
    if (tool.operands.length === 0 || tool.operands[0] === '-a') {
      return yield* tool.print(
        `speed 38400 baud; rows ${rows}; columns ${columns}; line = 0;\n${shown('isig')} ${shown('icanon')} ${shown('echo')} ${shown('opost')}\n`,
      )
    }
    for (const setting of tool.operands) {
      const name = setting.replace(/^-/, '')
      const on = !setting.startsWith('-')
      if (setting === 'size') yield* tool.print(`${rows} ${columns}\n`)
      else if (setting === 'sane' || setting === 'cooked')
        terminal.setMode({ canonical: true, echo: true, signals: true, output: true })
      else if (setting === 'raw')
        terminal.setMode({ canonical: false, echo: false, signals: false, output: false })
      else if (SWITCHES[name]) terminal.setMode({ [SWITCHES[name]]: on })
      else tool.usageError(`invalid argument '${setting}'`)
    }
    return undefined
  },
})
