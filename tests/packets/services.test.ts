/** What a client of a Service meets, whole packets through whole hosts: who answers, whose address it sees, and how it fails. */
import { describe, expect, it } from 'vitest'
import { formatPrefix, runIpset, runIpvsadm, type PacketStory } from '../../src/network/index.ts'
import { cluster, web } from './cluster.ts'

const NODE_PORT = [{ port: 80, targetPort: 80, nodePort: 30080, protocol: 'TCP' }]

const MODES = ['iptables', 'nftables', 'ipvs'] as const

describe.each(MODES)('who answers, and whom it sees: %s', (mode) => {
  // service, endpoints, from, address, port, answer
  const cases: [string, Parameters<typeof web>[0], string[], string, string, number, string][] = [
    ['a Pod keeps its address towards a ClusterIP', {}, ['b'], 'client', '10.96.0.80', 80, 'b saw 10.244.1.9'],
    ['a Pod next door, through the node', {}, ['a'], 'client', '10.96.0.80', 80, 'a saw 10.244.1.9'],
    ['a Pod that reaches itself sees its node', {}, ['a'], 'a', '10.96.0.80', 80, 'a saw 10.244.1.1'],
    ['a node towards a ClusterIP, Pod elsewhere', {}, ['b'], 'node-1', '10.96.0.80', 80, 'b saw 192.168.99.11'],
    ['a node towards a ClusterIP, its own Pod', {}, ['a'], 'node-1', '10.96.0.80', 80, 'a saw 10.244.1.1'],
    ['a node port from outside, another node serves', { type: 'NodePort', ports: NODE_PORT }, ['b'], 'lan', '192.168.99.11', 30080, 'b saw 192.168.99.11'],
    ['a node port from outside, the node serves', { type: 'NodePort', ports: NODE_PORT }, ['a'], 'lan', '192.168.99.11', 30080, 'a saw 10.244.1.1'],
    ['a node port with policy Local keeps the client', { type: 'NodePort', ports: NODE_PORT, externalTrafficPolicy: 'Local' }, ['a', 'b'], 'lan', '192.168.99.11', 30080, 'a saw 192.168.99.200'],
    ['a load balancer address inside the cluster', { type: 'LoadBalancer', ports: NODE_PORT }, ['b'], 'client', '203.0.113.10', 80, 'b saw 192.168.99.11'],
    ['the same with policy Local: Pods take any endpoint', { type: 'LoadBalancer', ports: NODE_PORT, externalTrafficPolicy: 'Local' }, ['b'], 'client', '203.0.113.10', 80, 'b saw 10.244.1.9'],
    ['an external address', { externalIPs: ['192.168.99.50'] }, ['b'], 'client', '192.168.99.50', 80, 'b saw 192.168.99.11'],
    ['internalTrafficPolicy Local stays on the node', { internalTrafficPolicy: 'Local' }, ['a', 'b'], 'client', '10.96.0.80', 80, 'a saw 10.244.1.9'],
    ['an endpoint that terminates serves when no other is left', {}, ['b:terminating', 'a:unready'], 'client', '10.96.0.80', 80, 'b saw 10.244.1.9'],
    ['the Pod itself', {}, [], 'client', '10.244.2.2', 80, 'b saw 10.244.1.9'],
  ] // prettier-ignore
  it.each(cases)('%s', (_name, spec, endpoints, from, address, port, answer) => {
    expect(cluster([web(spec, endpoints)], { mode }).tcp(from, address, port)).toBe(answer)
  })
})

describe.each(MODES)('how it fails, and how long that takes: %s', (mode) => {
  const cases: [string, Parameters<typeof web>[0], string[], string, string, number, string][] = [
    ['no endpoints: refused at once', {}, [], 'client', '10.96.0.80', 80, 'ECONNREFUSED after 0 s'],
    ['no endpoints, from the node itself', {}, [], 'node-1', '10.96.0.80', 80, 'ECONNREFUSED after 0 s'],
    ['only unready endpoints: refused at once', {}, ['a:unready'], 'client', '10.96.0.80', 80, 'ECONNREFUSED after 0 s'],
    ['node port without endpoints: refused at once', { type: 'NodePort', ports: NODE_PORT }, [], 'lan', '192.168.99.11', 30080, 'ECONNREFUSED after 0 s'],
    ['node port with policy Local, endpoints elsewhere: dropped', { type: 'NodePort', ports: NODE_PORT, externalTrafficPolicy: 'Local' }, ['b'], 'lan', '192.168.99.11', 30080, 'ETIMEDOUT after 127 s'],
    ['outside the source ranges: dropped', { type: 'LoadBalancer', ports: NODE_PORT, loadBalancerSourceRanges: ['198.51.100.0/24'] }, ['b'], 'client', '203.0.113.10', 80, 'ETIMEDOUT after 127 s'],
    ['a port the Pod does not listen on', { ports: [{ port: 80, targetPort: 81, protocol: 'TCP' }] }, ['b'], 'client', '10.96.0.80', 80, 'ECONNREFUSED after 0 s'],
    ['an address of the Pod network that nobody has', {}, [], 'client', '10.244.2.77', 80, 'EHOSTUNREACH after 3 s'],
    ['a machine that is not there', {}, [], 'lan', '192.168.99.77', 80, 'EHOSTUNREACH after 3 s'],
  ] // prettier-ignore
  it.each(cases)('%s', (_name, spec, endpoints, from, address, port, failure) => {
    expect(cluster([web(spec, endpoints)], { mode }).tcp(from, address, port)).toBe(failure)
  })
})

describe('where the modes differ', () => {
  const nodePort = { type: 'NodePort', ports: NODE_PORT } as const
  const REFUSED = 'ECONNREFUSED after 0 s'
  const LOST = 'ETIMEDOUT after 127 s'
  const NOWHERE = 'ENETUNREACH after 0 s'
  // service, from, address, port, in each of MODES
  const cases: [string, Parameters<typeof web>[0], string, string, number, string[]][] = [
    ['a node port on localhost', nodePort, 'node-1', '127.0.0.1', 30080, ['b saw 192.168.99.11', REFUSED, REFUSED]],
    ['a port the Service does not have: it leaves the node, or is refused', {}, 'client', '10.96.0.80', 81, [LOST, REFUSED, REFUSED]],
    ['the same from the node, which the router can tell', {}, 'node-1', '10.96.0.80', 81, [NOWHERE, REFUSED, REFUSED]],
    ['a ClusterIP of no Service: it leaves the node, or is dropped', {}, 'node-1', '10.96.0.81', 80, [NOWHERE, LOST, NOWHERE]],
    ['internalTrafficPolicy Local, endpoints elsewhere', { internalTrafficPolicy: 'Local' }, 'client', '10.96.0.80', 80, [LOST, LOST, REFUSED]],
  ] // prettier-ignore
  it.each(cases)('%s', (_name, spec, from, address, port, answers) => {
    expect(MODES.map((mode) => cluster([web(spec, ['b'])], { mode }).tcp(from, address, port))).toEqual(
      answers,
    )
  })
})

describe('ipvs', () => {
  const listed = (...argv: string[]) => {
    const { hosts, tcp } = cluster(
      [web({ type: 'NodePort', ports: NODE_PORT, sessionAffinity: 'ClientIP' }, ['a', 'b'])],
      { mode: 'ipvs' },
    )
    tcp('client', '10.96.0.80', 80)
    const { ipvs, netfilter, interfaces } = hosts['node-1']!
    const [program, ...rest] = argv
    if (program === 'ip') return interfaces.get('kube-ipvs0')!.addresses.map(formatPrefix).join(' ')
    if (program === 'ipset') return runIpset(rest, netfilter).stdout
    return runIpvsadm(rest, ipvs).stdout
  }

  it('shows virtual servers and their real ones, on each address of the node too', () => {
    expect(listed('ipvsadm', '-Ln')).toMatch(
      /^IP Virtual Server version 1\.2\.1 \(size=4096\)\nProt LocalAddress:Port Scheduler Flags\n {2}-> RemoteAddress:Port {11}Forward Weight ActiveConn InActConn\nTCP {2}10\.96\.0\.80:80 rr persistent 10800\n {2}-> 10\.244\.1\.2:80 {16}Masq {4}1 {6}0 {10}1 {9}\n {2}-> 10\.244\.2\.2:80 {16}Masq {4}1 {6}0 {10}0 {9}\nTCP {2}192\.168\.99\.11:30080 rr persistent 10800\n/,
    )
  })

  it('has virtual addresses on the dummy interface, and what rules ask for in ipsets', () => {
    expect(listed('ip')).toBe('10.96.0.80/32')
    const members = (name: string) => listed('ipset', 'list', name).split('Members:\n')[1]
    expect(members('KUBE-CLUSTER-IP')).toBe('10.96.0.80,tcp:80\n')
    expect(members('KUBE-NODE-PORT-TCP')).toBe('30080\n')
    expect(members('KUBE-LOOP-BACK')).toBe('10.244.1.2,tcp:80,10.244.1.2\n')
    expect(members('KUBE-IPVS-IPS')).toBe('10.96.0.80\n')
  })
})

describe('UDP', () => {
  const DNS = [{ name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' }]

  it('is answered from the address that was asked', () => {
    expect(cluster([web({ ports: DNS }, ['b'])]).udp('client', '10.96.0.80', 53)).toBe(
      'b saw 10.244.1.9 via 10.96.0.80',
    )
  })

  it('is refused where there is no endpoint, and where nobody has the port', () => {
    const { udp } = cluster([web({ ports: DNS }, [])])
    expect(udp('client', '10.96.0.80', 53)).toBe('ECONNREFUSED')
    expect(udp('client', '10.244.2.2', 5353)).toBe('ECONNREFUSED')
  })
})

describe('many connections', () => {
  it.each(MODES)('spread evenly over the endpoints: %s', (mode) => {
    const { tcp } = cluster([web({}, ['a', 'b', 'client'])], { mode })
    const counts = new Map<string, number>()
    for (let index = 0; index < 300; index++) {
      const name = tcp('node-2', '10.96.0.80', 80).split(' ')[0]!
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    // Chi-squared with two degrees of freedom stays below 13.8 in 999 of 1,000 runs.
    const chiSquared = ['a', 'b', 'client'].reduce(
      (sum, name) => sum + ((counts.get(name) ?? 0) - 100) ** 2 / 100,
      0,
    )
    expect(chiSquared).toBeLessThan(13.8)
  })

  it.each(MODES)(
    'of one client stay with one endpoint for the time of its affinity, and no longer: %s',
    (mode) => {
      const spec = {
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
      }
      const answers = (seed: number, pauseMs: number) => {
        const { tcp, simulation } = cluster([web(spec, ['a', 'b'])], { seed, mode })
        const seen = new Set<string>()
        for (let index = 0; index < 12; index++) {
          seen.add(tcp('client', '10.96.0.80', 80))
          simulation.runFor(pauseMs)
        }
        return seen.size
      }
      expect([1, 2, 3, 4].map((seed) => answers(seed, 50_000))).toEqual([1, 1, 1, 1])
      expect([1, 2, 3, 4].map((seed) => answers(seed, 70_000))).toEqual([2, 2, 2, 2])
    },
  )
})

describe('ping', () => {
  const ping = (from: string, to: string, ttl = 64) => {
    const { hosts, simulation } = cluster([web({}, ['a', 'b'])])
    let result: unknown = 'nothing'
    hosts[from]!.sockets.ping(to, { ttl, bytes: 56, sequence: 1 }, (answer) => {
      const { roundTripMs: _time, ...rest } = { roundTripMs: 0, ...answer }
      result = rest
    })
    simulation.runFor(10_000)
    return result
  }

  it('reaches a Pod two routers away', () => {
    expect(ping('client', '10.244.2.2')).toEqual({ kind: 'reply', from: '10.244.2.2', ttl: 62, bytes: 64 })
  })

  it('does not reach a ClusterIP: no rule is about ICMP', () => {
    expect(ping('client', '10.96.0.80')).toBe('nothing')
    expect(ping('node-1', '10.96.0.80')).toEqual({ kind: 'unreachable', from: '192.168.99.1', reason: 'net' })
  })

  it.each([
    [1, '10.244.1.1'],
    [2, '192.168.99.12'],
  ])('with a time to live of %i ends at %s', (ttl, from) => {
    expect(ping('client', '10.244.2.2', ttl)).toEqual({ kind: 'ttl-exceeded', from })
  })
})

describe('rules by hand', () => {
  it('one rule less breaks exactly what it carried', () => {
    const { hosts, tcp } = cluster([web({}, ['b'])])
    const chain = [...hosts['node-1']!.netfilter.table('nat').chains.values()].find(({ name }) =>
      name.startsWith('KUBE-SVC'),
    )!
    chain.rules = chain.rules.slice(0, -1)
    expect(tcp('client', '10.96.0.80', 80)).toBe('ETIMEDOUT after 127 s')
    expect(tcp('node-2', '10.96.0.80', 80)).toBe('b saw 10.244.2.1')
  })

  it('conntrack keeps a connection on its way when the rules change', () => {
    const { hosts, simulation } = cluster([
      web({ ports: [{ port: 80, targetPort: 9090, protocol: 'TCP' }] }, ['b']),
    ])
    const answers: string[] = []
    const listener = hosts['b']!.sockets.listenTcp({ address: '10.244.2.2', port: 9090 }, (connection) => {
      connection.handlers = { data: (text) => connection.send(text.toUpperCase()) }
    })
    const connection = hosts['client']!.sockets.connectTcp(
      { address: '10.96.0.80', port: 80 },
      { data: (text) => answers.push(text) },
    )
    simulation.runFor(100)
    listener.close()
    hosts['node-1']!.netfilter.table('nat').chain('PREROUTING')!.rules = []
    connection.send('still there?')
    simulation.runFor(100)
    expect(answers).toEqual(['STILL THERE?'])
  })
})

it('tells the way of a packet: hosts, hooks, rules, rewriting', () => {
  const { simulation, tcp } = cluster([web({}, ['b'])])
  const stories: PacketStory[] = []
  simulation.trace.subscribe(({ type, data }) => type === 'packet' && stories.push(data as PacketStory))
  tcp('client', '10.96.0.80', 80)
  const [syn] = stories
  expect(syn!.outcome).toBe('delivered to b')
  const told = syn!.hops.map(({ host, stage, after, rules }) =>
    [host, stage, after.replace(/:\d{5}/, ':*'), ...rules.map(({ chain, line }) => `${chain}:${line}`)].join(
      ' ',
    ),
  )
  expect(told).toEqual([
    'client OUTPUT tcp 10.244.1.9:* > 10.96.0.80:80 SYN',
    'client POSTROUTING tcp 10.244.1.9:* > 10.96.0.80:80 SYN',
    expect.stringMatching(
      /^node-1 PREROUTING tcp 10.244.1.9:\* > 10.244.2.2:80 SYN PREROUTING:1 KUBE-SERVICES:1 KUBE-SVC-\w+:2 KUBE-SEP-\w+:2$/,
    ),
    'node-1 FORWARD tcp 10.244.1.9:* > 10.244.2.2:80 SYN FORWARD:1 FORWARD:2 FORWARD:3 FORWARD:4',
    'node-1 POSTROUTING tcp 10.244.1.9:* > 10.244.2.2:80 SYN POSTROUTING:1 KUBE-POSTROUTING:1',
    'node-2 PREROUTING tcp 10.244.1.9:* > 10.244.2.2:80 SYN PREROUTING:1',
    'node-2 FORWARD tcp 10.244.1.9:* > 10.244.2.2:80 SYN FORWARD:1 FORWARD:2 FORWARD:3 FORWARD:4',
    'node-2 POSTROUTING tcp 10.244.1.9:* > 10.244.2.2:80 SYN POSTROUTING:1 KUBE-POSTROUTING:1',
    'b PREROUTING tcp 10.244.1.9:* > 10.244.2.2:80 SYN',
    'b INPUT tcp 10.244.1.9:* > 10.244.2.2:80 SYN',
    'b deliver tcp 10.244.1.9:* > 10.244.2.2:80 SYN',
  ])
})
