import { expect, it } from 'vitest'
import type { Node } from '../../src/api/index.ts'
import type { KubernetesList } from '../../src/api/resource.ts'
import { Session } from '../../src/session/session.ts'

it('gives every node the Pod network that its object says, in whatever order they were noticed', () => {
  const { cluster } = new Session({ seed: 1, nodes: 12 })
  while (!cluster.ready) cluster.simulation.step()
  const answer = cluster.handle({ method: 'GET', path: '/api/v1/nodes' })
  if (answer.kind !== 'response') throw new Error('not an answer')
  const { items } = answer.response.body as KubernetesList<Node>
  const told = items.map(({ metadata, spec }) => `${metadata?.name} ${spec?.podCIDR?.replace('.0/24', '.1')}`)
  const used = items.map(
    ({ metadata }) => `${metadata?.name} ${cluster.nodes.get(metadata!.name!)?.runtime.cni.gateway}`,
  )
  expect(used).toEqual(told)
})
