import { describe, expect, it } from 'vitest'
import * as api from '../../../../api/index.ts'
import { nameOf } from '../../../../client/index.ts'
import { ControlPlane } from '../../testing/control-plane.ts'

const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx' }] },
    },
  },
})

const start = () => new ControlPlane().addNodes(1).create(deployment(2)).run(3000)
const left = (cluster: ControlPlane) => ({
  deployments: cluster.list(api.deployment).length,
  replicaSets: cluster.list(api.replicaSet).length,
  pods: cluster.list(api.pod).length,
})

describe('garbage collector', () => {
  it('takes the dependents after an owner deleted in the background', () => {
    const cluster = start()
    cluster.delete(api.deployment, 'web', 'Background')
    expect(left(cluster).deployments).toBe(0)
    expect(left(cluster.run(3000))).toEqual({ deployments: 0, replicaSets: 0, pods: 0 })
  })

  it('deletes the owner last in the foreground', () => {
    const cluster = start()
    cluster.take()
    cluster.delete(api.deployment, 'web', 'Foreground')
    cluster.run(3000)
    const gone = cluster.take('Deployment', 'ReplicaSet', 'Pod').filter(({ type }) => type === 'DELETED')
    expect(gone.map(({ object }) => object.kind)).toEqual(['Pod', 'Pod', 'ReplicaSet', 'Deployment'])
  })

  it('leaves orphans without an owner', () => {
    const cluster = start()
    cluster.delete(api.deployment, 'web', 'Orphan')
    cluster.run(3000)
    expect(left(cluster)).toEqual({ deployments: 0, replicaSets: 1, pods: 2 })
    expect(cluster.list(api.replicaSet)[0]?.metadata?.ownerReferences ?? []).toEqual([])
  })

  it('deletes what names an owner that never was', () => {
    const cluster = start()
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'ghost', uid: 'no-such-uid' }
    cluster.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'lost', ownerReferences: [owner] },
    })
    cluster.run(1000)
    expect(cluster.list(api.configMap, 'default').map(nameOf)).toEqual(['kube-root-ca.crt'])
  })

  it('gives a Pod deleted by hand a successor', () => {
    const cluster = start()
    const [first] = cluster.list(api.pod).map(nameOf)
    cluster.delete(api.pod, first!)
    const names = cluster.run(3000).list(api.pod).map(nameOf)
    expect(names).toHaveLength(2)
    expect(names).not.toContain(first)
  })
})
