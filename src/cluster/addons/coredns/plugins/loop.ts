import { dnsQuery } from '../../../../os/net/dns.ts'
import { dnsMessageSize } from '../../../../os/net/dns-size.ts'
import { normalise, type Plugin } from '../plugin.ts'

/** Seen more often than this, a query has come back through the upstream. */
const TOLERATED = 2

/** Sends itself a query for a name nobody knows; when that comes back, queries are forwarded in a circle: it gives up. */
export const loop: Plugin = {
  name: 'loop',
  setUp(_directive, setup) {
    const { process, zones, port } = setup
    const { simulation, network, hostname } = process.machine
    const zone = zones[0] ?? '.'
    const random = simulation.random(`loop ${hostname}`)
    const name = `${random.integer(2 ** 31)}.${random.integer(2 ** 31)}.${zone === '.' ? '' : zone}`
    let seen = 0
    return {
      started() {
        const query = dnsQuery(random.integer(65_536), name, 'TXT')
        const socket = network.bindUdp({ address: '0.0.0.0', port: 0 })
        socket.send({ address: '127.0.0.1', port }, query, dnsMessageSize(query))
        simulation.schedule(5000, () => socket.close())
      },
      handle: (next) => (request, reply) => {
        if (normalise(request.question.name) === name && ++seen > TOLERATED) {
          setup.fatal(
            `plugin/loop: Loop (${request.client.address}:${request.client.port} -> :${port}) detected for zone "${zone}", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO ${name}"`,
          )
          return
        }
        next(request, reply)
      },
    }
  },
}
