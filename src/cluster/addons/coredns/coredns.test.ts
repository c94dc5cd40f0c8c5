import { describe, expect, it } from 'vitest'
import type { Transport } from '../../../client/index.ts'
import { Network, type Host } from '../../../network/index.ts'
import { createFileSystem, createMachine, type Machine } from '../../../os/index.ts'
import {
  dnsQuery,
  dnsResponse,
  type DnsMessage,
  type QuestionType,
  type ResourceRecord,
} from '../../../os/net/dns.ts'
import { dnsMessageSize } from '../../../os/net/dns-size.ts'
import { Simulation } from '../../../sim/index.ts'
import { coreDnsProgram } from './index.ts'
import recorded from './testdata/recorded.json' with { type: 'json' }

const COREFILE = `.:53 {
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

interface Bench {
  readonly simulation: Simulation
  readonly machine: Machine
  readonly exit: () => number | undefined
  readonly output: () => string
  kill(signal: 'SIGTERM'): void
  ask(name: string, type: QuestionType): DnsMessage | undefined
  get(port: number, path: string): string
}

function start(corefile = COREFILE): Bench {
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
function print(record: ResourceRecord): string {
  const head = `${record.name} ${record.ttl} IN ${record.type}`
  if (record.type === 'A' || record.type === 'AAAA') return `${head} ${record.address}`
  if (record.type === 'SRV')
    return `${head} ${record.priority} ${record.weight} ${record.port} ${record.target}`
  if (record.type === 'TXT') return `${head} ${record.text.map((text) => `"${text}"`).join(' ')}`
  if (record.type === 'MX') return `${head} ${record.preference} ${record.target}`
  if (record.type !== 'SOA') return `${head} ${record.target}`
  const { primary, mailbox, serial, refresh, retry, expire, minimum } = record
  return `${head} ${primary} ${mailbox} ${serial} ${refresh} ${retry} ${expire} ${minimum}`
}

const comparable = (lines: readonly string[]) =>
  lines
    .map((line) =>
      line
        .replace(/hostmaster\.cluster\.local\. \d+/, 'hostmaster.cluster.local. SERIAL')
        .replace(/^(\S+) \d+ /, '$1 TTL '),
    )
    .sort()

describe('CoreDNS with kubeadm’s Corefile', () => {
  const bench = start()
  for (const [name, type, status, answers, authority, additional] of recorded.answers as [
    string,
    QuestionType,
    string,
    string[],
    string[],
    string[],
  ][]) {
    it(`answers ${type} ${name} as recorded`, () => {
      const answer = bench.ask(name, type)!
      bench.simulation.runFor(31_000)
      expect({
        status: answer.rcode,
        authoritative: answer.authoritative,
        answers: comparable(answer.answers.map(print)),
        authority: comparable(answer.authority.map(print)),
        additional: comparable(answer.additional.map(print)),
      }).toEqual({
        status,
        authoritative: true,
        answers: comparable(answers),
        authority: comparable(authority),
        additional: comparable(additional),
      })
    })
  }

  it('says what it runs', () => {
    expect(start().output()).toMatch(
      /^\[INFO\] plugin\/kubernetes: waiting for Kubernetes API before starting server\n\.:53\n\[INFO\] plugin\/reload: Running configuration SHA512 = [0-9a-f]{128}\nCoreDNS-1\.10\.0\nlinux\/amd64, /,
    )
  })

  it('gives answers from its cache with what is left of their time to live', () => {
    const fresh = start()
    expect(fresh.ask('example.com', 'A')!.answers[0]!.ttl).toBe(30)
    fresh.simulation.runFor(10_000)
    expect(fresh.ask('example.com', 'A')!.answers[0]!.ttl).toBe(20)
    fresh.simulation.runFor(25_000)
    expect(fresh.ask('example.com', 'A')!.answers[0]!.ttl).toBe(30)
  })

  it('answers on its HTTP ports', () => {
    const fresh = start()
    expect([fresh.get(8080, '/health'), fresh.get(8181, '/ready'), fresh.get(9153, '/metrics')]).toEqual([
      'HTTP/1.1 200 OK',
      'HTTP/1.1 200 OK',
      'HTTP/1.1 200 OK',
    ])
  })

  it('answers through its lame-duck time, then ends', () => {
    const fresh = start()
    fresh.kill('SIGTERM')
    fresh.simulation.runFor(4000)
    expect([fresh.exit(), fresh.ask('web.dnsns.svc.cluster.local', 'A')?.rcode]).toEqual([
      undefined,
      'NOERROR',
    ])
    fresh.simulation.runFor(2000)
    expect(fresh.exit()).toBe(0)
    expect(fresh.ask('web.dnsns.svc.cluster.local', 'A')).toBeUndefined()
    expect(fresh.output()).toContain(
      '[INFO] SIGTERM: Shutting down servers then terminating\n[INFO] plugin/health: Going into lameduck mode for 5s\n',
    )
  })

  it('reads its Corefile anew when it has changed, and keeps the old one when the new one is wrong', () => {
    const fresh = start()
    fresh.machine.files.write(
      '/etc/coredns/Corefile',
      COREFILE.replace('errors', 'errors\n log\n hosts {\n 192.0.2.1 my.test\n fallthrough\n }'),
    )
    fresh.simulation.runFor(60_000)
    expect(fresh.ask('my.test', 'A')!.answers.map(print)).toEqual(['my.test. 30 IN A 192.0.2.1'])
    expect(fresh.output()).toContain('[INFO] Reloading complete\n')
    expect(fresh.output()).toMatch(
      /\[INFO\] 10\.244\.2\.74:\d+ - 4711 "A IN my\.test\. udp 25 false 512" NOERROR qr,aa,rd /,
    )
    fresh.machine.files.write('/etc/coredns/Corefile', '.:53 {\n nosuch\n}\n')
    fresh.simulation.runFor(60_000)
    expect(fresh.output()).toContain(
      `Restart failed: /etc/coredns/Corefile:2 - Error during parsing: Unknown directive 'nosuch'`,
    )
    expect(fresh.ask('my.test', 'A')!.rcode).toBe('NOERROR')
  })
})

describe('other Corefiles', () => {
  it.each([
    [
      '.:53 {\n    errorz\n}\n',
      `/etc/coredns/Corefile:2 - Error during parsing: Unknown directive 'errorz'\n`,
    ],
    [
      '.:53 {\n kubernetes {\n pods maybe\n }\n}\n',
      'plugin/kubernetes: /etc/coredns/Corefile:3 - Error during parsing: wrong value for pods: maybe,  must be one of: disabled, verified, insecure\n',
    ],
    [
      '.:53 {\n forward .\n}\n',
      `plugin/forward: /etc/coredns/Corefile:2 - Error during parsing: Wrong argument count or unexpected line ending after '.'\n`,
    ],
  ])('%j ends with 1 and the reason', (corefile, output) => {
    const bench = start(corefile)
    expect([bench.exit(), bench.output()]).toEqual([1, output])
  })

  it.each([
    [
      'pods verified',
      '10-244-2-74.dnsns.pod.cluster.local',
      'NOERROR',
      ['10-244-2-74.dnsns.pod.cluster.local. 5 IN A 10.244.2.74'],
    ],
    ['pods verified', '1-2-3-4.dnsns.pod.cluster.local', 'NXDOMAIN', []],
    ['pods disabled', '10-244-2-74.dnsns.pod.cluster.local', 'NXDOMAIN', []],
  ])('%s: %s', (pods, name, status, answers) => {
    const answer = start(`.:53 {\n kubernetes cluster.local {\n ${pods}\n }\n}\n`).ask(name, 'A')!
    expect([answer.rcode, answer.answers.map(print)]).toEqual([status, answers])
  })

  it('rewrites names and answers under the name that was asked for', () => {
    const bench = start(
      '.:53 {\n rewrite name exact shop.test web.dnsns.svc.cluster.local\n kubernetes cluster.local\n}\n',
    )
    expect(bench.ask('shop.test', 'A')!.answers.map(print)).toEqual(['shop.test. 5 IN A 10.96.148.42'])
  })

  it('makes answers from a template', () => {
    const bench = start(
      '.:53 {\n template IN A ip.test {\n match ^ip-(?P<a>\\d+)-(?P<b>\\d+)\\.ip\\.test\\.$\n answer "{{ .Name }} 60 IN A 10.0.{{ .Group.a }}.{{ .Group.b }}"\n }\n}\n',
    )
    expect(bench.ask('ip-3-4.ip.test', 'A')!.answers.map(print)).toEqual(['ip-3-4.ip.test. 60 IN A 10.0.3.4'])
    expect(bench.ask('other.test', 'A')!.rcode).toBe('REFUSED')
  })

  it('SERVFAILs, and says why, when its upstream is silent', () => {
    const bench = start('.:53 {\n errors\n forward . 10.9.9.9\n}\n')
    expect(bench.ask('example.com', 'A')).toBeUndefined()
    bench.simulation.runFor(10_000)
    expect(bench.output()).toMatch(
      /\[ERROR\] plugin\/errors: 2 example\.com\. A: read udp 10\.244\.1\.2:\d+->10\.9\.9\.9:53: /,
    )
  })
})
