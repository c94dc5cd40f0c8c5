import { describe, expect, it } from 'vitest'
import * as api from '../../../../api/index.ts'
import { nameOf } from '../../../../client/index.ts'
import { ControlPlane } from '../../testing/control-plane.ts'

const volume = (name: string, storage: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'manual',
    hostPath: { path: '/data' },
    ...more,
  },
})

const claim = (storage: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'default' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage } },
    storageClassName: 'manual',
    ...more,
  },
})

const RESYNC_MS = 15_000

function bound(...objects: readonly object[]): ControlPlane {
  return new ControlPlane().create(...(objects as api.KubernetesObject[])).run(RESYNC_MS)
}

describe('a claim', () => {
  it('is bound to the smallest volume that is large enough, and each names the other', () => {
    const cluster = bound(volume('large', '5Gi'), volume('small', '2Gi'), volume('tiny', '1Mi'), claim('1Gi'))
    expect(cluster.get(api.persistentVolumeClaim, 'data', 'default')).toMatchObject({
      metadata: {
        annotations: {
          'pv.kubernetes.io/bind-completed': 'yes',
          'pv.kubernetes.io/bound-by-controller': 'yes',
        },
      },
      spec: { volumeName: 'small' },
      status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '2Gi' } },
    })
    expect(cluster.list(api.persistentVolume).map((one) => [nameOf(one), one.status?.phase])).toEqual([
      ['large', 'Available'],
      ['small', 'Bound'],
      ['tiny', 'Available'],
    ])
    expect(cluster.get(api.persistentVolume, 'small')?.spec?.claimRef).toMatchObject({ name: 'data' })
  })

  it.each([
    ['another class', volume('v', '2Gi', { storageClassName: 'fast' })],
    ['other access modes', volume('v', '2Gi', { accessModes: ['ReadOnlyMany'] })],
    ['another mode', volume('v', '2Gi', { volumeMode: 'Block' })],
    ['another claim', volume('v', '2Gi', { claimRef: { namespace: 'default', name: 'other' } })],
  ])('is not bound to a volume of %s', (_, other) => {
    const cluster = bound(other, claim('1Gi'))
    expect(cluster.get(api.persistentVolumeClaim, 'data', 'default')?.status?.phase).toBe('Pending')
  })

  it.each([
    ['manual', 'Warning', 'ProvisioningFailed', 'storageclass.storage.k8s.io "manual" not found'],
    [
      '',
      'Normal',
      'FailedBinding',
      'no persistent volumes available for this claim and no storage class is set',
    ],
  ])('of class "%s" says why it waits', (storageClassName, type, reason, message) => {
    const cluster = bound(claim('1Gi', { storageClassName }))
    const told = cluster.list(api.event, 'default').find((one) => one.involvedObject.name === 'data')
    expect(told).toMatchObject({
      type,
      reason,
      message,
      source: { component: 'persistentvolume-controller' },
    })
  })

  it('that is deleted goes, and leaves its volume behind', () => {
    const cluster = bound(volume('v', '2Gi'), claim('1Gi'))
    cluster.delete(api.persistentVolumeClaim, 'data')
    cluster.run(1000)
    expect(cluster.get(api.persistentVolumeClaim, 'data', 'default')).toBeUndefined()
    expect(cluster.get(api.persistentVolume, 'v')?.status?.phase).toBe('Released')
    cluster.delete(api.persistentVolume, 'v')
    cluster.run(1000)
    expect(cluster.list(api.persistentVolume)).toEqual([])
  })

  it('stays while a Pod uses it', () => {
    const cluster = bound(volume('v', '2Gi'), claim('1Gi'), {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'user', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'busybox' }],
        volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }],
      },
    })
    cluster.delete(api.persistentVolumeClaim, 'data')
    cluster.run(1000)
    expect(
      cluster.get(api.persistentVolumeClaim, 'data', 'default')?.metadata?.deletionTimestamp,
    ).toBeDefined()
    cluster.delete(api.pod, 'user')
    cluster.run(1000)
    expect(cluster.get(api.persistentVolumeClaim, 'data', 'default')).toBeUndefined()
  })
})

describe('a range of Service addresses', () => {
  it('is ready', () => {
    const cluster = new ControlPlane().run(1000)
    expect(cluster.get(api.serviceCIDR, 'kubernetes')).toMatchObject({
      metadata: { finalizers: ['networking.k8s.io/service-cidr-finalizer'] },
      status: {
        conditions: [{ type: 'Ready', status: 'True', message: 'Kubernetes Service CIDR is ready' }],
      },
    })
  })
})
