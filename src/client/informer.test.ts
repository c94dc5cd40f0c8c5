import { describe, expect, it } from 'vitest'
import type { ConfigMap } from '../api/index.ts'
import { configMap } from '../api/index.ts'
import type { ApiRequest, ApiResponse } from '../api/wire.ts'
import { createLoopbackTransport } from '../cluster/loopback-transport.ts'
import { Etcd } from '../cluster/control-plane/etcd/etcd.ts'
import { createApiServer, type StoredObject } from '../cluster/control-plane/kube-apiserver/index.ts'
import { Simulation } from '../sim/index.ts'
import { createClient } from './client.ts'
import { Informer } from './informer.ts'
import { nameOf } from './objects.ts'

/** An API server that can be unplugged, an informer of ConfigMaps, and what its listeners were told. */
function start() {
  const simulation = new Simulation({ seed: 1 })
  const etcd = new Etcd<StoredObject>({ simulation })
  const server = createApiServer({ simulation, etcd, connectToNode: () => ({ error: 'there are no nodes' }) })
  let plugged = true
  const transport = createLoopbackTransport({ simulation, server: () => (plugged ? server : undefined) })
  const streams: (() => void)[] = []
  const breakable = {
    ...transport,
    stream: (request: ApiRequest, handlers: Parameters<typeof transport.stream>[1]) => {
      const cancel = transport.stream(request, handlers)
      streams.push(() => (cancel(), handlers.end()))
      return cancel
    },
  }
  const client = createClient({ transport: breakable, simulation, userAgent: 'test' })
  const informer = new Informer<ConfigMap>(client, configMap)
  informer.addIndex('color', (object) => (object.data?.color ? [object.data.color] : []))
  const told: string[] = []
  informer.onChange((next, previous) => {
    const verb = !previous ? 'added' : !next ? 'deleted' : 'changed'
    told.push(`${verb} ${nameOf((next ?? previous)!)}`)
  })
  const write = (method: 'POST' | 'PUT' | 'DELETE', name: string, color?: string): ApiResponse => {
    const path = `/api/v1/namespaces/default/configmaps${method === 'POST' ? '' : `/${name}`}`
    const answer = server.handle({
      method,
      path,
      body: { metadata: { name }, data: { color } },
      contentType: 'application/json',
    })
    if (answer.kind !== 'response' || answer.response.status >= 300) throw new Error(JSON.stringify(answer))
    return answer.response
  }
  const colors = (color: string) => informer.byIndex('color', color).map(nameOf)
  return {
    simulation,
    etcd,
    informer,
    told,
    write,
    colors,
    disconnect: () => streams.splice(0).forEach((cut) => cut()),
    plug: (on: boolean) => (plugged = on),
  }
}

describe('informer', () => {
  it('lists, then follows, and keeps its indexes', () => {
    const { simulation, informer, told, write, colors } = start()
    write('POST', 'a', 'red')
    informer.start()
    simulation.runFor(50)
    write('POST', 'b', 'red')
    write('PUT', 'a', 'blue')
    write('DELETE', 'b')
    simulation.runFor(50)
    expect(told).toEqual(['added a', 'added b', 'changed a', 'deleted b'])
    expect({ red: colors('red'), blue: colors('blue') }).toEqual({ red: [], blue: ['a'] })
    expect(informer.get('default', 'a')?.data).toEqual({ color: 'blue' })
  })

  it('goes on where a broken watch ended', () => {
    const { simulation, informer, told, write, disconnect } = start()
    informer.start()
    simulation.runFor(50)
    write('POST', 'a', 'red')
    simulation.runFor(50)
    disconnect()
    write('POST', 'b', 'red')
    simulation.runFor(3000)
    expect(told).toEqual(['added a', 'added b'])
  })

  it('lists anew when what it missed is compacted away, and tells the difference', () => {
    const { simulation, etcd, informer, told, write, disconnect } = start()
    for (const name of ['a', 'b', 'c']) write('POST', name, 'red')
    informer.start()
    simulation.runFor(50)
    disconnect()
    write('DELETE', 'a')
    write('PUT', 'b', 'blue')
    write('POST', 'd', 'red')
    etcd.compact(etcd.revision)
    simulation.runFor(5000)
    expect(told).toEqual(['added a', 'added b', 'added c', 'changed b', 'added d', 'deleted a'])
  })

  it('tries again with back-off while nobody answers', () => {
    const { simulation, informer, told, write, plug } = start()
    plug(false)
    informer.start()
    simulation.runFor(20_000)
    expect(informer.synced).toBe(false)
    plug(true)
    write('POST', 'a', 'red')
    simulation.runFor(60_000)
    expect(informer.synced).toBe(true)
    expect(told).toEqual(['added a'])
  })
})
