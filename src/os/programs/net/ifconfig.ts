import { formatAddress, type Interface } from '../../../network/index.ts'
import { tool, type Tool } from '../tool.ts'
import { broadcastOf, hardwareAddress, hostOf, interfacesOf, networkOf } from './host.ts'

/** ifconfig of net-tools and of busybox. Counters are left at zero: interfaces here do not count. */
export const ifconfig = tool({
  name: 'ifconfig',
  usage: '[-a] [INTERFACE]',
  short: 'as',
  *run(tool: Tool) {
    const [name] = tool.operands
    const all = interfacesOf(tool.process)
    const shown = name === undefined ? all : all.filter((each) => each.name === name)
    if (name !== undefined && shown.length === 0) {
      tool.fail(`${name}: error fetching interface information: Device not found`)
    }
    const sorted = [...shown].sort((a, b) => Number(a.name === 'lo') - Number(b.name === 'lo'))
    yield* tool.print(sorted.map((each) => (tool.busybox ? busyboxBlock(each) : debianBlock(each))).join(''))
  },
})

function busyboxBlock(each: Interface): string {
  const lo = each.name === 'lo'
  const link = lo ? 'Local Loopback' : `Ethernet  HWaddr ${hardwareAddress(each).toUpperCase()}`
  const [address] = each.addresses
  const indent = ' '.repeat(10)
  const inet = address
    ? `${indent}inet addr:${formatAddress(address.address)}${lo ? '' : `  Bcast:${broadcastOf(address)}`}  Mask:${formatAddress(address.mask >>> 0)}\n`
    : ''
  const flags = lo
    ? 'UP LOOPBACK RUNNING'
    : `${each.up ? 'UP ' : ''}BROADCAST ${each.up ? 'RUNNING ' : ''}MULTICAST`
  return (
    `${each.name.padEnd(9)} Link encap:${link}  \n${inet}${indent}${flags}  MTU:${lo ? 65536 : 1500}  Metric:1\n` +
    `${indent}RX packets:0 errors:0 dropped:0 overruns:0 frame:0\n${indent}TX packets:0 errors:0 dropped:0 overruns:0 carrier:0\n` +
    `${indent}collisions:0 txqueuelen:1000 \n${indent}RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)\n\n`
  )
}

function debianBlock(each: Interface): string {
  const lo = each.name === 'lo'
  const [address] = each.addresses
  const flags = lo
    ? '73<UP,LOOPBACK,RUNNING>'
    : each.up
      ? '4163<UP,BROADCAST,RUNNING,MULTICAST>'
      : '4098<BROADCAST,MULTICAST>'
  const inet = address
    ? `        inet ${formatAddress(address.address)}  netmask ${formatAddress(address.mask >>> 0)}${lo ? '' : `  broadcast ${broadcastOf(address)}`}\n`
    : ''
  const link = lo
    ? 'loop  txqueuelen 1000  (Local Loopback)'
    : `ether ${hardwareAddress(each)}  txqueuelen 1000  (Ethernet)`
  const counters = [
    'RX packets 0  bytes 0 (0.0 B)',
    'RX errors 0  dropped 0  overruns 0  frame 0',
    'TX packets 0  bytes 0 (0.0 B)',
    'TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0',
  ]
  return `${each.name}: flags=${flags}  mtu ${lo ? 65536 : 1500}\n${inet}        ${link}\n${counters.map((line) => `        ${line}\n`).join('')}\n`
}

export const route = tool({
  name: 'route',
  usage: '[-n]',
  short: 'ne',
  *run(tool: Tool) {
    const host = hostOf(tool.process)
    const cell = (text: string) => text.padEnd(15)
    const routes = [...(host?.routes.list() ?? [])].sort(
      (a, b) => a.destination.length - b.destination.length,
    )
    const lines = routes.map(({ destination, via, interface: device }) => {
      const gateway = via === undefined ? '0.0.0.0' : formatAddress(via)
      const flags = via === undefined ? 'U' : 'UG'
      return `${cell(networkOf(destination))} ${cell(gateway)} ${cell(formatAddress(destination.mask >>> 0))} ${flags.padEnd(5)} 0      0        0 ${device}\n`
    })
    yield* tool.print(
      `Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n${lines.join('')}`,
    )
  },
})
