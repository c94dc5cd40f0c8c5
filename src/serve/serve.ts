/**
 * `npm run serve -- --port N [--dns-port N] [--seed S] [--nodes K]`: the API of a fresh cluster on loopback over plain
 * HTTP, virtual time following the wall clock. `kubectl --server http://127.0.0.1:N get nodes`
 * With `--dns-port` the cluster's DNS too: `dig @127.0.0.1 -p N kubernetes.default.svc.cluster.local`
 */
import { DNS_ADDRESS } from '../cluster/cluster.ts'
import { Session } from '../session/session.ts'
import { readArguments } from './arguments.ts'
import { loadDescriptions } from './descriptions.ts'
import { startDnsServer } from './dns-server.ts'
import { createHttpServer } from './http-server.ts'
import { WallClock } from './wall-clock.ts'

const usage = 'npm run serve -- --port N [--dns-port N] [--seed S] [--nodes K]'
const { numbers, positionals } = readArguments({
  usage,
  numbers: { port: 8001, 'dns-port': undefined, seed: 1, nodes: 3 },
})
if (positionals.length > 0) {
  console.error(`unexpected argument "${positionals[0]}"\nusage: ${usage}`)
  process.exit(2)
}

const session = new Session({
  seed: numbers['seed']!,
  nodes: numbers['nodes']!,
  descriptions: loadDescriptions,
})
session.boot()
const clock = new WallClock(session.simulation)
clock.start()

const server = createHttpServer((request) => {
  clock.catchUp()
  return session.cluster.handle(request)
})
server.on('error', (error) => {
  console.error(`cannot listen on 127.0.0.1:${numbers['port']}: ${error.message}`)
  process.exit(1)
})
server.listen(numbers['port'], '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : numbers['port']
  console.log(`Serving the Kubernetes API on http://127.0.0.1:${port}`)
})
const dnsPort = numbers['dns-port']
if (dnsPort !== undefined) {
  // Asked from a node: ClusterIPs are known there, and nowhere outside.
  const [node] = session.cluster.nodes.values()
  const from = node!.host.sockets
  const resolver = { address: DNS_ADDRESS, port: 53 }
  startDnsServer({ port: dnsPort, from, resolver, catchUp: () => clock.catchUp() }).then(
    () => console.log(`Serving the cluster's DNS on 127.0.0.1:${dnsPort}, UDP and TCP`),
    (error: Error) => {
      console.error(`cannot listen on 127.0.0.1:${dnsPort}: ${error.message}`)
      process.exit(1)
    },
  )
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    clock.stop()
    server.closeAllConnections()
    server.close(() => process.exit(0))
  })
}
