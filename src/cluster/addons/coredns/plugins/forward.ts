import { dnsResponse, isIPv4, isIPv6, type DnsMessage } from '../../../../os/net/dns.ts'
import { dnsMessageSize } from '../../../../os/net/dns-size.ts'
import {
  fallsThrough,
  isBelow,
  normalise,
  wrong,
  wrongArguments,
  type DnsRequest,
  type Plugin,
  type Setup,
} from '../plugin.ts'
import { reportError } from './errors.ts'

interface Upstream {
  readonly address: string
  readonly port: number
}

/** How long an upstream may take, and how long a query may in all. */
const READ_TIMEOUT_MS = 2000
const DEADLINE_MS = 5000

/** Options that are read and change nothing that can be seen here. */
const OPTIONS = new Set([
  'max_concurrent',
  'expire',
  'max_fails',
  'health_check',
  'policy',
  'prefer_udp',
  'force_tcp',
  'tls',
  'tls_servername',
])

/** `forward FROM TO...`: passes queries on to other servers, by their address or by a file like /etc/resolv.conf. */
export const forward: Plugin = {
  name: 'forward',
  setUp(directive, setup) {
    const [from, ...to] = directive.args
    if (from === undefined || to.length === 0) throw wrongArguments('forward', directive)
    const except = directive.block.filter(({ name }) => name === 'except').flatMap(({ args }) => args)
    for (const option of directive.block) {
      if (option.name !== 'except' && !OPTIONS.has(option.name))
        throw wrong('forward', option, `unknown property '${option.name}'`)
    }
    const upstreams = to.flatMap((target) => upstreamsOf(target, setup))
    if (upstreams.length === 0) throw wrong('forward', directive, 'no nameservers found')
    const zone = normalise(from)
    return {
      handle: (next) => (request, reply) => {
        const name = normalise(request.question.name)
        if (!isBelow(name, zone) || (except.length > 0 && fallsThrough(except, name)))
          return next(request, reply)
        exchange(request, upstreams, setup, reply)
      },
    }
  },
}

/** @throws CorefileError when it is neither an address nor a file */
function upstreamsOf(target: string, { process }: Setup): Upstream[] {
  const { files } = process.machine
  if (files.stat(target)?.type === 'file') {
    const servers = [...files.read(target).matchAll(/^\s*nameserver\s+(\S+)/gm)]
    return servers.map(([, address]) => ({ address: address!, port: 53 }))
  }
  const match = /^(?:dns:\/\/)?\[?([^\]]+?)\]?(?::(\d+))?$/.exec(target)
  const address = isIPv6(target) ? target : (match?.[1] ?? '')
  if (!isIPv4(address) && !isIPv6(address)) {
    throw wrong(
      'forward',
      { name: 'forward', args: [target], block: [], line: 0 },
      `not an IP address or file: "${target}"`,
    )
  }
  return [{ address, port: isIPv6(target) ? 53 : Number(match?.[2] ?? 53) }]
}

/** Asks the upstreams in random order, one after the other, until one answers or the time is up. */
function exchange(
  request: DnsRequest,
  upstreams: readonly Upstream[],
  setup: Setup,
  reply: (answer: DnsMessage) => void,
): void {
  const { process } = setup
  const { simulation, network, hostname } = process.machine
  const random = simulation.random(`forward ${hostname}`)
  const order = random.shuffle(upstreams)
  const deadlineMs = process.now() + DEADLINE_MS
  const query = { ...request.message, id: random.integer(65_536) }

  const attempt = (number: number): void => {
    const upstream = order[number % order.length]!
    const socket = network.bindUdp({ address: '0.0.0.0', port: 0 })
    const fail = (text: string) => {
      timer.cancel()
      socket.close()
      if (number + 1 < order.length * 2 && process.now() < deadlineMs) return attempt(number + 1)
      reportError(request.message, text)
      reply(dnsResponse(request.message, { rcode: 'SERVFAIL' }))
    }
    const path = () => `${hostAddress(setup)}:${socket.local.port}->${upstream.address}:${upstream.port}`
    const timer = simulation.schedule(READ_TIMEOUT_MS, () => fail(`read udp ${path()}: i/o timeout`))
    socket.handlers = {
      error: () => fail(`read udp ${path()}: read: connection refused`),
      datagram({ payload }) {
        const answer = payload as DnsMessage
        if (answer.id !== query.id) return
        timer.cancel()
        socket.close()
        const { message } = request
        reply({
          ...answer,
          id: message.id,
          question: message.question,
          ...(message.edns && { edns: message.edns }),
        })
      },
    }
    socket.send(upstream, query, dnsMessageSize(query))
  }
  attempt(0)
}

/** The Pod's own address, for messages: what its hosts file gives its name. */
function hostAddress({ process }: Setup): string {
  const { files, hostname } = process.machine
  const hosts = files.stat('/etc/hosts') ? files.read('/etc/hosts') : ''
  return (
    hosts
      .split('\n')
      .find((line) => line.split(/\s+/).slice(1).includes(hostname))
      ?.split(/\s+/)[0] ?? '0.0.0.0'
  )
}
