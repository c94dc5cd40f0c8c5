import { describe, expect, it } from 'vitest'
import * as api from '../../../api/index.ts'
import type { Service } from '../../../api/index.ts'
import { Network } from '../../../network/index.ts'
import { createCloud } from '../../cloud/index.ts'
import { ControlPlane } from '../testing/control-plane.ts'
import { startCloudControllerManager } from './index.ts'

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup'

function start(nodes = 2) {
  const cluster = new ControlPlane()
  const network = new Network(cluster.simulation)
  const router = network.addHost('router', { forwarding: true })
  const segment = network.addSegment('internet')
  segment.attach(router, 'eth1', '203.0.113.1/24')
  network.addSegment('nodes').attach(router, 'eth0', '192.168.99.1/24')
  const cloud = createCloud({ simulation: cluster.simulation, network, segment, gateway: '203.0.113.1' })
  startCloudControllerManager({ transport: cluster.transport, simulation: cluster.simulation, cloud })
  cluster.addNodes(nodes)
  return { cluster, cloud }
}

const web = (spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
})
const ingress = (cluster: ControlPlane) => cluster.get(api.service, 'web')?.status?.loadBalancer?.ingress

/** The Service's versions and the events about it, in the order they were written. */
const log = (cluster: ControlPlane) =>
  cluster.take('Service', 'Event').flatMap(({ type, object }) => {
    if (object.kind === 'Event') return object.reason === 'RegisteredNode' ? [] : [String(object.reason)]
    const { spec, status, metadata } = object as Service
    const address = status?.loadBalancer?.ingress?.[0]?.ip
    return [`${type} ${spec?.type}${metadata?.finalizers ? ' held' : ''}${address ? ` ${address}` : ''}`]
  })

describe('service controller', () => {
  it('has a load balancer made in about two seconds, telling as it goes', () => {
    const { cluster } = start()
    cluster.take()
    cluster.create(web()).run(1500)
    expect(ingress(cluster)).toBeUndefined()
    cluster.run(1500)
    expect(ingress(cluster)).toEqual([{ ip: '203.0.113.10', ipMode: 'VIP' }])
    expect(log(cluster)).toEqual([
      'ADDED LoadBalancer',
      'EnsuringLoadBalancer',
      'MODIFIED LoadBalancer held',
      'EnsuredLoadBalancer',
      'MODIFIED LoadBalancer held 203.0.113.10',
    ])
  })

  it('gives it back when the type changes, and keeps the Service until then when it is deleted', () => {
    const { cluster, cloud } = start()
    cluster.create(web()).run(3000).take()
    cluster.patch(api.service, 'web', { spec: { type: 'ClusterIP' } }).run(1000)
    expect(cloud.loadBalancers.size).toBe(0)
    expect(cluster.get(api.service, 'web')?.metadata?.finalizers).toBeUndefined()
    expect(log(cluster).filter((line) => line.endsWith('Balancer'))).toEqual([
      'DeletingLoadBalancer',
      'DeletedLoadBalancer',
    ])
    cluster.patch(api.service, 'web', { spec: { type: 'LoadBalancer' } }).run(3000)
    expect(cluster.get(api.service, 'web')?.metadata?.finalizers).toEqual([FINALIZER])
    cluster.delete(api.service, 'web')
    cluster.run(1000)
    expect(cluster.get(api.service, 'web')).toBeUndefined()
    expect(cloud.loadBalancers.size).toBe(0)
  })

  it('tells the cloud of new nodes', () => {
    const { cluster, cloud } = start(1)
    cluster.create(web()).run(3000)
    const hosts = () => [...cloud.loadBalancers.values()][0]?.nodes.map(({ name }) => name)
    expect(hosts()).toEqual(['node-1'])
    cluster.patch(api.node, 'node-1', {
      metadata: { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } },
    })
    cluster.run(1000)
    expect(hosts()).toEqual([])
    expect(cluster.events('Service')).toContain(
      'UnAvailableLoadBalancer: There are no available nodes for LoadBalancer',
    )
    expect(cluster.events('Service')).toContain('UpdatedLoadBalancer: Updated load balancer with new hosts')
  })

  it('tries again after 5, 10, 20 s while the cloud is away', () => {
    const { cluster, cloud } = start()
    cloud.available = false
    cluster.create(web()).run(30_000)
    expect(ingress(cluster)).toBeUndefined()
    const failure = cluster.list(api.event).find(({ reason }) => reason === 'SyncLoadBalancerFailed')
    expect(failure).toMatchObject({ type: 'Warning', count: 3 })
    expect(failure?.message).toMatch(/^Error syncing load balancer: failed to ensure load balancer: /)
    cloud.available = true
    cluster.run(20_000)
    expect(ingress(cluster)).toEqual([{ ip: '203.0.113.10', ipMode: 'VIP' }])
  })

  it('asks for the address that the Service asks for, and leaves other classes alone', () => {
    const { cluster, cloud } = start()
    cluster.create(web({ loadBalancerIP: '203.0.113.77' })).run(3000)
    expect(ingress(cluster)).toEqual([{ ip: '203.0.113.77', ipMode: 'VIP' }])
    cluster
      .create({ ...web({ loadBalancerClass: 'example.com/other' }), metadata: { name: 'other' } })
      .run(3000)
    expect(cloud.loadBalancers.size).toBe(1)
  })
})
