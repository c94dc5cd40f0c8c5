import { describe, expect, it } from 'vitest'
import type { Status } from '../../../api/generated/types.ts'
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

const namesOf = (body: unknown) =>
  (body as { items: readonly StoredObject[] }).items.map(({ metadata }) => metadata.name)

describe('lists', () => {
  it('come in pages, each as of the first', () => {
    const { send } = withPods('a', 'b', 'c')
    const first = send('GET', `${PODS}?limit=2`).body as {
      metadata: { continue: string; remainingItemCount: number }
    }
    expect(namesOf(first)).toEqual(['a', 'b'])
    expect(first.metadata.remainingItemCount).toBe(1)
    send('DELETE', `${PODS}/c`)
    send('POST', PODS, pod('d'))
    expect(
      namesOf(send('GET', `${PODS}?limit=2&continue=${encodeURIComponent(first.metadata.continue)}`).body),
    ).toEqual(['c'])
  })

  it.each([
    ['fieldSelector=metadata.name=b', ['b']],
    ['fieldSelector=metadata.name!=b', ['a', 'c']],
    ['fieldSelector=status.phase=Pending,metadata.name!=a', ['b', 'c']],
    ['fieldSelector=spec.nodeName=node-1', ['c']],
  ])('select by %s', (query, expected) => {
    const { send } = withPods('a', 'b', 'c')
    send('POST', `${PODS}/c/binding`, { target: { name: 'node-1' } })
    expect(
      namesOf(
        send('GET', `${PODS}?${query.replace('=', '%EQ%').replaceAll('=', '%3D').replace('%EQ%', '=')}`).body,
      ),
    ).toEqual(expected)
  })
})

describe('writes', () => {
  it('that change nothing make no revision', () => {
    const { send, etcd } = withPods('a')
    const before = etcd.revision
    send('PUT', `${PODS}/a`, send('GET', `${PODS}/a`).body)
    expect(etcd.revision).toBe(before)
  })

  it('on a stale copy conflict', () => {
    const { send } = withPods('a')
    const stale = send('GET', `${PODS}/a`).body as StoredObject
    send(
      'PATCH',
      `${PODS}/a`,
      { metadata: { labels: { x: 'y' } } },
      { contentType: 'application/merge-patch+json' },
    )
    expect(
      send('PUT', `${PODS}/a`, { ...stale, metadata: { ...stale.metadata, labels: { z: 'z' } } }).body,
    ).toMatchObject({
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on pods "a": the object has been modified; please apply your changes to the latest version and try again',
    })
  })

  it('as a dry run leave no trace, not even an address', () => {
    const { send, etcd } = testServer()
    const before = etcd.revision
    const service = {
      metadata: { name: 'web' },
      spec: { type: 'NodePort', clusterIP: '10.96.0.77', ports: [{ port: 80, nodePort: 30080 }] },
    }
    expect(send('POST', '/api/v1/namespaces/default/services?dryRun=All', service).status).toBe(201)
    expect(etcd.revision).toBe(before)
    expect(send('POST', '/api/v1/namespaces/default/services', service).status).toBe(201)
  })

  it('into no namespace, or one that is going, are refused', () => {
    const { send, namespace } = testServer()
    namespace('going')
    send('DELETE', '/api/v1/namespaces/going')
    const create = (name: string) =>
      (send('POST', `/api/v1/namespaces/${name}/configmaps`, { metadata: { name: 'x' } }).body as Status)
        .message
    expect(create('nowhere')).toBe('namespaces "nowhere" not found')
    expect(create('going')).toBe(
      'configmaps "x" is forbidden: unable to create new content in namespace going because it is being terminated',
    )
  })
})

describe('deletion', () => {
  it('of a bound Pod waits for its kubelet', () => {
    const { send } = withPods('a')
    send('POST', `${PODS}/a/binding`, { target: { name: 'node-1' } })
    const begun = send('DELETE', `${PODS}/a`).body as StoredObject
    expect(begun.metadata).toMatchObject({
      deletionTimestamp: '2026-11-22T08:00:30Z',
      deletionGracePeriodSeconds: 30,
      generation: 2,
    })
    send('DELETE', `${PODS}/a`, { gracePeriodSeconds: 0 })
    expect(send('GET', `${PODS}/a`).status).toBe(404)
  })

  it('waits for finalizers', () => {
    const { send } = testServer()
    const path = '/api/v1/namespaces/default/configmaps'
    send('POST', path, { metadata: { name: 'x', finalizers: ['example.com/hold'] } })
    send('DELETE', `${path}/x`)
    expect(send('GET', `${path}/x`).status).toBe(200)
    send(
      'PATCH',
      `${path}/x`,
      { metadata: { finalizers: null } },
      { contentType: 'application/merge-patch+json' },
    )
    expect(send('GET', `${path}/x`).status).toBe(404)
  })

  it('gives Service addresses and ports back', () => {
    const { send } = testServer()
    const path = '/api/v1/namespaces/default/services'
    const service = (name: string) => ({
      metadata: { name },
      spec: { type: 'NodePort', clusterIP: '10.96.0.77', ports: [{ port: 80, nodePort: 30080 }] },
    })
    send('POST', path, service('a'))
    expect(send('POST', path, service('b')).status).toBe(422)
    const taken = () => namesOf(send('GET', '/apis/networking.k8s.io/v1/ipaddresses').body)
    expect(taken()).toEqual(['10.96.0.1', '10.96.0.77'])
    send('DELETE', `${path}/a`)
    expect(taken()).toEqual(['10.96.0.1'])
    expect(send('POST', path, service('b')).status).toBe(201)
  })
})

it('finds by label what has it now, in order, in a namespace or in all', () => {
  const { send, namespace } = testServer()
  for (const name of ['a', 'b']) namespace(name)
  const put = (path: string, name: string, labels: Record<string, string>) =>
    send('POST', `/api/v1/namespaces/${path}/configmaps`, { metadata: { name, labels } })
  const found = (path: string, selector: string) =>
    (
      send('GET', `/api/v1${path}/configmaps?labelSelector=${encodeURIComponent(selector)}`).body as {
        items: { metadata: { namespace: string; name: string } }[]
      }
    ).items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
  put('b', 'one', { app: 'x' })
  put('a', 'two', { app: 'x', tier: 'db' })
  put('a', 'one', { app: 'x' })
  expect(found('', 'app=x')).toEqual(['a/one', 'a/two', 'b/one'])
  expect(found('/namespaces/a', 'app=x')).toEqual(['a/one', 'a/two'])
  expect(found('/namespaces/a', 'tier notin (db),app in (x)')).toEqual(['a/one'])
  send(
    'PATCH',
    '/api/v1/namespaces/a/configmaps/one',
    { metadata: { labels: { app: 'y' } } },
    {
      contentType: 'application/merge-patch+json',
    },
  )
  send('DELETE', '/api/v1/namespaces/b/configmaps/one')
  put('a', 'three', { app: 'x' })
  expect(found('', 'app=x')).toEqual(['a/three', 'a/two'])
  expect(found('', 'app=y')).toEqual(['a/one'])
  expect(found('', 'app=z')).toEqual([])
})
