import { tool, type Tool } from './tool.ts'

export const trueProgram = tool({ name: 'true', usage: '', short: '', raw: true, *run() { return 0 } }) // prettier-ignore

export const falseProgram = tool({ name: 'false', usage: '', short: '', raw: true, *run() { return 1 } }) // prettier-ignore

/** Text is in memory: there is nothing to write out. */
export const sync = tool({ name: 'sync', usage: '', short: '', raw: true, *run() { return 0 } }) // prettier-ignore

/** Moves the cursor home and clears what is below, then the scrollback. */
export const clear = tool({
  name: 'clear',
  usage: '',
  short: 'xT:V',
  *run(tool: Tool) {
    yield* tool.print(tool.busybox ? '\x1b[H\x1b[J' : '\x1b[H\x1b[2J\x1b[3J')
  },
})

export const reset = tool({
  name: 'reset',
  usage: '',
  short: '',
  *run(tool: Tool) {
    tool.process.files.get(1)?.terminal?.setMode({ canonical: true, echo: true, signals: true, output: true })
    yield* tool.print('\x1bc\x1b(B\x1b[m\x1b[J\x1b[?25h')
  },
})

export const tty = tool({
  name: 'tty',
  usage: '[-s]',
  short: 's',
  long: { silent: 's', quiet: 's' },
  *run(tool: Tool) {
    const terminal = tool.process.files.get(0)?.terminal
    if (!tool.options.has('s')) yield* tool.print(terminal ? '/dev/pts/0\n' : 'not a tty\n')
    return terminal ? 0 : 1
  },
})

export const whoami = tool({
  name: 'whoami',
  usage: '',
  short: '',
  *run(tool: Tool) {
    yield* tool.print('root\n')
  },
})

/** Everybody is root in a container; so is the learner on nodes and laptop. */
export const id = tool({
  name: 'id',
  usage: '[-ugGnr] [USER]',
  short: 'ugGnr',
  long: { user: 'u', group: 'g', groups: 'G', name: 'n', real: 'r' },
  *run(tool: Tool) {
    const [user] = tool.operands
    if (user !== undefined && user !== 'root' && user !== '0') {
      tool.fail(tool.busybox ? `unknown user ${user}` : `'${user}': no such user`)
    }
    const one = ['u', 'g', 'G'].some((key) => tool.options.has(key))
    const groups = tool.busybox
      ? 'uid=0(root) gid=0(root) groups=0(root),10(wheel)'
      : 'uid=0(root) gid=0(root) groups=0(root)'
    yield* tool.print(`${one ? (tool.options.has('n') ? 'root' : '0') : groups}\n`)
  },
})
