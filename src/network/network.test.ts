import { describe, expect, it } from 'vitest'
import { Simulation } from '../sim/index.ts'
import { formatAddress, Network, parseAddress, parsePrefix, RoutingTable, tryParseAddress } from './index.ts'

describe('addresses', () => {
  it.each(['0.0.0.0', '10.96.0.1', '192.168.99.11', '255.255.255.255'])('%s is read and written', (text) => {
    expect(formatAddress(parseAddress(text))).toBe(text)
  })

  it.each(['', '10.0.0', '10.0.0.256', '1.2.3.4.5', 'web', '::1'])('"%s" is none', (text) => {
    expect(tryParseAddress(text)).toBeUndefined()
  })

  it('refuses what is no prefix', () => {
    expect(() => parsePrefix('10.0.0.0/33')).toThrow(RangeError)
  })
})

describe('a routing table', () => {
  const routes = new RoutingTable()
  routes.add({ destination: '0.0.0.0/0', via: '192.168.99.1', interface: 'eth0' })
  routes.add({ destination: '10.244.0.0/16', via: '192.168.99.9', interface: 'eth0' })
  routes.add({ destination: '10.244.1.0/24', interface: 'cni0' })
  routes.add({ destination: '10.244.1.5/32', interface: 'veth5' })

  it.each([
    ['10.244.1.5', 'veth5'],
    ['10.244.1.6', 'cni0'],
    ['10.244.2.6', '192.168.99.9'],
    ['8.8.8.8', '192.168.99.1'],
  ])('sends %s to %s: the longest prefix wins', (address, expected) => {
    const { via, interface: through } = routes.lookup(parseAddress(address))!
    expect(via === undefined ? through : formatAddress(via)).toBe(expected)
  })
})

function pair(options: { latencyMs?: number } = {}) {
  const simulation = new Simulation({ seed: 1 })
  const network = new Network(simulation)
  const segment = network.addSegment('cable', options)
  const [a, b] = ['a', 'b'].map((name, index) => {
    const host = network.addHost(name)
    segment.attach(host, 'eth0', `10.0.0.${index + 1}/24`)
    return host
  })
  const ping = (from = a!, to = '10.0.0.2') => {
    const results: string[] = []
    from.sockets.ping(to, { ttl: 64, bytes: 56, sequence: 1 }, (result) => {
      results.push(result.kind === 'reply' ? `${result.roundTripMs} ms` : result.kind)
    })
    simulation.runFor(5000)
    return results
  }
  return { simulation, network, segment, a: a!, b: b!, ping }
}

describe('a segment', () => {
  it('takes its latency each way, and what is set while it runs', () => {
    const { segment, ping } = pair({ latencyMs: 5 })
    expect(ping()[0]).toMatch(/^10\.0/)
    segment.latencyMs = 20
    expect(ping()[0]).toMatch(/^40\.0/)
    segment.lossRatio = 1
    expect(ping()).toEqual([])
    segment.lossRatio = 0
    segment.up = false
    expect(ping()).toEqual(['unreachable'])
    segment.up = true
    expect(ping()).toHaveLength(1)
  })

  it('loses a host that is removed, and frees its name', () => {
    const { network, segment, b, ping } = pair()
    network.removeHost(b)
    expect(ping()).toEqual(['unreachable'])
    expect(segment.members.map(({ host }) => host.name)).toEqual(['a'])
    segment.attach(network.addHost('b'), 'eth0', '10.0.0.2/24')
    expect(ping()).toHaveLength(1)
  })
})

describe('a host', () => {
  it('reaches itself, under every address of its own', () => {
    const { a, ping } = pair()
    expect(ping(a, '127.0.0.1')).toHaveLength(1)
    expect(ping(a, '127.8.8.8')).toHaveLength(1)
    expect(ping(a, '10.0.0.1')).toHaveLength(1)
  })

  it('does not let two listeners share an address, nor one listen on an address of another', () => {
    const { a } = pair()
    a.sockets.listenTcp({ address: '0.0.0.0', port: 80 }, () => undefined)
    expect(() => a.sockets.listenTcp({ address: '10.0.0.1', port: 80 }, () => undefined)).toThrow(
      'EADDRINUSE',
    )
    expect(() => a.sockets.listenTcp({ address: '10.0.0.2', port: 81 }, () => undefined)).toThrow(
      'EADDRNOTAVAIL',
    )
  })

  it('does not stop the clock when two programs shout at each other', () => {
    const { simulation, a, b } = pair()
    let count = 0
    const [one, other] = [a, b].map((host) => host.sockets.bindUdp({ address: '0.0.0.0', port: 7 }))
    for (const socket of [one!, other!]) {
      socket.handlers = {
        datagram: ({ from }) => {
          count++
          socket.send(from, '!', 1)
        },
      }
    }
    one!.send({ address: '10.0.0.2', port: 7 }, '!', 1)
    simulation.runFor(10)
    expect(count).toBeGreaterThan(1000)
  })
})
