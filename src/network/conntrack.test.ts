import { describe, expect, it } from 'vitest'
import { Simulation } from '../sim/index.ts'
import { Network, runIptables, type Host } from './index.ts'

/** client 10.0.0.1 - router 10.0.0.254/10.1.0.254 - server 10.1.0.1; the rules are for the router. */
function routed(...rules: readonly string[]) {
  const simulation = new Simulation({ seed: 1 })
  const network = new Network(simulation)
  const router = network.addHost('router', { forwarding: true })
  const ends = [
    ['client', '10.0.0'],
    ['server', '10.1.0'],
  ].map(([name, net], index) => {
    const host = network.addHost(name!)
    const segment = network.addSegment(`net-${name}`)
    segment.attach(router, `eth${index}`, `${net}.254/24`)
    segment.attach(host, 'eth0', `${net}.1/24`)
    host.routes.add({ destination: '0.0.0.0/0', via: `${net}.254`, interface: 'eth0' })
    return host
  })
  for (const rule of rules)
    expect(runIptables(rule.split(' '), router.netfilter)).toMatchObject({ stderr: '' })
  const [client, server] = ends as [Host, Host]
  const flows = () =>
    router.conntrack.entries().map((entry) => entry.describe(simulation.nowMs).replace(/ +/g, ' '))
  return { simulation, network, router, client, server, flows }
}

const MASQUERADE = '-t nat -A POSTROUTING -o eth1 -j MASQUERADE'

describe('conntrack', () => {
  it('follows a TCP connection from SYN to TIME-WAIT, and forgets it two minutes later', () => {
    const { simulation, client, server, flows } = routed(MASQUERADE)
    server.sockets.listenTcp({ address: '0.0.0.0', port: 80 }, (accepted) => {
      accepted.handlers = { end: () => accepted.end() }
    })
    const connection = client.sockets.connectTcp({ address: '10.1.0.1', port: 80 }, {}, { port: 40_000 })
    simulation.runFor(1000)
    const tuples =
      'src=10.0.0.1 dst=10.1.0.1 sport=40000 dport=80 src=10.1.0.1 dst=10.1.0.254 sport=80 dport=40000'
    expect(flows()).toEqual([`tcp 6 431999 ESTABLISHED ${tuples} [ASSURED] mark=0 use=1`])
    connection.end()
    simulation.runFor(1000)
    expect(flows()).toEqual([expect.stringMatching(/^tcp 6 119 TIME_WAIT /)])
    simulation.runFor(121_000)
    expect(flows()).toEqual([])
  })

  it('gives two clients of one address and port different ports behind a masquerade', () => {
    const { simulation, network, router, client, server } = routed(MASQUERADE)
    const other = network.addHost('other')
    const segment = network.addSegment('net-other')
    segment.attach(router, 'eth2', '10.2.0.254/24')
    segment.attach(other, 'eth0', '10.2.0.1/24')
    other.routes.add({ destination: '0.0.0.0/0', via: '10.2.0.254', interface: 'eth0' })
    const seen: string[] = []
    server.sockets.listenTcp({ address: '0.0.0.0', port: 80 }, ({ remote }) =>
      seen.push(`${remote.address}:${remote.port}`),
    )
    const connected: string[] = []
    for (const host of [client, other]) {
      host.sockets.connectTcp(
        { address: '10.1.0.1', port: 80 },
        { connected: () => connected.push(host.name) },
        { port: 40_000 },
      )
    }
    simulation.runFor(100)
    expect(connected).toEqual(['client', 'other'])
    expect(seen[0]).toBe('10.1.0.254:40000')
    expect(seen[1]).toMatch(/^10\.1\.0\.254:(?!40000$)\d+$/)
  })

  it('keeps a UDP flow for 30 s without an answer, and for as long as there is traffic', () => {
    const { simulation, client, flows } = routed(MASQUERADE)
    const socket = client.sockets.bindUdp({ address: '0.0.0.0', port: 5000 })
    socket.send({ address: '10.1.0.1', port: 53 }, '?', 1)
    simulation.runFor(29_000)
    expect(flows()).toEqual([expect.stringContaining('[UNREPLIED]')])
    socket.send({ address: '10.1.0.1', port: 53 }, '?', 1)
    simulation.runFor(29_000)
    expect(flows()).toHaveLength(1)
    simulation.runFor(2000)
    expect(flows()).toEqual([])
  })

  it('translates what ICMP errors quote, so that the sender knows its own datagram', () => {
    const { simulation, client } = routed(
      '-t nat -A PREROUTING -d 10.9.9.9 -p udp -j DNAT --to-destination 10.1.0.1:5300',
      MASQUERADE,
    )
    const errors: string[] = []
    const socket = client.sockets.bindUdp({ address: '0.0.0.0', port: 5000 })
    socket.handlers = { error: (error) => errors.push(error) }
    socket.send({ address: '10.9.9.9', port: 53 }, '?', 1)
    simulation.runFor(100)
    expect(errors).toEqual(['ECONNREFUSED'])
  })

  it('calls stray answers INVALID, and lets a filter tell old connections from new ones', () => {
    const { simulation, client, server, router } = routed(
      '-A FORWARD -m conntrack --ctstate INVALID -j DROP',
      '-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT',
      '-A FORWARD -i eth0 -m conntrack --ctstate NEW -j ACCEPT',
      '-P FORWARD DROP',
    )
    const connected: string[] = []
    for (const host of [client, server])
      host.sockets.listenTcp({ address: '0.0.0.0', port: 80 }, () => undefined)
    client.sockets.connectTcp(
      { address: '10.1.0.1', port: 80 },
      { connected: () => connected.push('outwards') },
    )
    server.sockets.connectTcp(
      { address: '10.0.0.1', port: 80 },
      { connected: () => connected.push('inwards') },
    )
    simulation.runFor(10_000)
    expect(connected).toEqual(['outwards'])
    expect(runIptables(['-nvL', 'FORWARD'], router.netfilter).stdout).toMatch(/policy DROP [34] packets/)
  })
})
