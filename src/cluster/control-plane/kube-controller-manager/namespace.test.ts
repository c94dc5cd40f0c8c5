import { describe, expect, it } from 'vitest'
import * as api from '../../../api/index.ts'
import { nameOf } from '../../../client/index.ts'
import { ControlPlane } from '../testing/control-plane.ts'

const inShop = (kind: string, apiVersion: string, name: string, spec?: object) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  ...(spec && { spec }),
})

describe('namespaces', () => {
  it('get an account and the cluster certificate, and get them back', () => {
    const cluster = new ControlPlane()
      .create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
      .run(100)
    expect(cluster.list(api.serviceAccount, 'shop').map(nameOf)).toEqual(['default'])
    const ca = cluster.get(api.configMap, 'kube-root-ca.crt', 'shop')
    expect(ca?.data?.['ca.crt']).toContain('BEGIN CERTIFICATE')
    cluster.client.delete(api.configMap, 'shop', 'kube-root-ca.crt', {})
    cluster.client.delete(api.serviceAccount, 'shop', 'default', {})
    cluster.run(100)
    expect(cluster.list(api.serviceAccount, 'shop').map(nameOf)).toEqual(['default'])
    expect(cluster.list(api.configMap, 'shop').map(nameOf)).toEqual(['kube-root-ca.crt'])
  })

  it('go with everything in them, Pods first', () => {
    const cluster = new ControlPlane().addNodes(1)
    cluster.create(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
      inShop('Pod', 'v1', 'cart', { containers: [{ name: 'c', image: 'busybox' }] }),
      inShop('Service', 'v1', 'cart', { selector: { app: 'cart' }, ports: [{ port: 80 }] }),
      inShop('ConfigMap', 'v1', 'prices'),
    )
    cluster.run(2000).take()
    cluster.delete(api.namespace, 'shop')
    expect(cluster.get(api.namespace, 'shop')?.status?.phase).toBe('Terminating')
    cluster.run(4000)
    expect(cluster.list(api.pod, 'shop')).toHaveLength(1)
    cluster.run(40_000)
    expect(cluster.get(api.namespace, 'shop')).toBeUndefined()
    const gone = cluster.take().filter(({ type, object }) => type === 'DELETED' && object.kind !== 'Event')
    expect(gone[0]?.object.kind).toBe('Pod')
    expect(gone.at(-1)?.object.kind).toBe('Namespace')
    expect(gone.map(({ object }) => object.kind)).toEqual(
      expect.arrayContaining(['Service', 'ConfigMap', 'ServiceAccount', 'EndpointSlice']),
    )
    expect(cluster.list(api.configMap, 'shop')).toEqual([])
  })
})
