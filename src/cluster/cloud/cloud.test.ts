import { describe, expect, it } from 'vitest'
import { Network, type Host } from '../../network/index.ts'
import { Simulation } from '../../sim/index.ts'
import { createCloud, type CloudResult } from './index.ts'

const VIP = '203.0.113.10'

/**
 * laptop -- router -- two nodes. A node answers a connection to the load balancer's address itself, as kube-proxy's
 * rules would make it, with its name and the address it saw the client under.
 */
function start() {
  const simulation = new Simulation({ seed: 1 })
  const network = new Network(simulation)
  const router = network.addHost('router', { forwarding: true })
  const laptop = network.addHost('laptop')
  const internet = network.addSegment('internet')
  const home = network.addSegment('home')
  const rack = network.addSegment('nodes')
  internet.attach(router, 'eth1', '203.0.113.1/24')
  home.attach(router, 'eth2', '198.51.100.1/24')
  rack.attach(router, 'eth0', '192.168.99.1/24')
  home.attach(laptop, 'eth0', '198.51.100.20/24')
  laptop.routes.add({ destination: '0.0.0.0/0', via: '198.51.100.1', interface: 'eth0' })
  const nodes = [1, 2].map((number) => {
    const host = network.addHost(`node-${number}`, { forwarding: true })
    rack.attach(host, 'eth0', `192.168.99.1${number}/24`)
    host.routes.add({ destination: '0.0.0.0/0', via: '192.168.99.1', interface: 'eth0' })
    host.addAddress('lo', `${VIP}/32`)
    host.sockets.listenTcp({ address: '0.0.0.0', port: 80 }, (connection) => {
      connection.send(`${host.name} saw ${connection.remote.address}`)
      connection.end()
    })
    return host
  })
  const cloud = createCloud({ simulation, network, segment: internet, gateway: '203.0.113.1' })
  const spec = (healthPort?: number, only = nodes) => ({
    name: 'web',
    nodes: only.map((host) => ({ name: host.name, address: `192.168.99.1${host.name.at(-1)}` })),
    ...(healthPort && { healthCheck: { kind: 'tcp' as const, port: healthPort } }),
  })
  const call = (run: (done: (result: CloudResult) => void) => void) => {
    let result: CloudResult | undefined
    run((outcome) => (result = outcome))
    simulation.runFor(3000)
    return result
  }
  return { simulation, network, laptop, nodes, cloud, spec, call }
}

function ask(simulation: Simulation, from: Host): string {
  let answer = ''
  from.sockets.connectTcp(
    { address: VIP, port: 80 },
    { data: (text) => (answer += text), error: (error) => (answer = error) },
  )
  simulation.runFor(1000)
  return answer || 'nothing'
}

const tally = (answers: readonly string[]) => [...new Set(answers)].sort()

describe('load balancer', () => {
  it('spreads connections over the nodes and keeps the client address', () => {
    const { simulation, laptop, cloud, spec, call } = start()
    expect(call((done) => cloud.ensureLoadBalancer(spec(), done))).toEqual({ ok: true, address: VIP })
    const answers = Array.from({ length: 20 }, () => ask(simulation, laptop))
    expect(tally(answers)).toEqual(['node-1 saw 198.51.100.20', 'node-2 saw 198.51.100.20'])
  })

  it('leaves out a node whose check fails, and takes it back', () => {
    const { simulation, laptop, nodes, cloud, spec, call } = start()
    const health = nodes.map((host) =>
      host.sockets.listenTcp({ address: '0.0.0.0', port: 30100 }, (connection) => connection.end()),
    )
    call((done) => cloud.ensureLoadBalancer(spec(30100), done))
    health[0]!.close()
    simulation.runFor(15_000)
    expect(tally(Array.from({ length: 20 }, () => ask(simulation, laptop)))).toEqual([
      'node-2 saw 198.51.100.20',
    ])
    nodes[0]!.sockets.listenTcp({ address: '0.0.0.0', port: 30100 }, (connection) => connection.end())
    simulation.runFor(15_000)
    expect(tally(Array.from({ length: 20 }, () => ask(simulation, laptop)))).toHaveLength(2)
  })

  it('tries every node when none is healthy', () => {
    const { simulation, laptop, cloud, spec, call } = start()
    call((done) => cloud.ensureLoadBalancer(spec(30100), done))
    simulation.runFor(20_000)
    expect(tally(Array.from({ length: 20 }, () => ask(simulation, laptop)))).toHaveLength(2)
  })

  it('gives addresses in order and takes them back', () => {
    const { cloud, spec, call } = start()
    const named = (name: string, address?: string) => ({ ...spec(), name, address })
    const make = (name: string, address?: string) =>
      call((done) => cloud.ensureLoadBalancer(named(name, address), done))
    expect(make('a')).toEqual({ ok: true, address: '203.0.113.10' })
    expect(make('b')).toEqual({ ok: true, address: '203.0.113.11' })
    call((done) => cloud.deleteLoadBalancer('a', done))
    expect(make('c')).toEqual({ ok: true, address: '203.0.113.10' })
    expect(make('d', '203.0.113.11')).toMatchObject({ ok: false })
  })

  it('goes on while the cloud is away, which answers nothing else', () => {
    const { simulation, laptop, cloud, spec, call } = start()
    call((done) => cloud.ensureLoadBalancer(spec(), done))
    cloud.available = false
    expect(call((done) => cloud.deleteLoadBalancer('web', done))).toMatchObject({ ok: false })
    expect(ask(simulation, laptop)).toMatch(/saw 198.51.100.20/)
  })
})
