import type { PingResult } from '../../../network/sockets.ts'
import { isIPv4, isIPv6 } from '../../net/dns.ts'
import { getaddrinfo, resolveErrorText, reverseLookup } from '../../net/resolver.ts'
import { Inbox } from '../../net/waiting.ts'
import type { Blocking } from '../../process.ts'
import { parseSeconds } from '../numbers.ts'
import { tool, type Tool } from '../tool.ts'

interface Run {
  readonly tool: Tool
  readonly target: string
  readonly address: string
  readonly bytes: number
  readonly results: Inbox<{ sequence: number; result: PingResult }>
  /** The name shown for the address that answers (iputils). */
  label: string
  sent: number
  errors: number
  readonly times: number[]
}

/** ping of busybox and of iputils: the same echo requests, other words. */
export const ping = tool({
  name: 'ping',
  usage: '[OPTIONS] HOST',
  about: 'Send ICMP ECHO_REQUESTs to HOST',
  short: 'c:i:W:w:s:t:qn46I:Af',
  *run(tool: Tool) {
    const { options, process } = tool
    const [target] = tool.operands
    if (target === undefined) {
      if (tool.busybox) tool.usageError()
      tool.fail('usage error: Destination address required')
    }
    const found = yield* getaddrinfo(process, target, { family: 4 })
    if (!found.ok) {
      if (tool.busybox) tool.fail(`bad address '${target}'`)
      tool.fail(`${target}: ${resolveErrorText(process, found.error)}`, 2)
    }
    const bytes = Number(options.get('s') ?? 56)
    const run: Run = {
      tool,
      target,
      address: found.addresses[0]!,
      bytes,
      results: new Inbox(),
      label: '',
      sent: 0,
      errors: 0,
      times: [],
    }
    process.onSignal('SIGINT', () => {})
    const startedMs = process.now()
    yield* process.print(
      tool.busybox
        ? `PING ${target} (${run.address}): ${bytes} data bytes\n`
        : `PING ${target} (${run.address}) ${bytes}(${bytes + 28}) bytes of data.\n`,
    )
    const stopped = yield* process.interruptible(exchange(run, startedMs))
    const refused = 'value' in stopped ? stopped.value : undefined
    if (refused !== undefined) return refused
    yield* process.print(statistics(run, process.now() - startedMs))
    return run.times.length > 0 ? 0 : 1
  },
})

/** Sends and receives until all is done. @returns an exit code when the first packet could not leave at all */
function* exchange(run: Run, startedMs: number): Blocking<number | undefined> {
  const { options, process } = run.tool
  const count = Number(options.get('c') ?? Infinity)
  const intervalMs = seconds(run, 'i', 1) * 1000
  const deadlineMs = startedMs + seconds(run, 'w', Infinity) * 1000
  for (let sequence = 0; sequence < count && process.now() < deadlineMs; sequence++) {
    const sentMs = process.now()
    send(run, sequence)
    const last = sequence + 1 >= count
    const untilMs = Math.min(deadlineMs, last ? Infinity : sentMs + intervalMs)
    for (;;) {
      if (last && run.times.length + run.errors >= count) return undefined
      const patienceMs = last ? lingerMs(run, sentMs) - process.now() : untilMs - process.now()
      const waitMs = Math.min(patienceMs, deadlineMs - process.now())
      const next = waitMs > 0 ? yield* run.results.take(process, waitMs) : 'timeout'
      if (typeof next === 'string') break
      const code = yield* receive(run, next.item.sequence, next.item.result)
      if (code !== undefined) return code
    }
  }
  return undefined
}

/** How long to wait after the last request: -W, but hardly longer than it took before. */
function lingerMs(run: Run, sentMs: number): number {
  if (run.times.length > 0) return sentMs + Math.max(1000, Math.max(...run.times) * 2)
  return sentMs + seconds(run, 'W', 10) * 1000
}

function seconds({ tool }: Run, key: string, fallback: number): number {
  const text = tool.options.get(key)
  if (text === undefined) return fallback
  return (
    parseSeconds(text) ?? tool.fail(tool.busybox ? `invalid number '${text}'` : `invalid argument: '${text}'`)
  )
}

function send(run: Run, sequence: number): void {
  const { process, options } = run.tool
  run.sent++
  process.machine.network.ping(
    run.address,
    { ttl: Number(options.get('t') ?? 64), bytes: run.bytes, sequence },
    (result) => run.results.put({ sequence, result }),
  )
}

function* receive(run: Run, sequence: number, result: PingResult): Blocking<number | undefined> {
  const { busybox, options, process } = run.tool
  if (result.kind === 'reply') {
    run.times.push(result.roundTripMs)
    if (run.label === '') run.label = yield* labelOf(run, result.from)
    const time = `time=${busybox ? result.roundTripMs.toFixed(3) : precise(result.roundTripMs)} ms`
    if (options.has('q')) return undefined
    const size = run.bytes + 8
    yield* process.print(
      busybox
        ? `${size} bytes from ${result.from}: seq=${sequence} ttl=${result.ttl} ${time}\n`
        : `${size} bytes from ${run.label}: icmp_seq=${sequence + 1} ttl=${result.ttl} ${time}\n`,
    )
    return undefined
  }
  // Without a route nothing is sent at all.
  const noRoute = result.kind === 'unreachable' && result.reason === 'net' && result.from === '0.0.0.0'
  if (noRoute) {
    yield* process.printError(
      busybox ? 'ping: sendto: Network is unreachable\n' : 'ping: connect: Network is unreachable\n',
    )
    return busybox ? 1 : 2
  }
  run.errors++
  // busybox looks for its identifier first, which an ICMP error has not where an echo has it: not its business.
  if (busybox) return undefined
  const reason =
    result.kind === 'unreachable'
      ? `Destination ${{ net: 'Net', host: 'Host', port: 'Port' }[result.reason]} Unreachable`
      : 'Time to live exceeded'
  yield* process.print(`From ${result.from} icmp_seq=${sequence + 1} ${reason}\n`)
  return undefined
}

function* labelOf(run: Run, from: string): Blocking<string> {
  const { tool, target } = run
  if (tool.busybox || tool.options.has('n') || isIPv4(target) || isIPv6(target)) return from
  const name = yield* reverseLookup(tool.process, from)
  return name === undefined ? from : `${name} (${from})`
}

/** iputils prints three digits that count. */
const precise = (ms: number): string =>
  ms < 1 ? ms.toFixed(3) : ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0)

function statistics(run: Run, elapsedMs: number): string {
  const { times, sent, errors, tool } = run
  const loss = sent === 0 ? 0 : Math.floor(((sent - times.length) * 100) / sent)
  const [least, most] = [Math.min(...times), Math.max(...times)]
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length
  const head = `\n--- ${run.target} ping statistics ---\n`
  if (tool.busybox) {
    const trips =
      times.length > 0
        ? `round-trip min/avg/max = ${least.toFixed(3)}/${mean.toFixed(3)}/${most.toFixed(3)} ms\n`
        : ''
    return `${head}${sent} packets transmitted, ${times.length} packets received, ${loss}% packet loss\n${trips}`
  }
  const deviation = Math.sqrt(
    Math.max(0, times.reduce((sum, time) => sum + time * time, 0) / times.length - mean * mean),
  )
  const trips =
    times.length > 0
      ? `rtt min/avg/max/mdev = ${[least, mean, most, deviation].map((time) => time.toFixed(3)).join('/')} ms\n`
      : '\n'
  const failed = errors > 0 ? `+${errors} errors, ` : ''
  return `${head}${sent} packets transmitted, ${times.length} received, ${failed}${loss}% packet loss, time ${Math.round(elapsedMs)}ms\n${trips}`
}
