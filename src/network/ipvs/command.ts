import { formatAddress } from '../address.ts'
import type { CommandResult } from '../iptables/command.ts'
import type { Ipvs, VirtualServer } from './ipvs.ts'

const TITLE = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
`

/** `ipvsadm [-L|-l] [-n]`: the virtual servers and their real ones. */
export function runIpvsadm(argv: readonly string[], ipvs: Ipvs): CommandResult {
  const letters = argv.flatMap(
    (word) => LONG[word] ?? (/^-[A-Za-z]+$/.test(word) ? [...word.slice(1)] : [word]),
  )
  const stranger = letters.find((letter) => !['L', 'l', 'n'].includes(letter))
  if (stranger !== undefined)
    return { stdout: '', stderr: `ipvsadm: ${stranger}: only listing (-Ln) is simulated\n`, exitCode: 2 }
  return {
    stdout: TITLE + ipvs.virtualServers.map((one) => describe(one, ipvs)).join(''),
    stderr: '',
    exitCode: 0,
  }
}

const LONG: Readonly<Record<string, readonly string[]>> = { '--list': ['L'], '--numeric': ['n'] }

function describe(virtual: VirtualServer, ipvs: Ipvs): string {
  const { protocol, address, port, scheduler, persistentS, servers } = virtual
  const flags = persistentS === undefined ? '' : ` persistent ${persistentS}`
  const head = `${protocol.toUpperCase()}  ${formatAddress(address)}:${port} ${scheduler}${flags}\n`
  return servers.reduce((text, server) => {
    const { active, inactive } = ipvs.connections(virtual, server)
    const remote = `${formatAddress(server.address)}:${server.port}`.padEnd(28)
    return `${text}  -> ${remote} Masq    1      ${String(active).padEnd(10)} ${String(inactive).padEnd(10)}\n`
  }, head)
}
