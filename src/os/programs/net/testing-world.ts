import { Network, type Host } from '../../../network/index.ts'
import { Simulation } from '../../../sim/index.ts'
import { createFileSystem, createMachine, makeDevices, type Program } from '../../index.ts'
import { dnsResponse, sameName, type DnsMessage, type ResourceRecord } from '../../net/dns.ts'
import { dnsMessageSize } from '../../net/dns-size.ts'
import { Headers, serveHttp, textResponse } from '../../net/http.ts'
import { bindUdp } from '../../net/sockets.ts'
import { installBusybox } from '../busybox.ts'
import { installDebian } from '../debian.ts'
import { runOn } from '../testing.ts'

/** For tests: a small world of a client and a server on one link, with DNS and a web server on the latter. */
export const SERVER = '10.0.0.2'
const ZONE: readonly ResourceRecord[] = [
  { name: 'web.default.svc.cluster.local.', ttl: 5, type: 'A', address: SERVER },
  { name: 'ext.default.svc.cluster.local.', ttl: 5, type: 'CNAME', target: 'example.com.' },
  { name: 'example.com.', ttl: 5, type: 'A', address: '1.2.3.4' },
  {
    name: '_http._tcp.web.default.svc.cluster.local.',
    ttl: 5,
    type: 'SRV',
    priority: 0,
    weight: 100,
    port: 80,
    target: 'web.default.svc.cluster.local.',
  },
  { name: 'half.default.svc.cluster.local.', ttl: 5, type: 'TXT', text: ['no address'] },
  { name: 'half.svc.cluster.local.', ttl: 5, type: 'A', address: SERVER },
  { name: '2.0.0.10.in-addr.arpa.', ttl: 5, type: 'PTR', target: 'web.default.svc.cluster.local.' },
]
const SOA: ResourceRecord = {
  name: 'cluster.local.', ttl: 5, type: 'SOA', primary: 'ns.dns.cluster.local.', mailbox: 'hostmaster.cluster.local.', serial: 1790000000, refresh: 7200, retry: 1800, expire: 86400, minimum: 5,
} // prettier-ignore

function answer(query: DnsMessage): DnsMessage {
  const { name, type } = query.question[0]!
  const known = ZONE.filter((record) => sameName(record.name, name))
  if (name === 'fail.example.') return dnsResponse(query, { rcode: 'SERVFAIL' })
  if (known.length === 0)
    return dnsResponse(query, { rcode: 'NXDOMAIN', authoritative: true, authority: [SOA] })
  const direct = known.filter((record) => record.type === type || record.type === 'CNAME')
  const aliases = direct.flatMap((record) =>
    record.type === 'CNAME'
      ? ZONE.filter((each) => sameName(each.name, record.target) && each.type === type)
      : [],
  )
  const answers = [...direct, ...aliases]
  return dnsResponse(query, { authoritative: true, answers, authority: answers.length > 0 ? [] : [SOA] })
}

const dnsServer: Program = function* (process) {
  const socket = bindUdp(process, { port: 53 })
  for (;;) {
    const datagram = yield* socket.receive()
    if (!datagram) return 0
    const reply = answer(datagram.payload as DnsMessage)
    socket.send(datagram.from, reply, dnsMessageSize(reply))
  }
}

const webServer: Program = function* (process) {
  yield* serveHttp(process, {
    port: 80,
    *handler({ method, target, body, headers }) {
      if (target === '/')
        return textResponse(200, 'hello\n', [
          ['Server', 'test'],
          ['Content-Type', 'text/html'],
        ])
      if (target === '/echo') return textResponse(200, `${method} ${headers.get('content-type')} ${body}\n`)
      if (target === '/moved')
        return {
          status: 302,
          headers: new Headers([
            ['Location', '/'],
            ['Content-Length', '0'],
          ]),
          body: '',
        }
      if (target === '/slow') yield* process.sleep(10_000)
      if (target === '/chunks')
        return {
          status: 200,
          headers: new Headers([['Transfer-Encoding', 'chunked']]),
          body: '5\r\nabcde\r\n3\r\nfgh\r\n0\r\n\r\n',
        }
      return textResponse(404, 'nothing here\n')
    },
  })
  return 0
}

export function world(userland: 'gnu' | 'busybox', libc: 'glibc' | 'musl' = 'glibc') {
  const simulation = new Simulation({ seed: 7 })
  const network = new Network(simulation)
  const segment = network.addSegment('link', { latencyMs: 0.1 })
  const boot = (host: Host, address: string) => {
    segment.attach(host, 'eth0', `${address}/24`)
    host.routes.add({ destination: '0.0.0.0/0', via: '10.0.0.254', interface: 'eth0' })
    const facilities = new Map(address === SERVER ? [['netfilter', host.netfilter]] : [])
    const files = createFileSystem()
    makeDevices(files)
    if (userland === 'busybox') installBusybox(files)
    else installDebian(files)
    files.makeDirectory('/etc', { parents: true })
    files.write('/etc/hosts', '127.0.0.1\tlocalhost\n')
    files.write(
      '/etc/resolv.conf',
      `search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver ${SERVER}\noptions ndots:5\n`,
    )
    return createMachine({
      hostname: host.name,
      simulation,
      files,
      network: host.sockets,
      libc,
      facilities,
      init: true,
    })
  }
  const server = boot(network.addHost('server'), SERVER)
  const client = boot(network.addHost('client'), '10.0.0.1')
  server.kernel.start(dnsServer, { argv: ['dns'] })
  server.kernel.start(webServer, { argv: ['web'] })
  simulation.runUntil(simulation.nowMs + 100)
  return { client, server }
}

export const run = (userland: 'gnu' | 'busybox', command: string, stdin = '') => {
  const { client } = world(userland)
  const { stdout, stderr, code, elapsedMs } = runOn(client, command.split(' '), stdin)
  return { stdout, stderr, code, elapsedMs, client }
}
