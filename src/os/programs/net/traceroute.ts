import type { PingResult } from '../../../network/sockets.ts'
import { getaddrinfo, resolveErrorText, reverseLookup } from '../../net/resolver.ts'
import { waitAtMost } from '../../net/waiting.ts'
import type { Blocking } from '../../process.ts'
import { tool, type Tool } from '../tool.ts'

/** Probes with growing TTL. They are echo requests (`traceroute -I`), whatever the options say. */
export const traceroute = tool({
  name: 'traceroute',
  usage: '[-nI] [-m MAXTTL] [-q PROBES] [-w WAIT_SEC] HOST [BYTES]',
  usageCode: 2,
  short: 'nIm:q:w:f:4T',
  *run(tool: Tool) {
    const { options, process } = tool
    const [target] = tool.operands
    if (target === undefined) tool.usageError(tool.busybox ? undefined : 'Specify "host" missing argument.')
    const found = yield* getaddrinfo(process, target, { family: 4 })
    if (!found.ok)
      tool.fail(
        tool.busybox ? `bad address '${target}'` : `${target}: ${resolveErrorText(process, found.error)}`,
        tool.busybox ? 1 : 2,
      )
    const address = found.addresses[0]!
    const hops = Number(options.get('m') ?? 30)
    yield* process.print(
      `traceroute to ${target} (${address}), ${hops} hops max, ${tool.busybox ? 46 : 60} byte packets\n`,
    )
    for (let ttl = Number(options.get('f') ?? 1); ttl <= hops; ttl++) {
      if (yield* hop(tool, address, ttl)) break
    }
  },
})

/** @returns whether the destination was reached */
function* hop(tool: Tool, address: string, ttl: number): Blocking<boolean> {
  const { options, process } = tool
  const waitMs = Number(options.get('w') ?? (tool.busybox ? 3 : 5)) * 1000
  let line = String(ttl).padStart(2)
  let shown = ''
  let reached = false
  for (let probe = 0; probe < Number(options.get('q') ?? 3); probe++) {
    const sentMs = process.now()
    const result = yield* waitAtMost<PingResult>(process, waitMs, (resume) =>
      process.machine.network.ping(address, { ttl, bytes: 32, sequence: ttl * 8 + probe }, resume),
    )
    if (!result) {
      line += shown === '' && probe === 0 ? '  *' : tool.busybox ? '  *' : ' *'
      continue
    }
    if (result.from !== shown) {
      shown = result.from
      const name = options.has('n') ? undefined : ((yield* reverseLookup(process, shown)) ?? shown)
      line += `  ${name === undefined ? shown : `${name} (${shown})`}`
    }
    line += `  ${(process.now() - sentMs).toFixed(3)} ms`
    if (result.kind !== 'ttl-exceeded') reached = true
    if (result.kind === 'unreachable') line += ` !${result.reason === 'net' ? 'N' : 'H'}`
  }
  yield* process.print(`${line}\n`)
  return reached
}
