import { Simulation } from '../../../sim/index.ts'
import type { ApiRequest, ApiResponse, WatchEvent } from '../../../api/wire.ts'
import { Etcd } from '../etcd/etcd.ts'
import { createApiServer, type ApiServerOptions } from './server.ts'
import type { StoredObject } from './store.ts'

type Options = Omit<Partial<ApiRequest>, 'method' | 'path' | 'body'>

/** An API server by itself, and short ways to ask it. */
export function testServer(options: Partial<ApiServerOptions> = {}) {
  const simulation = new Simulation({ seed: 1 })
  const etcd = new Etcd<StoredObject>({ simulation })
  const server = createApiServer({
    simulation,
    etcd,
    connectToNode: (name) => ({ error: `lookup ${name}: no such host` }),
    ...options,
  })

  function send(method: ApiRequest['method'], url: string, body?: unknown, more: Options = {}): ApiResponse {
    const { path, query } = parseUrl(url)
    const answer = server.handle({ method, path, query, body, contentType: 'application/json', ...more })
    if (answer.kind !== 'response') throw new Error(`${method} ${url} answered with a ${answer.kind}`)
    return answer.response
  }

  /** Follows a watch; events gather in the list that is returned. */
  function watch(url: string): { readonly events: WatchEvent<StoredObject>[]; stop(): void; ended: boolean } {
    const { path, query } = parseUrl(url)
    const answer = server.handle({ method: 'GET', path, query: { ...query, watch: 'true' } })
    if (answer.kind !== 'stream') throw new Error(`${url} is no stream: ${JSON.stringify(answer)}`)
    const following = { events: [] as WatchEvent<StoredObject>[], stop: () => {}, ended: false }
    following.stop = answer.start({
      chunk: (event) => following.events.push(event as WatchEvent<StoredObject>),
      end: () => (following.ended = true),
    })
    return following
  }

  function namespace(name: string): void {
    send('POST', '/api/v1/namespaces', { metadata: { name } })
    send('POST', `/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: 'default' } })
  }

  return { simulation, etcd, server, send, watch, namespace }
}

function parseUrl(url: string): { path: string; query: Record<string, string> } {
  const [path, search = ''] = url.split('?') as [string, string | undefined]
  const pairs = search.split('&').filter((pair) => pair !== '')
  const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '))
  return {
    path,
    query: Object.fromEntries(pairs.map((pair) => pair.split('=').map(decode) as [string, string])),
  }
}
