import { describe, expect, it } from 'vitest'
import * as api from '../api/index.ts'
import type { ConfigMap } from '../api/index.ts'
import { ControlPlane } from '../cluster/control-plane/testing/control-plane.ts'
import { EventRecorder } from './event-recorder.ts'

function start() {
  const cluster = new ControlPlane({ components: false })
  cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'prices' } })
  const object = cluster.get<ConfigMap>(api.configMap, 'prices')!
  const recorder = new EventRecorder(cluster.client, 'test-controller', 'node-1')
  const say = (reason: string, message: string) =>
    recorder.about(object, api.configMap, 'Normal', reason, message)
  const said = () =>
    cluster
      .run(1000)
      .list(api.event)
      .map(({ count, message }) => `${count}x ${message}`)
  return { cluster, object, say, said }
}

describe('event recorder', () => {
  it('writes what happened to whom, and who says so', () => {
    const { cluster, object, say } = start()
    say('Changed', 'prices changed')
    const [event] = cluster.run(100).list(api.event)
    expect(event).toMatchObject({
      involvedObject: {
        kind: 'ConfigMap',
        namespace: 'default',
        name: 'prices',
        uid: object.metadata?.uid,
        apiVersion: 'v1',
      },
      reason: 'Changed',
      message: 'prices changed',
      type: 'Normal',
      count: 1,
      source: { component: 'test-controller', host: 'node-1' },
      reportingComponent: 'test-controller',
      reportingInstance: 'node-1',
    })
    expect(event?.metadata.name).toMatch(/^prices\.[0-9a-f]{16}$/)
    expect(event?.firstTimestamp).toBe(event?.lastTimestamp)
  })

  it('counts what repeats', () => {
    const { say, said } = start()
    for (const message of ['a', 'b', 'a', 'a']) say('Changed', message)
    expect(said()).toEqual(['3x a', '1x b'])
  })

  it('combines the tenth similar one and those after it', () => {
    const { say, said } = start()
    for (let index = 1; index <= 12; index++) say('Changed', `m${index}`)
    expect(said().slice(8)).toEqual(['1x m9', '3x (combined from similar events): m12'])
  })

  it('falls silent about an object that has had 25, but for one in 5 minutes', () => {
    const { cluster, say, said } = start()
    for (let index = 0; index < 40; index++) say('Changed', 'again')
    expect(said()).toEqual(['25x again'])
    cluster.run(301_000)
    for (let index = 0; index < 5; index++) say('Changed', 'again')
    expect(said()).toEqual(['26x again'])
  })

  it('writes a counted event anew when somebody deleted it', () => {
    const { cluster, say, said } = start()
    say('Changed', 'a')
    const [event] = cluster.run(100).list(api.event)
    cluster.delete(api.event, event!.metadata.name!)
    say('Changed', 'a')
    expect(said()).toEqual(['2x a'])
  })
})
