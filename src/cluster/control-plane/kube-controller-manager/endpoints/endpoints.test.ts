import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as api from '../../../../api/index.ts'
import type { Endpoints, EndpointSlice, Pod, Service } from '../../../../api/index.ts'
import { nameOf } from '../../../../client/index.ts'
import { ControlPlane } from '../../testing/control-plane.ts'

const service = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec,
})
const pod = (name: string, labels: Record<string, string>, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: {
    containers: [{ name: 'c', image: 'nginx', ports: [{ name: 'http', containerPort: 8080 }] }],
    ...spec,
  },
})

const slicesOf = (cluster: ControlPlane, name: string): EndpointSlice[] =>
  cluster
    .list(api.endpointSlice)
    .filter(({ metadata }) => metadata?.labels?.['kubernetes.io/service-name'] === name)

/** `Pod port ready/serving/terminating` of every endpoint of a Service, sorted. */
const said = (cluster: ControlPlane, name: string): string[] =>
  slicesOf(cluster, name)
    .flatMap(({ endpoints, ports }) =>
      (endpoints ?? []).map(({ targetRef, conditions }) => {
        const state = [
          conditions?.ready && 'ready',
          conditions?.serving && 'serving',
          conditions?.terminating && 'terminating',
        ]
        return `${targetRef?.name} ${ports?.map(({ port }) => port).join('+')} ${state.filter(Boolean).join(' ')}`.trim()
      }),
    )
    .sort()

describe('endpoints of a Service', () => {
  it('are its ready Pods, then the terminating ones that still serve, then nothing', () => {
    const cluster = new ControlPlane().addNodes(1)
    cluster.create(
      service('web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] }),
      pod('a', { app: 'web' }),
    )
    expect(said(cluster, 'web')).toEqual([])
    cluster.run(1000)
    expect(said(cluster, 'web')).toEqual(['a 8080 ready serving'])
    expect(cluster.get(api.endpoints, 'web')?.subsets?.[0]?.addresses?.[0]).toMatchObject({
      targetRef: { name: 'a' },
    })
    cluster.delete(api.pod, 'a')
    cluster.run(50)
    expect(said(cluster, 'web')).toEqual(['a 8080 serving terminating'])
    expect(cluster.get(api.endpoints, 'web')?.subsets).toBeUndefined()
    cluster.run(1000)
    expect(said(cluster, 'web')).toEqual([])
    expect(slicesOf(cluster, 'web')).toHaveLength(1)
  })

  it('follow labels, host names and the wish to see Pods that are not ready', () => {
    const cluster = new ControlPlane().addNodes(1, { neverReady: 'slow' })
    const slow = { containers: [{ name: 'c', image: 'slow' }], hostname: 'first', subdomain: 'db' }
    cluster.create(
      service('db', { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 5432 }] }),
      pod('a', { app: 'db' }, { hostname: 'a', subdomain: 'db' }),
      pod('b', { app: 'db' }, slow),
    )
    cluster.run(1000)
    expect(said(cluster, 'db')).toEqual(['a 5432 ready serving'])
    expect(slicesOf(cluster, 'db')[0]?.endpoints?.[0]?.hostname).toBe('a')
    expect(slicesOf(cluster, 'db')[0]?.metadata?.labels).toHaveProperty(
      ['service.kubernetes.io/headless'],
      '',
    )
    cluster.patch(api.pod, 'a', { metadata: { labels: { app: 'other' } } }).run(50)
    expect(said(cluster, 'db')).toEqual([])
  })

  it('keep to the node with PreferSameNode', () => {
    const cluster = new ControlPlane().addNodes(1)
    const ports = [{ port: 80 }]
    cluster.create(
      service('web', { selector: { app: 'web' }, ports, trafficDistribution: 'PreferSameNode' }),
      pod('a', { app: 'web' }),
    )
    cluster.run(1000)
    expect(slicesOf(cluster, 'web')[0]?.endpoints?.[0]?.hints).toEqual({ forNodes: [{ name: 'node-1' }] })
  })

  it('written by hand are mirrored into slices', () => {
    const cluster = new ControlPlane()
    const subsets = [
      {
        addresses: [{ ip: '198.51.100.7' }],
        notReadyAddresses: [{ ip: '198.51.100.9' }],
        ports: [{ port: 8080 }],
      },
    ]
    const endpoints = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'ext' }, subsets }
    cluster.create(service('ext', { ports: [{ port: 80, targetPort: 8080 }] }), endpoints).run(100)
    const slices = slicesOf(cluster, 'ext')
    expect(slices).toHaveLength(1)
    expect(slices[0]?.metadata?.labels).toMatchObject({
      'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
    })
    expect(slices[0]?.endpoints).toEqual([
      { addresses: ['198.51.100.7'], conditions: { ready: true } },
      { addresses: ['198.51.100.9'], conditions: { ready: false } },
    ])
    cluster.delete(api.endpoints, 'ext')
    expect(slicesOf(cluster.run(200), 'ext')).toEqual([])
  })

  it('are cut at 1,000 in the old form, ready ones first', () => {
    const cluster = new ControlPlane().run(100)
    const many = Array.from({ length: 1005 }, (_, index) =>
      pod(`p-${index}`, { app: 'web' }, { nodeName: 'gone' }),
    )
    for (const one of many)
      cluster.client.create(api.pod, { ...one, metadata: { ...one.metadata, namespace: 'default' } })
    cluster.run(50)
    for (const [index, one] of cluster.list(api.pod).entries()) {
      const podIP = `10.244.${Math.floor(index / 250)}.${(index % 250) + 1}`
      const conditions = [{ type: 'Ready', status: index < 10 ? 'False' : 'True' }]
      cluster.client.updateStatus(api.pod, {
        ...one,
        status: { ...one.status, phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions },
      })
    }
    cluster.create(service('web', { selector: { app: 'web' }, ports: [{ port: 80 }] })).run(500)
    const { metadata, subsets } = cluster.get<Endpoints>(api.endpoints, 'web')!
    expect(metadata?.annotations).toMatchObject({ 'endpoints.kubernetes.io/over-capacity': 'truncated' })
    expect([subsets?.[0]?.addresses?.length, subsets?.[0]?.notReadyAddresses?.length]).toEqual([995, 5])
    const sizes = slicesOf(cluster, 'web').map(({ endpoints }) => endpoints?.length ?? 0)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1005)
  })
})

type Change =
  | { readonly kind: 'create' | 'delete'; readonly pod: number; readonly label: string }
  | { readonly kind: 'label'; readonly pod: number; readonly label: string }
  | { readonly kind: 'wait'; readonly ms: number }

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('create', 'delete', 'label' as const),
    pod: fc.nat(7),
    label: fc.constantFrom('web', 'shop'),
  }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 900 }) }),
)

/** The naive answer: look at every Pod. */
function expected(pods: readonly Pod[], { spec }: Service): string[] {
  return pods
    .filter(
      ({ metadata, status }) =>
        status?.podIP &&
        status.phase === 'Running' &&
        Object.entries(spec?.selector ?? {}).every(([key, value]) => metadata?.labels?.[key] === value),
    )
    .map((one) => {
      const serving = one.status?.conditions?.some(
        ({ type, status }) => type === 'Ready' && status === 'True',
      )
      const terminating = one.metadata?.deletionTimestamp !== undefined
      const state = [serving && !terminating && 'ready', serving && 'serving', terminating && 'terminating']
      return `${nameOf(one)} 8080 ${state.filter(Boolean).join(' ')}`.trim()
    })
    .sort()
}

describe('after any sequence of changes', () => {
  it('slices say what the Pods say', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 5, maxLength: 25 }), (changes) => {
        const cluster = new ControlPlane().addNodes(2)
        for (const name of ['web', 'shop'])
          cluster.create(
            service(name, { selector: { app: name }, ports: [{ port: 80, targetPort: 'http' }] }),
          )
        for (const step of changes) {
          if (step.kind === 'wait') cluster.run(step.ms)
          else if (step.kind === 'create')
            cluster.client.create(api.pod, {
              ...pod(`p-${step.pod}`, { app: step.label }),
              metadata: { name: `p-${step.pod}`, namespace: 'default', labels: { app: step.label } },
            })
          else if (step.kind === 'delete') cluster.client.delete(api.pod, 'default', `p-${step.pod}`, {})
          else
            cluster.client.patch(api.pod, 'default', `p-${step.pod}`, {
              type: 'merge',
              body: { metadata: { labels: { app: step.label } } },
            })
          cluster.run(1)
        }
        cluster.run(3000)
        const pods = cluster.list(api.pod)
        for (const name of ['web', 'shop']) {
          const own = cluster.get(api.service, name)!
          expect(said(cluster, name)).toEqual(expected(pods, own))
        }
      }),
      { numRuns: 25, seed: 3 },
    )
  })
})
