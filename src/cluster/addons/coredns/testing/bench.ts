import type { Transport } from '../../../../client/index.ts'
import { Network, type Host, type SocketLayer } from '../../../../network/index.ts'
import { createFileSystem, createMachine, type Machine } from '../../../../os/index.ts'
import {
  dnsQuery,
  dnsResponse,
  type DnsMessage,
  type QuestionType,
  type ResourceRecord,
} from '../../../../os/net/dns.ts'
import { dnsMessageSize } from '../../../../os/net/dns-size.ts'
import { Simulation } from '../../../../sim/index.ts'
import { coreDnsProgram } from '../index.ts'
import recorded from '../testdata/recorded.json' with { type: 'json' }

export const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`

/** An API server that lists what was recorded and never has anything new. */
function recordedApi(simulation: Simulation): Transport {
  const lists: Readonly<Record<string, readonly unknown[]>> = {
    '/api/v1/services': recorded.services,
    '/apis/discovery.k8s.io/v1/endpointslices': recorded.endpointSlices,
    '/api/v1/namespaces': recorded.namespaces.map((name) => ({ metadata: { name } })),
    '/api/v1/pods': [
      { metadata: { namespace: 'dnsns', name: 'client' }, status: { podIPs: [{ ip: '10.244.2.74' }] } },
    ],
  }
  return {
    request(request, done) {
      const items = (lists[request.path] as { metadata: object }[]).map((item) => ({
        ...item,
        metadata: { ...item.metadata, resourceVersion: '1' },
      }))
      const body = { metadata: { resourceVersion: '1' }, items }
      simulation.schedule(5, () => done({ status: 200, contentType: 'application/json', warnings: [], body }))
      return () => {}
    },
    stream: () => () => {},
    upgrade: () => () => {},
  }
}

/** What the recorded upstream resolver knew: one domain, and that nothing else exists. */
function serveUpstream(host: Host): void {
  const socket = host.sockets.bindUdp({ address: '0.0.0.0', port: 53 })
  socket.handlers = {
    datagram({ from, payload }) {
      const query = payload as DnsMessage
      const { name, type } = query.question[0]!
      const root: ResourceRecord = {
        name: '.', ttl: 86_400, type: 'SOA', primary: 'a.root-servers.net.', mailbox: 'nstld.verisign-grs.com.',
        serial: 2026112200, refresh: 1800, retry: 900, expire: 604_800, minimum: 86_400,
      } // prettier-ignore
      const known = name.toLowerCase() === 'example.com.'
      const answers: ResourceRecord[] =
        known && type === 'A' ? [{ name, ttl: 300, type: 'A', address: '93.184.215.14' }] : []
      const answer = known ? { answers } : { rcode: 'NXDOMAIN' as const, authority: [root] }
      socket.send(from, dnsResponse(query, { authoritative: true, ...answer }), 100)
    },
  }
}

export interface Bench {
  readonly simulation: Simulation
  readonly machine: Machine
  /** A client's sockets. */
  readonly network: SocketLayer
  readonly exit: () => number | undefined
  readonly output: () => string
  kill(signal: 'SIGTERM'): void
  ask(name: string, type: QuestionType): DnsMessage | undefined
  get(port: number, path: string): string
}

export function start(corefile = COREFILE): Bench {
  const simulation = new Simulation({ seed: 1 })
  const network = new Network(simulation)
  const link = network.addSegment('link')
  const join = (name: string, address: string) => {
    const host = network.addHost(name)
    link.attach(host, 'eth0', `${address}/8`)
    host.routes.add({ destination: '0.0.0.0/0', interface: 'eth0' })
    return host
  }
  const server = join('coredns', '10.244.1.2')
  const client = join('client', '10.244.2.74')
  const upstream = join('upstream', '10.255.255.1')
  serveUpstream(upstream)
  const files = createFileSystem()
  files.makeDirectory('/etc/coredns', { parents: true })
  files.write('/etc/coredns/Corefile', corefile)
  files.write('/etc/resolv.conf', 'nameserver 10.255.255.1\n')
  files.write('/etc/hosts', '127.0.0.1\tlocalhost\n10.244.1.2\tcoredns-1\n')
  const facilities = new Map<string, unknown>([['in-cluster-api', recordedApi(simulation)]])
  const machine = createMachine({
    hostname: 'coredns-1',
    simulation,
    files,
    network: server.sockets,
    facilities,
  })
  let output = ''
  let exit: number | undefined
  const file = {
    *read() {
      return null
    },
    *write(text: string) {
      output += text
    },
    close() {},
  }
  machine.kernel.start(coreDnsProgram, {
    argv: ['/coredns', '-conf', '/etc/coredns/Corefile'],
    files: new Map([
      [1, file],
      [2, file],
    ]),
    onExit: ({ code }) => (exit = code),
  })
  simulation.runFor(1000)
  const socket = client.sockets.bindUdp({ address: '0.0.0.0', port: 0 })
  return {
    simulation,
    machine,
    network: client.sockets,
    exit: () => exit,
    output: () => output,
    kill: (signal) => machine.kernel.kill(1, signal),
    ask(name, type) {
      let answer: DnsMessage | undefined
      const query = dnsQuery(4711, name, type)
      socket.handlers = { datagram: ({ payload }) => (answer = payload as DnsMessage) }
      socket.send({ address: '10.244.1.2', port: 53 }, query, dnsMessageSize(query))
      simulation.runFor(100)
      return answer
    },
    get(port, path) {
      let text = ''
      const connection = client.sockets.connectTcp(
        { address: '10.244.1.2', port },
        {
          connected: () => connection.send(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
          data: (more) => (text += more),
          error: (error) => (text = error),
        },
      )
      simulation.runFor(1000)
      return text.split('\r\n')[0]!
    },
  }
}

/** A record as dig prints it, without what differs between any two runs: serial, and what remains of a TTL. */
export function print(record: ResourceRecord): string {
  const head = `${record.name} ${record.ttl} IN ${record.type}`
  if (record.type === 'A' || record.type === 'AAAA') return `${head} ${record.address}`
  if (record.type === 'SRV')
    return `${head} ${record.priority} ${record.weight} ${record.port} ${record.target}`
  if (record.type === 'TXT') return `${head} ${record.text.map((text) => `"${text}"`).join(' ')}`
  if (record.type === 'MX') return `${head} ${record.preference} ${record.target}`
  if (record.type === 'CNAME' || record.type === 'PTR' || record.type === 'NS')
    return `${head} ${record.target}`
  if (record.type !== 'SOA') return head
  const { primary, mailbox, serial, refresh, retry, expire, minimum } = record
  return `${head} ${primary} ${mailbox} ${serial} ${refresh} ${retry} ${expire} ${minimum}`
}

export const comparable = (lines: readonly string[]) =>
  lines
    .map((line) =>
      line
        .replace(/hostmaster\.cluster\.local\. \d+/, 'hostmaster.cluster.local. SERIAL')
        .replace(/^(\S+) \d+ /, '$1 TTL '),
    )
    .sort()
