import { describe, expect, it } from 'vitest'
import type { EndpointSlice, Node, Service } from '../../../api/generated/types.ts'
import type { KubernetesObject } from '../../../api/resource.ts'
import type { Transport, StreamHandlers } from '../../../client/index.ts'
import { Network, runIptables, runIptablesSave } from '../../../network/index.ts'
import { Simulation } from '../../../sim/index.ts'
import { startKubeProxy } from './index.ts'

/** Lists and watches over objects held in memory: as much of an API server as kube-proxy needs. */
function apiServer(simulation: Simulation) {
  const collections = new Map<string, Map<string, KubernetesObject>>()
  const watchers = new Map<string, Set<StreamHandlers>>()
  let version = 1
  const plural = (path: string) => path.split('/').at(-1)!
  const transport: Transport = {
    request({ method, path }, done) {
      const timer = simulation.schedule(1, () => {
        const items = [...(collections.get(plural(path))?.values() ?? [])]
        const body = method === 'GET' ? { metadata: { resourceVersion: String(version) }, items } : {}
        done({ status: 200, contentType: 'application/json', warnings: [], body })
      })
      return () => timer.cancel()
    },
    stream({ path }, handlers) {
      const set = watchers.get(plural(path)) ?? new Set()
      watchers.set(plural(path), set.add(handlers))
      return () => void set.delete(handlers)
    },
    upgrade: () => () => undefined,
  }
  const put = (kind: string, object: Service | EndpointSlice | Node, type?: 'DELETED') => {
    const key = `${object.metadata?.namespace}/${object.metadata?.name}`
    const collection = collections.get(kind) ?? new Map<string, KubernetesObject>()
    collections.set(kind, collection)
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++version) } }
    const event = type ?? (collection.has(key) ? 'MODIFIED' : 'ADDED')
    if (type) collection.delete(key)
    else collection.set(key, stored)
    for (const handlers of watchers.get(kind) ?? [])
      simulation.schedule(1, () => handlers.chunk({ type: event, object: stored }))
  }
  return { transport, put }
}

const service = (name: string, clusterIP: string, spec: Partial<Service['spec']> = {}): Service => ({
  metadata: { namespace: 'shop', name },
  spec: { type: 'ClusterIP', clusterIPs: [clusterIP], ports: [{ port: 80, protocol: 'TCP' }], ...spec },
})
const slice = (name: string, addresses: readonly string[], port = 80, protocol = 'TCP'): EndpointSlice => ({
  metadata: { namespace: 'shop', name: `${name}-x`, labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  ports: [{ port, protocol }],
  endpoints: addresses.map((ip) => ({ addresses: [ip], nodeName: 'node-1', conditions: { ready: true } })),
})

function start() {
  const simulation = new Simulation({ seed: 1 })
  const network = new Network(simulation)
  const host = network.addHost('node-1')
  const { transport, put } = apiServer(simulation)
  put('nodes', {
    metadata: { name: 'node-1' },
    status: { addresses: [{ type: 'InternalIP', address: '192.168.99.11' }] },
  })
  const syncs: string[] = []
  simulation.trace.subscribe(({ type, data }) => {
    if (type !== 'sync') return
    const { full, services } = data as { full: boolean; services: string[] }
    syncs.push(
      `${Math.round(simulation.nowMs - simulation.startMs)} ${full ? 'full' : 'partial'} ${services.join(' ')}`.trim(),
    )
  })
  const proxy = startKubeProxy({
    simulation,
    transport,
    host,
    nodeName: 'node-1',
    mode: 'iptables',
    clusterCidr: '10.244.0.0/16',
  })
  const rules = (pattern: RegExp) =>
    runIptablesSave([], host.netfilter)
      .stdout.split('\n')
      .filter((line) => line.startsWith('-A') && pattern.test(line))
  return { simulation, network, host, put, proxy, syncs, rules }
}

describe('kube-proxy', () => {
  it('writes the first change at once, and what follows within a second together', () => {
    const { simulation, put, syncs } = start()
    simulation.runFor(10_000)
    put('services', service('a', '10.96.0.1'))
    simulation.runFor(100)
    for (const name of ['b', 'c', 'd']) put('services', service(name, '10.96.0.2'))
    simulation.runFor(5000)
    expect(syncs).toEqual(['1 full', '10001 partial shop/a', '11001 partial shop/b shop/c shop/d'])
  })

  it('follows endpoints as they come and go', () => {
    const { simulation, put, rules } = start()
    put('services', service('web', '10.96.0.80'))
    simulation.runFor(1000)
    expect(rules(/REJECT/)).toHaveLength(1)
    put('endpointslices', slice('web', ['10.244.1.2', '10.244.1.3']))
    simulation.runFor(2000)
    expect(rules(/REJECT/)).toEqual([])
    expect(rules(/DNAT/)).toHaveLength(2)
    put('endpointslices', slice('web', ['10.244.1.3']))
    simulation.runFor(2000)
    expect(rules(/to-destination/).map((line) => line.split(' ').at(-1))).toEqual(['10.244.1.3:80'])
    put('services', service('web', '10.96.0.80'), 'DELETED')
    simulation.runFor(2000)
    expect(rules(/web/)).toEqual([])
    expect(rules(/^-A KUBE-SERVICES/)).toHaveLength(1)
  })

  it('leaves a rule deleted by hand broken until the hourly full sync, unless its Service changes', () => {
    const { simulation, host, put, rules } = start()
    for (const name of ['a', 'b']) {
      put('services', service(name, '10.96.0.1'))
      put('endpointslices', slice(name, ['10.244.1.2']))
    }
    simulation.runFor(5000)
    const [rule] = rules(/KUBE-SEP.*shop\/a.*DNAT/)
    const [, chain = ''] = rule!.split(' ')
    expect(runIptables(['-t', 'nat', '-D', chain, '2'], host.netfilter).exitCode).toBe(0)
    put('endpointslices', slice('b', ['10.244.1.3']))
    simulation.runFor(600_000)
    expect(rules(/KUBE-SEP.*shop\/a.*DNAT/)).toEqual([])
    simulation.runFor(3_600_000)
    expect(rules(/KUBE-SEP.*shop\/a.*DNAT/)).toEqual([rule])
  })

  it('notices within 30 s that somebody flushed the tables', () => {
    const { simulation, host, put, rules } = start()
    put('services', service('web', '10.96.0.80'))
    put('endpointslices', slice('web', ['10.244.1.2']))
    simulation.runFor(5000)
    const before = rules(/./)
    for (const table of ['nat', 'filter', 'mangle']) {
      runIptables(['-t', table, '-F'], host.netfilter)
      runIptables(['-t', table, '-X'], host.netfilter)
    }
    expect(rules(/./)).toEqual([])
    simulation.runFor(31_000)
    expect(rules(/./)).toEqual(before)
  })

  it('leaves its rules behind when it stops', () => {
    const { simulation, put, proxy, rules } = start()
    put('services', service('web', '10.96.0.80'))
    simulation.runFor(5000)
    const before = rules(/./)
    proxy.stop()
    put('services', service('web', '10.96.0.80'), 'DELETED')
    simulation.runFor(100_000)
    expect(rules(/./)).toEqual(before)
  })

  it('clears UDP flows to an endpoint that is gone', () => {
    const { simulation, network, host, put } = start()
    const pod = network.addHost('pod')
    const veth = network.addSegment('veth')
    veth.attach(host, 'veth0', '10.244.1.1/24')
    veth.attach(pod, 'eth0', '10.244.1.2/24')
    host.routes.add({ destination: '0.0.0.0/0', interface: 'veth0' })
    const socket = pod.sockets.bindUdp({ address: '0.0.0.0', port: 53 })
    socket.handlers = { datagram: ({ from, payload }) => socket.send(from, payload, 1) }
    put('services', service('dns', '10.96.0.10', { ports: [{ port: 53, protocol: 'UDP' }] }))
    put('endpointslices', slice('dns', ['10.244.1.2'], 53, 'UDP'))
    simulation.runFor(5000)
    const client = host.sockets.bindUdp({ address: '0.0.0.0', port: 40_000 })
    client.send({ address: '10.96.0.10', port: 53 }, '?', 1)
    simulation.runFor(100)
    const flows = () => host.conntrack.entries().map((entry) => entry.describe(simulation.nowMs))
    expect(flows()).toEqual([expect.stringMatching(/^udp      17 29 src=10\.244\.1\.1 dst=10\.96\.0\.10 sport=40000 dport=53 src=10\.244\.1\.2 dst=10\.244\.1\.1 sport=53 dport=\d+ \[ASSURED\]/)]) // prettier-ignore
    put('endpointslices', slice('dns', []))
    simulation.runFor(2000)
    expect(flows()).toEqual([])
  })

  it('answers load balancers whether this node has endpoints', () => {
    const { simulation, host, put } = start()
    const ask = () => {
      let answer = ''
      const connection = host.sockets.connectTcp(
        { address: '127.0.0.1', port: 31_104 },
        { data: (text) => void (answer += text) },
      )
      connection.send('GET / HTTP/1.1\r\nHost: node-1\r\n\r\n')
      simulation.runFor(100)
      return answer.split('\r\n')[0]
    }
    const local = {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 31_104,
    } as const
    put(
      'services',
      service('web', '10.96.0.80', { ...local, ports: [{ port: 80, nodePort: 30_080, protocol: 'TCP' }] }),
    )
    simulation.runFor(2000)
    expect(ask()).toBe('HTTP/1.1 503 Service Unavailable')
    put('endpointslices', slice('web', ['10.244.1.2']))
    simulation.runFor(2000)
    expect(ask()).toBe('HTTP/1.1 200 OK')
  })
})
