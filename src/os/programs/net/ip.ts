import {
  formatAddress,
  formatPrefix,
  parseAddress,
  type Host,
  type Interface,
  type Route,
} from '../../../network/index.ts'
import type { Blocking } from '../../process.ts'
import { tool, ToolExit, type Tool } from '../tool.ts'
import { broadcastOf, hardwareAddress, hostOf, interfacesOf } from './host.ts'

/** iproute2's ip, and busybox's: addresses, links and routes. Changing them takes a machine that may (a node). */
export const ip = tool({
  name: 'ip',
  usage: '[OPTIONS] address|route|link|tunnel|neigh|rule [ARGS]',
  short: '',
  raw: true,
  *run(tool: Tool) {
    const words = [...tool.operands]
    const flags = new Set<string>()
    while (words[0]?.startsWith('-')) flags.add(words.shift()!)
    const [object, ...args] = words
    if (object === undefined) tool.usageError()
    const known = Object.keys(OBJECTS).find(
      (name) => name.startsWith(object) || (name === 'address' && object === 'addr'),
    )
    if (!known) {
      if (tool.busybox) tool.usageError()
      throw new ToolExit(1, `Object "${object}" is unknown, try "ip help".\n`)
    }
    return yield* OBJECTS[known]!({ tool, args, flags })
  },
})

interface Call {
  readonly tool: Tool
  readonly args: readonly string[]
  readonly flags: ReadonlySet<string>
}

const OBJECTS: Readonly<Record<string, (call: Call) => Blocking<number | void>>> = {
  address: (call) =>
    /^(add|del)/.test(call.args[0] ?? '')
      ? changeAddress(call)
      : call.tool.print(
          interfaces(call)
            .map((each) => showAddress(call, each))
            .join(''),
        ),
  link: (call) =>
    call.args[0] === 'set'
      ? setLink(call)
      : call.tool.print(
          interfaces(call)
            .map((each) => showLink(call, each))
            .join(''),
        ),
  route: (call) => route(call),
  neighbour: (call) => call.tool.print(''),
  rule: (call) =>
    call.tool.print(
      '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n',
    ),
}

/** The interfaces that `show [dev] NAME` means. */
function interfaces({ tool, args }: Call): readonly Interface[] {
  const words = args.filter((word) => !['show', 'list', 'ls', 'sh', 's', 'dev', 'up'].includes(word))
  const all = interfacesOf(tool.process)
  if (words.length === 0) return args.includes('up') ? all.filter(({ up }) => up) : all
  const found = all.filter(({ name }) => name === words[0])
  if (found.length > 0) return found
  throw new ToolExit(
    1,
    tool.busybox ? `ip: can't find device '${words[0]}'\n` : `Device "${words[0]}" does not exist.\n`,
  )
}

const indexOf = (each: Interface): number => [...each.host.interfaces.keys()].indexOf(each.name) + 1

/** The other end of a veth pair, which `ip` shows after an @. */
function peerOf(each: Interface): Interface | undefined {
  const members = each.segment?.members ?? []
  return members.length === 2 ? members.find((member) => member !== each) : undefined
}

function title(each: Interface): string {
  const peer = peerOf(each)
  return peer ? `${each.name}@if${indexOf(peer)}` : each.name
}

function flagsOf({ tool }: Call, each: Interface): string {
  if (each.name === 'lo') return 'LOOPBACK,UP,LOWER_UP'
  const up = each.up ? (tool.busybox && peerOf(each) ? 'UP,LOWER_UP,M-DOWN' : 'UP,LOWER_UP') : ''
  return `BROADCAST,MULTICAST${up === '' ? '' : `,${up}`}`
}

function heading(call: Call, each: Interface, mode: string): string {
  const lo = each.name === 'lo'
  const state = lo ? 'UNKNOWN' : each.up ? 'UP' : 'DOWN'
  const details = call.tool.busybox ? '' : ` state ${state}${mode} group default`
  return `${indexOf(each)}: ${title(each)}: <${flagsOf(call, each)}> mtu ${lo ? 65536 : 1500} qdisc noqueue${details} qlen 1000\n`
}

function linkLine(each: Interface): string {
  const lo = each.name === 'lo'
  return `    link/${lo ? 'loopback' : 'ether'} ${hardwareAddress(each)} brd ${lo ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff'}\n`
}

const stateName = (each: Interface): string => (each.name === 'lo' ? 'UNKNOWN' : each.up ? 'UP' : 'DOWN')

function showLink(call: Call, each: Interface): string {
  if (brief(call))
    return `${title(each).padEnd(16)} ${stateName(each).padEnd(14)} ${hardwareAddress(each)} <${flagsOf(call, each)}> \n`
  return heading(call, each, ' mode DEFAULT') + linkLine(each)
}

const brief = ({ flags }: Call): boolean => ['-br', '-brief'].some((flag) => flags.has(flag))

function showAddress(call: Call, each: Interface): string {
  if (brief(call))
    return `${title(each).padEnd(16)} ${stateName(each).padEnd(14)} ${each.addresses.map((address) => `${formatPrefix(address)} `).join('')}\n`
  const inet6Only = call.flags.has('-6')
  const lines = inet6Only
    ? []
    : each.addresses.map((address) => {
        const scope =
          each.name === 'lo'
            ? 'scope host'
            : address.length === 32
              ? 'scope global'
              : `brd ${broadcastOf(address)} scope global`
        return `    inet ${formatPrefix(address)} ${scope} ${each.name}\n       valid_lft forever preferred_lft forever\n`
      })
  return `${heading(call, each, '')}${call.flags.has('-4') || inet6Only ? '' : linkLine(each)}${lines.join('')}`
}

/** A machine that was lent its netfilter tables has CAP_NET_ADMIN. */
function administered({ tool }: Call): Host {
  const host = hostOf(tool.process)
  if (!host || !tool.process.machine.facilities.has('netfilter')) {
    throw new ToolExit(2, `${tool.busybox ? 'ip: ' : ''}RTNETLINK answers: Operation not permitted\n`)
  }
  return host
}

function valueAfter(args: readonly string[], ...words: string[]): string | undefined {
  const index = args.findIndex((arg) => words.includes(arg))
  return index < 0 ? undefined : args[index + 1]
}

/** Runs a change of the network; an address that does not parse is the user's. */
function attempt(what: string | undefined, change: () => void): void {
  try {
    change()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ToolExit(1, `Error: any valid prefix is expected rather than "${what ?? ''}".\n`)
  }
}

function* setLink(call: Call): Blocking<number> {
  const host = administered(call)
  const words = call.args.slice(1).filter((word) => word !== 'dev')
  const found = host.interfaces.get(words[0] ?? '')
  if (!found) throw new ToolExit(1, `Cannot find device "${words[0] ?? ''}"\n`)
  if (words[1] === 'up' || words[1] === 'down') found.up = words[1] === 'up'
  return 0
}

function* changeAddress(call: Call): Blocking<number> {
  const host = administered(call)
  const [action, prefix = ''] = call.args
  const device = valueAfter(call.args, 'dev') ?? ''
  if (!host.interfaces.has(device)) throw new ToolExit(1, `Cannot find device "${device}"\n`)
  attempt(prefix, () =>
    action === 'add' ? host.addAddress(device, prefix) : host.removeAddress(device, prefix),
  )
  return 0
}

function* route(call: Call): Blocking<number | void> {
  const { tool, args } = call
  const host = hostOf(tool.process)
  const action = args[0] ?? 'show'
  if (action === 'get') return yield* tool.print(routeGet(call, host))
  if (['add', 'del', 'delete', 'replace'].includes(action)) return changeRoute(call, action)
  const wanted = valueAfter(args, 'dev')
  const routes = [...(host?.routes.list() ?? [])].filter(
    (each) => wanted === undefined || each.interface === wanted,
  )
  routes.sort(
    (a, b) =>
      Number(a.destination.length > 0) - Number(b.destination.length > 0) ||
      a.destination.address - b.destination.address ||
      b.destination.length - a.destination.length,
  )
  yield* tool.print(routes.map((each) => showRoute(call, host!, each)).join(''))
  return 0
}

function showRoute(
  { tool }: Call,
  host: Host,
  { destination, via, interface: device, source }: Route,
): string {
  const to =
    destination.length === 0
      ? 'default'
      : destination.length === 32
        ? formatAddress(destination.address)
        : formatPrefix(destination)
  if (via !== undefined) return `${to} via ${formatAddress(via)} dev ${device} \n`
  const from = source ?? host.primaryAddress(device)
  const src = from === undefined ? '' : `src ${formatAddress(from)} `
  return tool.busybox
    ? `${to} dev ${device} scope link  ${src}\n`
    : `${to} dev ${device} ${source === undefined && src !== '' ? 'proto kernel ' : ''}scope link ${src}\n`
}

function changeRoute(call: Call, action: string): number {
  const host = administered(call)
  const to = call.args[1] ?? ''
  const destination = to === 'default' ? '0.0.0.0/0' : to
  const via = valueAfter(call.args, 'via')
  const device = valueAfter(call.args, 'dev')
  attempt(to, () => {
    if (action !== 'add') host.routes.remove(destination, action === 'replace' ? undefined : device)
    if (!action.startsWith('del'))
      host.routes.add({ destination, interface: device ?? '', ...(via !== undefined && { via }) })
  })
  return 0
}

function routeGet({ tool, args }: Call, host: Host | undefined): string {
  const words = args.slice(1).filter((word) => word !== 'to')
  const address = words[0] ?? ''
  let found: Route | undefined
  let numeric = 0
  attempt(address, () => {
    numeric = parseAddress(address)
    found = host?.routes.lookup(numeric)
  })
  if (!found)
    throw new ToolExit(2, `${tool.busybox ? 'ip: ' : ''}RTNETLINK answers: Network is unreachable\n`)
  const source = host!.sourceFor(numeric)
  const via = found.via === undefined ? '' : `via ${formatAddress(found.via)} `
  const src = source === undefined ? '' : `src ${formatAddress(source)} `
  return tool.busybox
    ? `${address} ${via}dev ${found.interface}  ${src}\n`
    : `${address} ${via}dev ${found.interface} ${src}uid 0 \n    cache \n`
}
