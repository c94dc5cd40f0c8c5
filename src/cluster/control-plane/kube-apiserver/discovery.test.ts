import { describe, expect, it } from 'vitest'
import recorded from './testdata/discovery.json'
import { testServer } from './testing.ts'

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

describe('discovery lists what a real cluster lists', () => {
  const { send } = testServer()

  it.each(['/api', '/apis'] as const)('%s', (path) => {
    const { items } = send('GET', path, undefined, { accept: AGGREGATED }).body as {
      items: readonly object[]
    }
    expect(withoutTimes(items)).toEqual(withoutTimes(recorded[path]))
  })
})

const withoutTimes = (items: readonly object[]): unknown =>
  JSON.parse(JSON.stringify(items).replace(/"creationTimestamp":null,?/g, ''))

describe('kinds with two versions', () => {
  const { send, watch, namespace } = testServer()
  namespace('one')
  const v1 = '/apis/autoscaling/v1/namespaces/one/horizontalpodautoscalers'
  const v2 = '/apis/autoscaling/v2/namespaces/one/horizontalpodautoscalers'
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
  const cpu = (averageUtilization: number) => [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } },
  ]

  it('are one object, in the words of either', () => {
    const made = send('POST', v1, {
      metadata: { name: 'web' },
      spec: { scaleTargetRef, maxReplicas: 3, targetCPUUtilizationPercentage: 70 },
    })
    expect(made).toMatchObject({
      status: 201,
      body: {
        apiVersion: 'autoscaling/v1',
        spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 3, targetCPUUtilizationPercentage: 70 },
      },
    })
    expect(send('GET', `${v2}/web`).body).toMatchObject({
      apiVersion: 'autoscaling/v2',
      spec: { metrics: cpu(70) },
    })
  })

  it('are patched in the shape that the client knows', () => {
    const type = { contentType: 'application/merge-patch+json' }
    send('PATCH', `${v1}/web`, { spec: { targetCPUUtilizationPercentage: 50 } }, type)
    expect(send('GET', `${v2}/web`).body).toMatchObject({ spec: { metrics: cpu(50), maxReplicas: 3 } })
  })

  it('are watched in it, too', () => {
    const { events } = watch(v1)
    expect(events[0]).toMatchObject({
      type: 'ADDED',
      object: { apiVersion: 'autoscaling/v1', spec: { targetCPUUtilizationPercentage: 50 } },
    })
  })

  it('show Events under either group', () => {
    const events = '/apis/events.k8s.io/v1/namespaces/one/events'
    send('POST', '/api/v1/namespaces/one/events', {
      metadata: { name: 'web.1' },
      involvedObject: { kind: 'Pod', name: 'web', namespace: 'one' },
      reason: 'Started',
      message: 'Container started',
      type: 'Normal',
    })
    expect((send('GET', events).body as { items: readonly object[] }).items).toMatchObject([
      {
        metadata: { name: 'web.1' },
        regarding: { kind: 'Pod', name: 'web' },
        reason: 'Started',
        note: 'Container started',
      },
    ])
  })
})
