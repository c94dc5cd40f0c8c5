import { Headers } from '../src/os/net/http-message.ts'
import { httpRequest } from '../src/os/net/http.ts'
import { getaddrinfo } from '../src/os/net/resolver.ts'
import { connect } from '../src/os/net/sockets.ts'
import type { Session } from '../src/session/session.ts'

/** The Pod that requests come from. */
export const clientPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'client' },
  spec: { containers: [{ name: 'client', image: 'busybox:1.37', command: ['sleep', '1000000'] }] },
}

/** Looks every so many ms of virtual time. */
export function until({ simulation }: Session, reached: () => boolean, everyMs = 20): void {
  while (!reached()) simulation.runFor(everyMs)
}

/** So many requests from the client's Pod to a name or an address, one after the other, each over a new connection. */
export function requestMany(session: Session, target: string, count: number): void {
  let finished = false
  session.cluster.machine('pod/client')!.kernel.start(
    function* (process) {
      for (let index = 0; index < count; index++) {
        const resolution = yield* getaddrinfo(process, target)
        if (!resolution.ok) throw new Error(resolution.error)
        const socket = yield* connect(process, resolution.addresses[0]!, 80)
        const headers = new Headers([
          ['Host', target],
          ['Connection', 'close'],
        ])
        const response = yield* httpRequest(socket, {
          method: 'GET',
          target: '/',
          version: '1.1',
          headers,
          body: '',
        })
        socket.close()
        if (response.status !== 200) throw new Error(`status ${response.status}`)
      }
      return 0
    },
    {
      argv: ['load'],
      onExit: ({ code }) => {
        if (code !== 0) throw new Error(`the load ended with ${code}`)
        finished = true
      },
    },
  )
  until(session, () => finished)
}
