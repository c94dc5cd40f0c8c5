import type { Interface, Netem } from '../../../network/index.ts'
import type { Blocking } from '../../process.ts'
import { tool, ToolExit, type Tool } from '../tool.ts'
import { hostOf } from './host.ts'

const UNITS_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 }

/** tc: delay and loss for what leaves through an interface, by the `netem` discipline; the other disciplines are not here. */
export const tc = tool({
  name: 'tc',
  usage: '[ OPTIONS ] OBJECT { COMMAND | help }',
  short: '',
  raw: true,
  *run(tool) {
    const [object = '', action = 'show', ...args] = tool.operands
    if (!'qdisc'.startsWith(object) || object === '')
      throw new ToolExit(1, `Object "${object}" is unknown, try "tc help".\n`)
    if (['show', 'list', 'ls'].includes(action)) return yield* show(tool, args)
    if (!['add', 'change', 'replace', 'del', 'delete'].includes(action))
      throw new ToolExit(1, `Command "${action}" is unknown, try "tc qdisc help".\n`)
    if (!tool.process.machine.facilities.has('netfilter'))
      throw new ToolExit(2, 'RTNETLINK answers: Operation not permitted\n')
    change(interfaceOf(tool, args), action, args)
    return 0
  },
})

function interfaceOf(tool: Tool, args: readonly string[]): Interface {
  const name = args[args.indexOf('dev') + 1]
  if (!args.includes('dev') || name === undefined) throw new ToolExit(1, 'Error: Must specify device.\n')
  const found = hostOf(tool.process)?.interfaces.get(name)
  if (!found) throw new ToolExit(1, `Cannot find device "${name}"\n`)
  return found
}

function change(device: Interface, action: string, args: readonly string[]): void {
  if (action.startsWith('del')) {
    if (!device.netem) throw new ToolExit(2, 'Error: Cannot delete qdisc with handle of zero.\n')
    device.netem = undefined
    return
  }
  const kind = args.indexOf('netem')
  if (!args.includes('root') || kind < 0) {
    const named = args.find((arg, index) => !['root', 'dev'].includes(arg) && args[index - 1] !== 'dev')
    throw new ToolExit(1, `Unknown qdisc "${named ?? ''}", hence option "" is unparsable\n`)
  }
  if (action === 'add' && device.netem) throw new ToolExit(2, 'Error: Exclusivity flag on, cannot modify.\n')
  device.netem = netemOf(args.slice(kind + 1))
}

/** `delay 100ms 10ms loss 5%`. @throws ToolExit */
function netemOf(words: readonly string[]): Netem {
  const netem = { delayMs: 0, jitterMs: 0, lossRatio: 0 }
  for (let index = 0; index < words.length; index++) {
    const word = words[index]
    if (word === 'delay' || word === 'latency') {
      netem.delayMs = duration(words[++index]) ?? illegal('latency')
      const jitter = duration(words[index + 1])
      if (jitter !== undefined) {
        netem.jitterMs = jitter
        index++
      }
    } else if (word === 'loss') {
      if (words[index + 1] === 'random') index++
      netem.lossRatio = ratio(words[++index]) ?? illegal('loss percent')
    } else
      throw new ToolExit(
        1,
        `What is "${word}"?\nUsage: ... netem [ delay TIME [ JITTER ]] [ loss PERCENT ]\n`,
      )
  }
  return netem
}

function illegal(what: string): never {
  throw new ToolExit(1, `Illegal "${what}"\n`)
}

function duration(text: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s)$/.exec(text ?? '')
  return match ? Number(match[1]) * UNITS_MS[match[2]!]! : undefined
}

function ratio(text: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text ?? '')
  return match && Number(match[1]) <= 100 ? Number(match[1]) / 100 : undefined
}

function* show(tool: Tool, args: readonly string[]): Blocking<number> {
  const devices = args.includes('dev')
    ? [interfaceOf(tool, args)]
    : [...(hostOf(tool.process)?.interfaces.values() ?? [])]
  for (const device of devices) {
    const on = args.includes('dev') ? '' : ` dev ${device.name}`
    yield* tool.print(
      device.netem
        ? `qdisc netem 8001:${on} root refcnt 2 limit 1000${describe(device.netem)}\n`
        : `qdisc noqueue 0:${on} root refcnt 2\n`,
    )
  }
  return 0
}

function describe({ delayMs, jitterMs, lossRatio }: Netem): string {
  const time = (ms: number) => (ms >= 1000 ? `${ms / 1000}s` : ms >= 1 ? `${ms}ms` : `${ms * 1000}us`)
  const delay = delayMs > 0 ? ` delay ${time(delayMs)}${jitterMs > 0 ? `  ${time(jitterMs)}` : ''}` : ''
  return `${delay}${lossRatio > 0 ? ` loss ${lossRatio * 100}%` : ''}`
}
