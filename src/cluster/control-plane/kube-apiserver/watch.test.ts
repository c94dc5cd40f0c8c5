import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredObject } from './store.ts'
import { testServer } from './testing.ts'

const PODS = '/api/v1/namespaces/default/pods'
const pod = (name: string, more: object = {}) => ({
  metadata: { name, ...more },
  spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] },
})

function withPods(...names: readonly string[]) {
  const cluster = testServer()
  cluster.send('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
  for (const name of names) cluster.send('POST', PODS, pod(name))
  return cluster
}

describe('a watch', () => {
  it('without a revision begins with what there is', () => {
    const { send, watch } = withPods('a')
    const { events } = watch(PODS)
    send('DELETE', `${PODS}/a`)
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
      'ADDED a',
      'DELETED a',
    ])
  })

  it('from a revision tells what came after it', () => {
    const { send, watch, etcd } = withPods('a')
    const before = etcd.revision
    send('POST', PODS, pod('b'))
    const { events } = watch(`${PODS}?resourceVersion=${before}`)
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual(['ADDED b'])
  })

  it('from a forgotten revision says so and ends', () => {
    const { send, watch, etcd } = withPods('a')
    send('POST', PODS, pod('b'))
    etcd.compact(etcd.revision)
    const following = watch(`${PODS}?resourceVersion=3`)
    expect(following.events).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }])
    expect(following.ended).toBe(true)
  })

  it('with sendInitialEvents marks where the present is reached', () => {
    const { watch } = withPods('a')
    const { events } = watch(
      `${PODS}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    )
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK'])
    expect(events[1]!.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' })
  })

  it('with a selector sees objects come and go as they match', () => {
    const { send, watch } = withPods('a')
    const { events } = watch(`${PODS}?labelSelector=app`)
    const label = (value: string | null) =>
      send(
        'PATCH',
        `${PODS}/a`,
        { metadata: { labels: { app: value } } },
        { contentType: 'application/merge-patch+json' },
      )
    label('x')
    label('y')
    label(null)
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
  })

  it('gives all watchers the same event object', () => {
    const { send, watch } = withPods()
    const [one, other] = [watch(PODS), watch('/api/v1/pods')]
    send('POST', PODS, pod('a'))
    expect(one.events[0]).toBe(other.events[0])
  })

  it('and lists lead to the same picture from any revision', () => {
    const action = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      verb: fc.constantFrom('POST', 'DELETE', 'PATCH'),
    })
    fc.assert(
      fc.property(fc.array(action, { maxLength: 20 }), fc.nat(), (actions, pick) => {
        const { send, watch, etcd } = testServer()
        const path = '/api/v1/namespaces/default/configmaps'
        const start = etcd.revision
        actions.forEach(({ name, verb }, index) => {
          if (verb === 'POST') send('POST', path, { metadata: { name } })
          else if (verb === 'DELETE') send('DELETE', `${path}/${name}`)
          else
            send(
              'PATCH',
              `${path}/${name}`,
              { data: { index: String(index) } },
              { contentType: 'application/merge-patch+json' },
            )
        })
        const from = start + (pick % (etcd.revision - start + 1))
        const picture = new Map<string, unknown>()
        const listed = send('GET', `${path}?resourceVersion=${from}&resourceVersionMatch=Exact`).body as {
          items: StoredObject[]
        }
        for (const item of listed.items) picture.set(item.metadata.name, item)
        for (const { type, object } of watch(`${path}?resourceVersion=${from}`).events) {
          if (type === 'DELETED') picture.delete(object.metadata.name)
          else picture.set(object.metadata.name, object)
        }
        const now = (send('GET', path).body as { items: StoredObject[] }).items
        expect(
          [...picture.values()]
            .map((one) => (one as StoredObject).metadata)
            .sort((a, b) => (a.name < b.name ? -1 : 1)),
        ).toEqual(now.map(({ metadata }) => metadata))
      }),
      { numRuns: 40 },
    )
  })
})
