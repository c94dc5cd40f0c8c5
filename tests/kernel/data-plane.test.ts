/**
 * The kernel as the judge of our packets. The same cluster stands twice: of our hosts, and of network namespaces. Both
 * get the rules of our kube-proxy, in each mode; then the same probes are sent in both, and have to be answered by the
 * same set of Pods, which see the same client, or fail alike. (IPv4: there is no IPv6 in our network.)
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { clearStaleFlows } from '../../src/cluster/node/kube-proxy/conntrack-cleanup.ts'
import { servicePorts } from '../../src/cluster/node/kube-proxy/service-port.ts'
import { cluster, web } from '../packets/cluster.ts'
import { KernelCluster, NEEDS, WAIT_MS, type Probe } from './cluster.ts'
import { judgedBy } from './namespace.ts'
import { CASES } from './shapes.ts'

const judged = judgedBy(...NEEDS)

/** So often is an endpoint of two missed once in eight million. */
const TRIES = 24

type World = ReturnType<typeof cluster>

function parseProbe(text: string): Probe {
  const [, from = '', protocol, address = '', port] = /^(\S+) (?:(udp) )?([\d.]+):(\d+)$/.exec(text) ?? []
  return { from, protocol: protocol === 'udp' ? 'udp' : 'tcp', address, port: Number(port) }
}

/** One answer, or the name of an error, or `nothing`. */
const simulate = ({ tcp, udp }: World, { from, protocol, address, port }: Probe): string =>
  (protocol === 'udp' ? udp : tcp)(from, address, port, WAIT_MS).replace(/ after \d+ s$/, '')

/** All answers there are, each once. */
async function answers(send: () => string | Promise<string>): Promise<string[]> {
  const found = new Set([await send()])
  if (![...found][0]!.includes('saw')) return [...found]
  for (let count = 1; count < TRIES; count++) found.add(await send())
  return [...found].sort()
}

judged('the kernel sends packets where we send them', () => {
  const kernel = new KernelCluster()
  beforeAll(() => kernel.start())
  afterAll(() => kernel.stop())

  const cases = (['iptables', 'nftables'] as const).flatMap((mode) =>
    CASES.map((shape) => [mode, shape.name, shape] as const),
  )
  it.each(cases)('%s: %s', async (mode, _name, { services, probes }) => {
    const world = cluster(services, { mode })
    for (const node of ['node-1', 'node-2']) kernel.load(node, world.hosts[node]!)
    const results = await Promise.all(
      probes.map(async (text) => {
        const probe = parseProbe(text)
        const ours = await answers(() => simulate(world, probe))
        const real = await answers(() => kernel.send(probe))
        // With affinity chance takes one of several, and stays with it.
        const sticky = services.some(({ service }) => service.spec?.sessionAffinity === 'ClientIP')
        return { text, ours: sticky ? ours.length : ours, real: sticky ? real.length : real }
      }),
    )
    expect(results.map(({ text, ours }) => [text, ours])).toEqual(
      results.map(({ text, real }) => [text, real]),
    )
  })
  it.each(['iptables', 'nftables'] as const)(
    '%s: a UDP flow stays with its endpoint until kube-proxy clears it',
    async (mode) => {
      const dns = (endpoint: string) =>
        web({ ports: [{ name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' }] }, [endpoint])
      const world = cluster([dns('a')], { mode })
      const load = () => kernel.load('node-1', world.hosts['node-1']!)
      const probe = {
        protocol: 'udp',
        from: 'client',
        address: '10.96.0.80',
        port: 53,
        fromPort: 5300,
      } as const
      const ours = () => world.udp(probe.from, probe.address, probe.port, WAIT_MS, probe.fromPort)
      const inBoth = async () => [ours(), await kernel.send(probe)]
      const from = (name: string) => `${name} saw 10.244.1.9 via 10.96.0.80`

      load()
      expect(await inBoth()).toEqual([from('a'), from('a')])
      world.sync([dns('b')])
      load()
      expect(await inBoth()).toEqual([from('a'), from('a')])
      const { service, slices } = dns('b')
      clearStaleFlows(world.hosts['node-1']!.conntrack, servicePorts(service), slices)
      expect(ours()).toBe(from('b'))
    },
  )
})
