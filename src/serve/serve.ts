/**
 * `npm run serve -- --port N [--seed S] [--nodes K]`: the API of a fresh cluster on loopback over plain HTTP, virtual
 * time following the wall clock. `kubectl --server http://127.0.0.1:N get nodes`
 */
import { Session } from '../session/session.ts'
import { readArguments } from './arguments.ts'
import { loadDescriptions } from './descriptions.ts'
import { createHttpServer } from './http-server.ts'
import { WallClock } from './wall-clock.ts'

const { numbers, positionals } = readArguments({
  usage: 'npm run serve -- --port N [--seed S] [--nodes K]',
  numbers: { port: 8001, seed: 1, nodes: 3 },
})
if (positionals.length > 0) {
  console.error(
    `unexpected argument "${positionals[0]}"\nusage: npm run serve -- --port N [--seed S] [--nodes K]`,
  )
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
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    clock.stop()
    server.closeAllConnections()
    server.close(() => process.exit(0))
  })
}
