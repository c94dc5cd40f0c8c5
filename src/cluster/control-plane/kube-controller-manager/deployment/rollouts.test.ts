import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as api from '../../../../api/index.ts'
import type { Deployment, ReplicaSet } from '../../../../api/index.ts'
import { ControlPlane } from '../../testing/control-plane.ts'
import { REVISION } from './replica-sets.ts'

/**
 * What a real cluster wrote to a Deployment and its ReplicaSets, action by action (Kubernetes 1.36.3, recorded):
 * every version of each object, in order. ReplicaSets are called A, B, C in the order of their making.
 */
const recorded = readFileSync(new URL('testdata/rollouts.txt', import.meta.url), 'utf8')
  .split(/^# /m)
  .slice(1)
  .map((part) => part.trimEnd().split('\n'))
  .map(([action, ...lines]) => ({ action: action!, lines }))

const COUNTS = [
  'observedGeneration',
  'replicas',
  'fullyLabeledReplicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'terminatingReplicas',
] as const

class Recorder {
  readonly #letters = new Map<string, string>()

  line(object: Deployment | ReplicaSet): string {
    const { metadata, spec, status = {} } = object
    const counts = COUNTS.flatMap((name) => {
      const value = (status as Record<string, unknown>)[name]
      return value === undefined ? [] : [`${name}:${value}`]
    }).join(' ')
    const generation = `generation=${metadata?.generation} replicas=${spec?.replicas}`
    if (object.kind === 'ReplicaSet')
      return `ReplicaSet ${this.#letter(metadata?.name ?? '')} ${generation} | ${counts}`
    const revision = metadata?.annotations?.[REVISION] ?? 'None'
    const conditions = (status.conditions ?? [])
      .map(({ type, status, reason }) => `${type}=${status}(${reason})`)
      .join(' ')
    return `Deployment revision=${revision} ${generation} | ${counts}${conditions ? ` | ${conditions}` : ''}`
  }

  #letter(name: string): string {
    if (!this.#letters.has(name)) this.#letters.set(name, 'ABCDEFG'[this.#letters.size]!)
    return this.#letters.get(name)!
  }
}

const web = (image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } },
  },
})
const image = (name: string) => ({
  spec: { template: { spec: { containers: [{ name: 'web', image: name }] } } },
})

const ACTIONS: Readonly<Record<string, (cluster: ControlPlane) => unknown>> = {
  create: (cluster) => cluster.create(web('nginx:1.27')),
  'scale to 4': (cluster) => cluster.patch(api.deployment, 'web', { spec: { replicas: 4 } }),
  'scale to 2': (cluster) => cluster.patch(api.deployment, 'web', { spec: { replicas: 2 } }),
  'delete a Pod': (cluster) => cluster.delete(api.pod, cluster.list(api.pod)[0]!.metadata!.name!),
  'new template': (cluster) => cluster.patch(api.deployment, 'web', image('nginx:1.28')),
  'template that never becomes ready': (cluster) => cluster.patch(api.deployment, 'web', image('nginx:nope')),
  'the template before': (cluster) => cluster.patch(api.deployment, 'web', image('nginx:1.28')),
}

describe('the writes of a Deployment and its ReplicaSets', () => {
  const cluster = new ControlPlane().addNodes(2, { neverReady: 'nginx:nope' })
  const recorder = new Recorder()
  it.each(recorded)('$action', ({ action, lines }) => {
    cluster.take()
    ACTIONS[action]!(cluster)
    cluster.run(8000)
    const written = cluster
      .take('Deployment', 'ReplicaSet')
      .map(({ object }) => recorder.line(object as Deployment | ReplicaSet))
    for (const who of ['Deployment', 'ReplicaSet A', 'ReplicaSet B', 'ReplicaSet C']) {
      const of = (all: readonly string[]) => all.filter((line) => line.startsWith(who))
      expect(of(written)).toEqual(of(lines))
    }
  })
})
