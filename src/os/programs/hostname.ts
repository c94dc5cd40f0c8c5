import { getaddrinfo } from '../net/resolver.ts'
import { localAddresses } from './net/host.ts'
import { tool, type Tool } from './tool.ts'

export const hostname = tool({
  name: 'hostname',
  usage: '[-sidf]',
  about: "Prints this machine's name.",
  short: 'sidfIFA',
  long: { short: 's', 'ip-address': 'i', domain: 'd', fqdn: 'f', long: 'f', 'all-ip-addresses': 'I' },
  *run(tool: Tool) {
    const { options, process, operands } = tool
    const short = process.machine.hostname
    // The full name is what the resolver says is the canonical one of the short name.
    const full = options.has('f') || options.has('d') ? yield* getaddrinfo(process, short) : undefined
    const name = full?.ok ? full.canonicalName : short
    if (operands.length > 0)
      tool.fail(
        tool.busybox ? 'sethostname: Operation not permitted' : 'you must be root to change the host name',
      )
    if (options.has('I'))
      return yield* tool.print(
        `${localAddresses(process)
          .map((address) => `${address} `)
          .join('')}\n`,
      )
    if (!options.has('i')) {
      const dot = name.indexOf('.')
      const shown =
        options.has('s') && dot > 0
          ? name.slice(0, dot)
          : options.has('d')
            ? dot > 0
              ? name.slice(dot + 1)
              : ''
            : name
      if (!options.has('d') || shown !== '') yield* tool.print(`${shown}\n`)
      return
    }
    const found = yield* getaddrinfo(process, name)
    if (!found.ok) tool.fail(tool.busybox ? `${name}: Unknown host` : 'Name or service not known')
    yield* tool.print(`${found.addresses.join(' ')}\n`)
  },
})
