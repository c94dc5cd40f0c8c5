import { tool } from './tool.ts'

export const KERNEL_RELEASE = '6.18.44'
const KERNEL_VERSION = '#1 SMP PREEMPT_DYNAMIC'

export const uname = tool({
  name: 'uname',
  usage: '[-amnrspvio]',
  about: 'Prints what system this is.',
  short: 'asnrvmpio',
  long: {
    all: 'a',
    'kernel-name': 's',
    nodename: 'n',
    'kernel-release': 'r',
    'kernel-version': 'v',
    machine: 'm',
    'operating-system': 'o',
  },
  *run(tool) {
    const { options } = tool
    const parts: readonly (readonly [string, string])[] = [
      ['s', 'Linux'],
      ['n', tool.process.machine.hostname],
      ['r', KERNEL_RELEASE],
      ['v', KERNEL_VERSION],
      ['m', 'x86_64'],
      ['o', 'GNU/Linux'],
    ]
    const all = options.has('a')
    const none = options.given.length === 0
    const shown = parts.filter(([key]) => all || options.has(key) || (none && key === 's'))
    for (const key of ['p', 'i']) if (options.has(key)) shown.push([key, 'unknown'])
    yield* tool.print(`${shown.map(([, text]) => text).join(' ')}\n`)
  },
})

export const nproc = tool({
  name: 'nproc',
  usage: '[--all] [--ignore=N]',
  short: '',
  long: { all: 'all', ignore: 'ignore:' },
  *run(tool) {
    yield* tool.print(`${Math.max(1, 2 - Number(tool.options.get('ignore') ?? 0))}\n`)
  },
})
