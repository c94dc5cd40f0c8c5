import { describe, expect, it } from 'vitest'
import { ControlPlane } from '../../testing/control-plane.ts'
import * as api from '../../../../api/index.ts'
import type { Resource } from '../../../../api/index.ts'

const quota = (hard: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q' },
  spec: { hard },
})
const service = (name: string, type: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { type, ports: [{ port: 80 }] },
})
const pod = (name: string, resources: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'nginx', resources }] },
})

function limited(hard: Readonly<Record<string, string>>) {
  const cluster = new ControlPlane().run(2000)
  cluster.create(quota(hard)).run(1000)
  return { cluster, used: () => cluster.run(1000).get(api.resourceQuota, 'q')?.status?.used }
}

describe('a ResourceQuota', () => {
  it('counts what is there and refuses what would be too much', () => {
    const { cluster, used } = limited({ pods: '1', services: '5', 'services.nodeports': '0' })
    cluster.create(pod('p1'))
    expect(() => cluster.create(pod('p2'))).toThrow(
      'pods "p2" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
    )
    expect(() => cluster.create(service('b', 'NodePort'))).toThrow(
      'services "b" is forbidden: exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=0, limited: services.nodeports=0',
    )
    cluster.create(service('a', 'ClusterIP'))
    // With the Service `kubernetes`.
    expect(used()).toEqual({ pods: '1', services: '2', 'services.nodeports': '0' })
  })

  it('wants to know how much a container takes, once that is limited', () => {
    const { cluster, used } = limited({ 'requests.cpu': '1', 'limits.memory': '1Gi' })
    expect(() => cluster.create(pod('p1'))).toThrow(
      'pods "p1" is forbidden: failed quota: q: must specify limits.memory for: c; requests.cpu for: c',
    )
    cluster.create(pod('p1', { requests: { cpu: '600m' }, limits: { memory: '512Mi' } }))
    expect(() =>
      cluster.create(pod('p2', { requests: { cpu: '600m' }, limits: { memory: '512Mi' } })),
    ).toThrow(
      'exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1',
    )
    expect(used()).toEqual({ 'requests.cpu': '600m', 'limits.memory': '512Mi' })
  })

  it('gets back what is deleted', () => {
    const { cluster, used } = limited({ 'services.loadbalancers': '1', 'count/deployments.apps': '5' })
    cluster.create(service('a', 'LoadBalancer'))
    expect(used()).toEqual({ 'services.loadbalancers': '1', 'count/deployments.apps': '0' })
    cluster.client.delete(api.service as Resource, 'default', 'a', {})
    expect(used()).toEqual({ 'services.loadbalancers': '0', 'count/deployments.apps': '0' })
  })
})
