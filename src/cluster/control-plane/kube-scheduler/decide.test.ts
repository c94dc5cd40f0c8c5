import { describe, expect, it } from 'vitest'
import type { Node, Pod, PodSpec } from '../../../api/index.ts'
import { decide } from './decide.ts'
import { NodeInfo } from './node-info.ts'

interface Setup {
  readonly cpu?: string
  readonly memory?: string
  readonly pods?: string
  readonly labels?: Record<string, string>
  readonly taint?: string
  readonly unschedulable?: boolean
  readonly runs?: readonly Pod[]
}

function node(
  name: string,
  { cpu = '2', memory = '8Gi', pods = '110', labels, taint, unschedulable, runs = [] }: Setup = {},
) {
  const info = new NodeInfo(name)
  const made: Node = {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: {
      ...(taint && { taints: [{ key: taint, effect: 'NoSchedule' }] }),
      ...(unschedulable && { unschedulable }),
    },
    status: { allocatable: { cpu, memory, pods } },
  }
  info.setNode(made)
  for (const pod of runs) info.add(pod)
  return info
}

let uids = 0
const pod = (spec: Partial<PodSpec> = {}, labels: Record<string, string> = {}): Pod => ({
  metadata: { name: `pod-${++uids}`, namespace: 'default', uid: `uid-${uids}`, labels },
  spec: { containers: [{ name: 'c' }], ...spec },
})
const asking = (cpu: string, memory = '0') => ({
  containers: [{ name: 'c', resources: { requests: { cpu, memory } } }],
})

const first = () => 0
const outcome = (wanted: Pod, nodes: readonly NodeInfo[]): string => {
  const decision = decide(wanted, nodes, first)
  return decision.kind === 'node' ? decision.nodeName : decision.message
}

const master = () => node('control-plane', { taint: 'node-role.kubernetes.io/control-plane' })
const NOT_HELPFUL =
  'no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.'

describe('why there is no node', () => {
  const cases: readonly [what: string, Pod, readonly NodeInfo[], string][] = [
    ['no nodes', pod(), [], 'no nodes available to schedule pods'],
    [
      'a selector that nothing has',
      pod({ nodeSelector: { disk: 'ssd' } }),
      [master(), node('node-1'), node('node-2')],
      `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector. ${NOT_HELPFUL}`,
    ],
    [
      'more CPU than a node has',
      pod(asking('100')),
      [master(), node('node-1'), node('node-2')],
      `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. ${NOT_HELPFUL}`,
    ],
    [
      'CPU that others have taken',
      pod(asking('1')),
      [node('node-1', { runs: [pod(asking('1500m'))] })],
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    ],
    [
      'a full node and a cordoned one',
      pod(),
      [node('node-1', { pods: '1', runs: [pod()] }), node('node-2', { unschedulable: true })],
      '0/2 nodes are available: 1 Too many pods, 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.',
    ],
    [
      'a host port in use',
      pod({ containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 8080 }] }] }),
      [
        node('node-1', {
          runs: [pod({ containers: [{ name: 'c', ports: [{ containerPort: 1, hostPort: 8080 }] }] })],
        }),
      ],
      "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
    ],
    [
      'a neighbour it must not have',
      pod({
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } },
            ],
          },
        },
      }),
      [node('node-1', { runs: [pod({}, { app: 'web' })] })],
      "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
    ],
  ]
  it.each(cases)('%s', (_, wanted, nodes, message) => {
    expect(outcome(wanted, nodes)).toBe(message)
  })
})

describe('which node', () => {
  it('tolerates what it says it tolerates', () => {
    const tolerations = [
      { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
    ]
    expect(outcome(pod({ tolerations }), [master()])).toBe('control-plane')
  })

  it('prefers the node with more room', () => {
    const nodes = [node('node-1', { runs: [pod(asking('1', '1Gi'))] }), node('node-2')]
    expect(outcome(pod(asking('100m', '100Mi')), nodes)).toBe('node-2')
  })

  it('spreads the Pods of one ReplicaSet', () => {
    const owned = (): Pod => {
      const one = pod()
      const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true }
      return { ...one, metadata: { ...one.metadata, ownerReferences: [owner] } }
    }
    const nodes = [node('node-1'), node('node-2'), node('node-3')]
    for (let index = 0; index < 30; index++) {
      const next = owned()
      const decision = decide(next, nodes, (count) => index % count)
      nodes.find(({ name }) => decision.kind === 'node' && name === decision.nodeName)!.add(next)
    }
    expect(nodes.map(({ pods }) => pods.size)).toEqual([10, 10, 10])
  })

  it('gives back what it counted when a Pod goes', () => {
    const runs = [pod(asking('1')), pod(asking('500m'))]
    const info = node('node-1', { runs })
    for (const { metadata } of runs) info.remove(metadata!.uid!)
    expect(info.requested.get('cpu')).toBe(0)
    expect(outcome(pod(asking('2')), [info])).toBe('node-1')
  })
})
