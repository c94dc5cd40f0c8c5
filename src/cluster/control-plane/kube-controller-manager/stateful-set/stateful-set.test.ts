import { describe, expect, it } from 'vitest'
import * as api from '../../../../api/index.ts'
import type { Pod } from '../../../../api/index.ts'
import { nameOf } from '../../../../client/index.ts'
import { ControlPlane } from '../../testing/control-plane.ts'

const db = (spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db' },
  spec: {
    replicas: 3,
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: {
      metadata: { labels: { app: 'db' } },
      spec: { containers: [{ name: 'db', image: 'nginx:1.27' }] },
    },
    ...spec,
  },
})

const log = (cluster: ControlPlane) =>
  cluster
    .take('Pod')
    .filter(({ type, object }) => type !== 'MODIFIED' || (object as Pod).status?.phase === 'Running')
    .filter(({ type, object }) => type !== 'MODIFIED' || !(object as Pod).metadata?.deletionTimestamp)
    .map(
      ({ type, object }) =>
        `${type === 'ADDED' ? 'made' : type === 'DELETED' ? 'gone' : 'up'} ${nameOf(object)}`,
    )

describe('StatefulSet', () => {
  it('makes its Pods in order, each when the one before is up, and ends them in reverse', () => {
    const cluster = new ControlPlane().addNodes(2)
    cluster.take()
    cluster.create(db()).run(5000)
    expect(log(cluster)).toEqual(['made db-0', 'up db-0', 'made db-1', 'up db-1', 'made db-2', 'up db-2'])
    cluster.patch(api.statefulSet, 'db', { spec: { replicas: 1 } }).run(5000)
    expect(log(cluster)).toEqual(['gone db-2', 'gone db-1'])
    expect(cluster.get(api.pod, 'db-0')?.spec).toMatchObject({ hostname: 'db-0', subdomain: 'db' })
    expect(cluster.events('StatefulSet')).toContain(
      'SuccessfulDelete: Delete Pod db-2 in StatefulSet db successful',
    )
  })

  it('makes them all at once when told so', () => {
    const cluster = new ControlPlane().addNodes(2)
    cluster.take()
    cluster.create(db({ podManagementPolicy: 'Parallel' })).run(5000)
    expect(log(cluster).slice(0, 3)).toEqual(['made db-0', 'made db-1', 'made db-2'])
  })

  it('rolls over from the highest number down to the partition', () => {
    const cluster = new ControlPlane()
      .addNodes(2)
      .create(db({ updateStrategy: { rollingUpdate: { partition: 1 } } }))
      .run(5000)
    cluster.take()
    cluster.patch(api.statefulSet, 'db', {
      spec: { template: { spec: { containers: [{ name: 'db', image: 'nginx:1.28' }] } } },
    })
    cluster.run(10_000)
    expect(log(cluster)).toEqual(['gone db-2', 'made db-2', 'up db-2', 'gone db-1', 'made db-1', 'up db-1'])
    expect(cluster.list(api.pod).map((pod) => pod.spec?.containers[0]?.image)).toEqual([
      'nginx:1.27',
      'nginx:1.28',
      'nginx:1.28',
    ])
    const { currentRevision, updateRevision, updatedReplicas } =
      cluster.get(api.statefulSet, 'db')?.status ?? {}
    expect({ moved: currentRevision !== updateRevision, updatedReplicas }).toEqual({
      moved: true,
      updatedReplicas: 2,
    })
  })
})
