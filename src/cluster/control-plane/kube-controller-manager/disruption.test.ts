import { describe, expect, it } from 'vitest'
import * as api from '../../../api/index.ts'
import { ControlPlane } from '../testing/control-plane.ts'

const web = (replicas: number) => ({
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
const budget = (spec: object) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web' },
  spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
})

describe('disruption budget', () => {
  const cases: readonly [string, object, object][] = [
    [
      'minAvailable: 2',
      { minAvailable: 2 },
      { expectedPods: 3, currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1 },
    ],
    [
      'minAvailable: 50%',
      { minAvailable: '50%' },
      { expectedPods: 3, currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1 },
    ],
    [
      'maxUnavailable: 1',
      { maxUnavailable: 1 },
      { expectedPods: 3, currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1 },
    ],
    [
      'minAvailable: 3',
      { minAvailable: 3 },
      { conditions: [{ status: 'False', reason: 'InsufficientPods' }] },
    ],
  ]
  it.each(cases)('%s of three', (_, spec, status) => {
    const cluster = new ControlPlane().addNodes(2).create(web(3)).run(3000).create(budget(spec)).run(100)
    expect(cluster.get(api.podDisruptionBudget, 'web')?.status).toMatchObject(status)
  })

  it('says that it matches nothing', () => {
    const cluster = new ControlPlane().create(budget({ minAvailable: 1 })).run(100)
    expect(cluster.events('PodDisruptionBudget')).toEqual(['NoPods: No matching pods found'])
  })
})

describe('autoscaler', () => {
  it('says every 15 seconds that there are no metrics, and scales nothing', () => {
    const metrics = [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
      },
    ]
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
    const autoscaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: { scaleTargetRef, maxReplicas: 5, metrics },
    }
    const cluster = new ControlPlane().addNodes(1).create(web(2), autoscaler).run(40_000)
    expect(cluster.get(api.horizontalPodAutoscaler, 'web')?.status).toMatchObject({
      currentReplicas: 2,
      conditions: [
        { type: 'AbleToScale', status: 'True' },
        { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' },
      ],
    })
    expect(
      cluster
        .list(api.event)
        .filter(({ reason }) => reason === 'FailedGetResourceMetric')
        .map(({ count }) => count),
    ).toEqual([2])
    expect(cluster.get(api.deployment, 'web')?.spec?.replicas).toBe(2)
  })
})
