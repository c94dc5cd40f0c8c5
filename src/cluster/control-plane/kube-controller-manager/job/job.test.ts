import { describe, expect, it } from 'vitest'
import * as api from '../../../../api/index.ts'
import type { Job, JobSpec } from '../../../../api/index.ts'
import { isDeleting, nameOf, type Informer } from '../../../../client/index.ts'
import { InformerSet } from '../../../../client/index.ts'
import { ControlPlane } from '../../testing/control-plane.ts'

const job = (spec: Partial<JobSpec> = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'sums' },
  spec: {
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } },
    ...spec,
  },
})

/** Ends each Pod a second after it runs, as `phase` says. */
function endPods(cluster: ControlPlane, phase: (count: number) => 'Succeeded' | 'Failed'): void {
  let count = 0
  const informers = new InformerSet(cluster.client)
  const pods: Informer<api.Pod> = informers.for(api.pod)
  pods.onChange((next, previous) => {
    if (next?.status?.phase !== 'Running' || previous?.status?.phase === 'Running' || isDeleting(next)) return
    const outcome = phase(count++)
    cluster.simulation.schedule(1000, () => {
      const pod = pods.get('default', nameOf(next))
      if (!pod) return
      const finishedAt = cluster.simulation.timestamp()
      const ended = {
        name: 'c',
        image: '',
        imageID: '',
        ready: false,
        restartCount: 0,
        state: { terminated: { exitCode: outcome === 'Failed' ? 1 : 0, finishedAt } },
      }
      cluster.client.updateStatus(api.pod, {
        ...pod,
        status: { ...pod.status, phase: outcome, containerStatuses: [ended] },
      })
    })
  })
  informers.start()
}

const conditions = (cluster: ControlPlane) =>
  cluster.get(api.job, 'sums')?.status?.conditions?.map(({ type, reason }) => `${type} ${reason}`)

describe('Job', () => {
  it('runs until enough Pods have succeeded, counting each once', () => {
    const cluster = new ControlPlane().addNodes(1)
    endPods(cluster, () => 'Succeeded')
    cluster.take()
    cluster.create(job({ completions: 2 })).run(15_000)
    const steps = cluster.take('Job').map(({ object }) => {
      const {
        active,
        ready,
        succeeded,
        uncountedTerminatedPods: uncounted,
        conditions,
      } = (object as Job).status ?? {}
      const last = conditions?.at(-1)?.type
      return [
        active && `active ${active}`,
        ready && `ready ${ready}`,
        uncounted?.succeeded && 'counting',
        succeeded && `succeeded ${succeeded}`,
        last,
      ]
        .filter(Boolean)
        .join(', ')
    })
    expect(steps).toEqual([
      '',
      'active 1',
      'active 1, ready 1',
      'active 1, counting',
      'active 1, succeeded 1',
      'active 1, ready 1, succeeded 1',
      'counting, succeeded 1, SuccessCriteriaMet',
      'succeeded 2, Complete',
    ])
    expect(conditions(cluster)).toEqual([
      'SuccessCriteriaMet CompletionsReached',
      'Complete CompletionsReached',
    ])
    expect(cluster.events('Job')).toContain('Completed: Job completed')
    expect(cluster.list(api.pod).map((pod) => pod.metadata?.finalizers ?? [])).toEqual([[], []])
  })

  it('gives up after its back-off limit, waiting longer each time', () => {
    const cluster = new ControlPlane().addNodes(1)
    endPods(cluster, () => 'Failed')
    cluster.create(job({ backoffLimit: 2 })).run(8000)
    expect(cluster.list(api.pod)).toHaveLength(1)
    cluster.run(60_000)
    expect(cluster.list(api.pod)).toHaveLength(3)
    expect(cluster.get(api.job, 'sums')?.status).toMatchObject({ failed: 3 })
    expect(conditions(cluster)).toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded'])
    expect(cluster.events('Job')).toContain(
      'BackoffLimitExceeded: Job has reached the specified backoff limit',
    )
  })

  it('is deleted some time after it finished, if it says so', () => {
    const cluster = new ControlPlane().addNodes(1)
    endPods(cluster, () => 'Succeeded')
    cluster.create(job({ ttlSecondsAfterFinished: 10 })).run(8000)
    expect(conditions(cluster)).toContain('Complete CompletionsReached')
    cluster.run(20_000)
    expect(cluster.get(api.job, 'sums')).toBeUndefined()
    expect(cluster.list(api.pod)).toEqual([])
  })
})

describe('CronJob', () => {
  it('makes a Job each minute it names, and keeps the last three', () => {
    const cluster = new ControlPlane().addNodes(1)
    endPods(cluster, () => 'Succeeded')
    const { spec } = job()
    const cronJob = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'tick' },
      spec: { schedule: '* * * * *', jobTemplate: { spec } },
    }
    cluster.create(cronJob).run(130_000)
    const first = Math.floor(cluster.simulation.startMs / 60_000) + 1
    expect(cluster.list(api.job).map(nameOf)).toEqual([`tick-${first}`, `tick-${first + 1}`])
    expect(cluster.events('CronJob').slice(0, 2)).toEqual([
      `SuccessfulCreate: Created job tick-${first}`,
      `SawCompletedJob: Saw completed job: tick-${first}, condition: Complete`,
    ])
    cluster.run(300_000)
    expect(cluster.list(api.job)).toHaveLength(3)
  })
})
