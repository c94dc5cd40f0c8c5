import type { SocketInfo } from '../../../network/socket-layer.ts'
import type { Options } from '../options.ts'
import { tool, type Tool } from '../tool.ts'
import { socketsOf } from './host.ts'

/** Which sockets the options -t -u -l -a ask for. */
function selected(options: Options, all: readonly SocketInfo[]): readonly SocketInfo[] {
  const protocols = ['tcp', 'udp'].filter((name) => options.has(name[0]!))
  const listening = (info: SocketInfo) => info.state === 'LISTEN' || info.state === 'UNCONN'
  return all
    .filter(({ protocol }) => protocols.length === 0 || protocols.includes(protocol))
    .filter((info) => options.has('a') || listening(info) === options.has('l'))
    .sort((a, b) => Number(b.protocol === 'udp') - Number(a.protocol === 'udp'))
}

const peer = ({ remote }: SocketInfo): { address: string; port: string } =>
  remote ? { address: remote.address, port: String(remote.port) } : { address: '0.0.0.0', port: '*' }

/** iproute2's ss. */
export const ss = tool({
  name: 'ss',
  usage: '[-tulnap]',
  usageCode: 255,
  short: 'tulanpesmiohHr46',
  long: { tcp: 't', udp: 'u', listening: 'l', all: 'a', numeric: 'n', processes: 'p', 'no-header': 'H' },
  *run(tool: Tool) {
    const { options } = tool
    const sockets = selected(options, socketsOf(tool.process))
    const one = options.has('t') !== options.has('u')
    const stateOf = ({ state }: SocketInfo) =>
      ({ ESTABLISHED: 'ESTAB', 'CLOSE-WAIT': 'CLOSE-WAIT' })[state] ?? state
    const stateWidth = Math.max(6, ...sockets.map((each) => stateOf(each).length))
    const rows = sockets.map((each) => ({ each, local: each.local, remote: peer(each) }))
    const width = (least: number, texts: readonly string[]) =>
      Math.max(least, ...texts.map(({ length }) => length))
    const local = width(
      13,
      rows.map((row) => row.local.address),
    )
    const localPort = width(
      4,
      rows.map((row) => String(row.local.port)),
    )
    const remote = width(
      12,
      rows.map((row) => row.remote.address),
    )
    const remotePort = width(
      4,
      rows.map((row) => row.remote.port),
    )
    const netid = (text: string) => (one ? '' : `${text.padEnd(5)} `)
    const line = (
      net: string,
      state: string,
      recv: string,
      send: string,
      a: string,
      ap: string,
      b: string,
      bp: string,
      end: string,
    ) =>
      `${netid(net)}${state.padEnd(stateWidth)} ${recv.padEnd(6)} ${send.padEnd(6)} ${a.padStart(local)}:${ap.padEnd(localPort)} ${b.padStart(remote)}:${bp.padEnd(remotePort)}${end}\n`
    if (!options.has('H'))
      tool.put(
        line(
          'Netid',
          'State',
          'Recv-Q',
          'Send-Q',
          'Local Address',
          'Port',
          'Peer Address',
          'Port',
          'Process',
        ),
      )
    for (const row of rows) {
      const backlog = row.each.state === 'LISTEN' ? '4096' : '0'
      tool.put(
        line(
          row.each.protocol,
          stateOf(row.each),
          '0',
          backlog,
          row.local.address,
          String(row.local.port),
          row.remote.address,
          row.remote.port,
          '       ',
        ),
      )
    }
  },
})

/** netstat of net-tools and of busybox, for sockets. */
export const netstat = tool({
  name: 'netstat',
  usage: '[-ral] [-tuwx] [-en]',
  short: 'tulanprewx',
  long: { tcp: 't', udp: 'u', listening: 'l', all: 'a', numeric: 'n', programs: 'p' },
  *run(tool: Tool) {
    const { options } = tool
    const title = options.has('l')
      ? 'only servers'
      : options.has('a')
        ? 'servers and established'
        : 'w/o servers'
    const stateWidth = tool.busybox ? 12 : 11
    tool.put(
      `Active Internet connections (${title})\nProto Recv-Q Send-Q Local Address           Foreign Address         ${'State'.padEnd(stateWidth)}\n`,
    )
    const sockets = [...selected(options, socketsOf(tool.process))].sort((a, b) =>
      a.protocol < b.protocol ? -1 : a.protocol > b.protocol ? 1 : 0,
    )
    for (const each of sockets) {
      const state = each.protocol === 'udp' ? '' : each.state.replaceAll('-', '_')
      const { address, port } = peer(each)
      const local = `${each.local.address}:${each.local.port}`
      tool.put(
        `${each.protocol.padEnd(5)} ${'0'.padStart(6)} ${'0'.padStart(6)} ${local.padEnd(23)} ${`${address}:${port}`.padEnd(23)} ${state.padEnd(stateWidth)}\n`,
      )
    }
  },
})
