import { formatAddress, type Host, type Interface, type Prefix } from '../../../network/index.ts'
import type { Process } from '../../process.ts'
import type { SocketInfo } from '../../../network/socket-layer.ts'

/** The network namespace behind a machine's sockets, where there is one to look into. */
export function hostOf(process: Process): Host | undefined {
  return (process.machine.network as { readonly host?: Host }).host
}

export function interfacesOf(process: Process): readonly Interface[] {
  return [...(hostOf(process)?.interfaces.values() ?? [])]
}

export function socketsOf(process: Process): readonly SocketInfo[] {
  return hostOf(process)?.transport.list() ?? []
}

/** Addresses of the interfaces but lo, in order. */
export function localAddresses(process: Process): string[] {
  return interfacesOf(process).flatMap(({ name, addresses }) =>
    name === 'lo' ? [] : addresses.map(({ address }) => formatAddress(address)),
  )
}

/** A link-layer address: locally administered, the same for the same host and interface. */
export function hardwareAddress({ host, name }: Interface): string {
  if (name === 'lo') return '00:00:00:00:00:00'
  let hash = 0x811c9dc5
  let high = 0
  for (const character of `${host.name}/${name}`) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193)
    high = (high + hash) & 0xff
  }
  const bytes = [
    (high & 0xfc) | 2,
    high ^ 0x5a,
    hash >>> 24,
    (hash >>> 16) & 255,
    (hash >>> 8) & 255,
    hash & 255,
  ]
  return bytes.map((byte) => (byte & 255).toString(16).padStart(2, '0')).join(':')
}

/** The last address of a network. */
export function broadcastOf({ address, mask }: Prefix): string {
  return formatAddress((address | ~mask) >>> 0)
}

export function networkOf({ address, mask }: Prefix): string {
  return formatAddress((address & mask) >>> 0)
}
