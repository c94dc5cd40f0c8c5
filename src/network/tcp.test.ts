import { describe, expect, it } from 'vitest'
import { Simulation } from '../sim/index.ts'
import { Network, type NetworkError, type TcpConnection } from './index.ts'

/** Two hosts on a cable; the server answers each request with itself, once it saw the end of it. */
function cable(options: { latencyMs?: number; lossRatio?: number; seed?: number } = {}) {
  const simulation = new Simulation({ seed: options.seed ?? 1 })
  const network = new Network(simulation)
  const client = network.addHost('client')
  const server = network.addHost('server')
  const segment = network.addSegment('cable', options)
  segment.attach(client, 'eth0', '10.0.0.1/24')
  segment.attach(server, 'eth0', '10.0.0.2/24')
  client.routes.add({ destination: '172.17.0.0/16', interface: 'lo', unreachable: true })
  const listener = server.sockets.listenTcp({ address: '0.0.0.0', port: 80 }, (connection) => {
    let text = ''
    connection.handlers = {
      data: (more) => void (text += more),
      end: () => {
        connection.send(text)
        connection.end()
      },
    }
  })
  return { simulation, network, client, server, segment, listener }
}

/** Everything a connection reports, in order, with the time since the start. */
function record(simulation: Simulation, connect: (handlers: TcpConnection['handlers']) => TcpConnection) {
  const log: string[] = []
  const note = (text: string) => log.push(`${Math.round(simulation.nowMs - simulation.startMs)} ${text}`)
  const connection = connect({
    connected: () => note('connected'),
    data: (text) => note(`data ${text}`),
    end: () => note('end'),
    error: (error: NetworkError) => note(error),
  })
  return { log, connection }
}

describe('TCP', () => {
  it('shakes hands, carries text both ways, closes both ways, without a timer where there is no latency', () => {
    const { simulation, client } = cable()
    const { log, connection } = record(simulation, (handlers) =>
      client.sockets.connectTcp({ address: '10.0.0.2', port: 80 }, handlers),
    )
    connection.handlers.connected = () => {
      connection.send('hello')
      connection.end()
    }
    simulation.runFor(10_000)
    expect(log).toEqual(['0 data hello', '0 end'])
    expect(simulation.eventCount).toBe(1)
  })

  it('takes a round trip for the handshake and one for the answer', () => {
    const { simulation, client } = cable({ latencyMs: 50 })
    const { log, connection } = record(simulation, (handlers) =>
      client.sockets.connectTcp({ address: '10.0.0.2', port: 80 }, handlers),
    )
    simulation.runFor(150)
    connection.send('a')
    connection.send('b')
    connection.end()
    simulation.runFor(1000)
    expect(log).toEqual(['100 connected', '250 data ab', '250 end'])
  })

  it.each([
    ['nobody listens: refused at once', 81, '10.0.0.2', ['0 ECONNREFUSED'], 10_000],
    [
      'nobody has the address: host unreachable after three seconds of ARP',
      80,
      '10.0.0.9',
      ['3000 EHOSTUNREACH'],
      10_000,
    ],
    ['no route: network unreachable at once', 80, '172.16.0.1', ['0 ENETUNREACH'], 10_000],
    ['an unreachable route: no route to host at once', 80, '172.17.0.1', ['0 EHOSTUNREACH'], 10_000],
  ])('%s', (_name, port, address, expected, forMs) => {
    const { simulation, client } = cable()
    const { log } = record(simulation, (handlers) => client.sockets.connectTcp({ address, port }, handlers))
    simulation.runFor(forMs)
    expect(log).toEqual(expected)
  })

  it('repeats its SYN after 1, 3, 7, 15, 31 and 63 seconds and gives up after 127', () => {
    const { simulation, client, segment } = cable()
    segment.lossRatio = 1
    const { log } = record(simulation, (handlers) =>
      client.sockets.connectTcp({ address: '10.0.0.2', port: 80 }, handlers),
    )
    const syns: number[] = []
    simulation.trace.subscribe(({ type, message }) => {
      if (type === 'packet' && message.includes('SYN'))
        syns.push(Math.round((simulation.nowMs - simulation.startMs) / 1000))
    })
    simulation.runFor(200_000)
    expect(syns).toEqual([0, 1, 3, 7, 15, 31, 63])
    expect(log).toEqual(['127000 ETIMEDOUT'])
  })

  it('reads on after it ended its own side, and resets when aborted', () => {
    const { simulation, client, server, listener } = cable({ latencyMs: 1 })
    listener.close()
    let accepted: TcpConnection | undefined
    const heard: string[] = []
    server.sockets.listenTcp({ address: '10.0.0.2', port: 80 }, (connection) => {
      accepted = connection
      connection.handlers = { end: () => heard.push('end'), error: (error) => heard.push(error) }
    })
    const { log, connection } = record(simulation, (handlers) =>
      client.sockets.connectTcp({ address: '10.0.0.2', port: 80 }, handlers),
    )
    simulation.runFor(10)
    connection.end()
    simulation.runFor(100)
    accepted!.send('still here')
    simulation.runFor(100)
    expect(log).toEqual(['2 connected', '111 data still here'])
    connection.abort()
    simulation.runFor(100)
    expect(heard).toEqual(['end', 'ECONNRESET'])
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'delivers everything in order over a line that loses every fifth packet (seed %i)',
    (seed) => {
      const { simulation, client } = cable({ latencyMs: 10, lossRatio: 0.2, seed })
      const sent = Array.from({ length: 200 }, (_, index) => `${index},`.padEnd(5000, '.')).join('')
      let received = ''
      let ended = false
      const connection = client.sockets.connectTcp(
        { address: '10.0.0.2', port: 80 },
        { data: (text) => void (received += text), end: () => void (ended = true) },
      )
      connection.send(sent)
      connection.end()
      simulation.runFor(600_000)
      expect(ended).toBe(true)
      expect(received === sent).toBe(true)
    },
  )

  it('gives up an established connection whose peer lost its power', () => {
    const { simulation, network, client, server } = cable({ latencyMs: 1 })
    const { log, connection } = record(simulation, (handlers) =>
      client.sockets.connectTcp({ address: '10.0.0.2', port: 80 }, handlers),
    )
    simulation.runFor(10)
    network.removeHost(server)
    connection.send('anybody there?')
    simulation.runFor(2_000_000)
    expect(log[1]).toMatch(/^9\d{5} ETIMEDOUT$/)
  })
})
