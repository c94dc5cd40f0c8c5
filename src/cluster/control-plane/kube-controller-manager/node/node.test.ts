import { describe, expect, it } from 'vitest'
import * as api from '../../../../api/index.ts'
import { nameOf } from '../../../../client/index.ts'
import { ControlPlane } from '../../testing/control-plane.ts'
import { readyCondition } from './taints.ts'

const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx' }] },
    },
  },
}
const agent = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: { containers: [{ name: 'agent', image: 'busybox' }] },
    },
  },
}

const taints = (cluster: ControlPlane, name: string) =>
  (cluster.get(api.node, name)?.spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`)
const placed = (cluster: ControlPlane) =>
  cluster
    .list(api.pod)
    .map((pod) => pod.spec?.nodeName)
    .sort()

describe('nodes', () => {
  it('get a share of the Pod network each', () => {
    const cluster = new ControlPlane().addNodes(3)
    expect(cluster.list(api.node).map((node) => node.spec?.podCIDR)).toEqual([
      '10.244.0.0/24',
      '10.244.1.0/24',
      '10.244.2.0/24',
    ])
    expect(cluster.get(api.node, 'node-1')?.metadata?.annotations).toMatchObject({
      'node.alpha.kubernetes.io/ttl': '0',
    })
  })

  it('are tainted while cordoned', () => {
    const cluster = new ControlPlane().addNodes(2)
    cluster.patch(api.node, 'node-1', { spec: { unschedulable: true } }).run(100)
    expect(taints(cluster, 'node-1')).toEqual(['node.kubernetes.io/unschedulable:NoSchedule'])
    cluster.create(web).run(2000)
    expect(placed(cluster)).toEqual(['node-2', 'node-2'])
    cluster.patch(api.node, 'node-1', { spec: { unschedulable: null } }).run(100)
    expect(taints(cluster, 'node-1')).toEqual([])
  })

  it('that fall silent are unreachable after 50 s, and lose their Pods 5 minutes later', () => {
    const cluster = new ControlPlane().addNodes(2).create(web).run(5000)
    expect(placed(cluster)).toEqual(['node-1', 'node-2'])
    cluster.nodes[0]!.stop()
    cluster.run(40_000)
    expect(readyCondition(cluster.get(api.node, 'node-1')!)?.status).toBe('True')
    cluster.run(25_000)
    expect(readyCondition(cluster.get(api.node, 'node-1')!)).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
    })
    expect(taints(cluster, 'node-1')).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ])
    expect(cluster.get(api.deployment, 'web')?.status).toMatchObject({ readyReplicas: 1 })
    cluster.run(250_000)
    expect(placed(cluster)).toEqual(['node-1', 'node-2'])
    cluster.run(60_000)
    expect(placed(cluster)).toEqual(['node-1', 'node-2', 'node-2'])
    expect(cluster.get(api.deployment, 'web')?.status).toMatchObject({ readyReplicas: 2 })
  })

  it('run one Pod of a DaemonSet each, cordoned or new', () => {
    const cluster = new ControlPlane().addNodes(2)
    cluster.patch(api.node, 'node-1', { spec: { unschedulable: true } }).run(100)
    cluster.create(agent).run(3000)
    expect(placed(cluster)).toEqual(['node-1', 'node-2'])
    expect(cluster.get(api.daemonSet, 'agent')?.status).toMatchObject({
      desiredNumberScheduled: 2,
      numberReady: 2,
      updatedNumberScheduled: 2,
    })
    expect(cluster.list(api.controllerRevision)).toHaveLength(1)
  })

  it('roll a DaemonSet over one by one', () => {
    const cluster = new ControlPlane().addNodes(3).create(agent).run(3000)
    const before = cluster.list(api.pod).map(nameOf)
    cluster.take()
    cluster.patch(api.daemonSet, 'agent', {
      spec: { template: { spec: { containers: [{ name: 'agent', image: 'busybox:2' }] } } },
    })
    cluster.run(15_000)
    const after = cluster.list(api.pod)
    expect(after.map((pod) => pod.spec?.containers[0]?.image)).toEqual([
      'busybox:2',
      'busybox:2',
      'busybox:2',
    ])
    expect(after.map(nameOf).some((name) => before.includes(name))).toBe(false)
    const available = cluster
      .take('DaemonSet')
      .map(({ object }) => (object as api.DaemonSet).status?.numberAvailable ?? 0)
    expect(Math.min(...available)).toBe(2)
  })
})
