/**
 * 1,000 clusters by chance, with Services, NetworkPolicies and endpoints in every condition, in both modes of
 * kube-proxy: what our packets meet is what a naive reference, written from the documentation alone, says they meet.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { attemptsIn, build, outcomeOf, randomWorld } from './random-world.ts'
import { outcomes } from './reference.ts'

const CLUSTERS = 1000
const ATTEMPTS = 8
const WAIT_MS = 500

it(`what becomes of connections in ${CLUSTERS} clusters`, () => {
  const world = fc.tuple(
    randomWorld,
    fc.array(fc.nat(), { minLength: ATTEMPTS, maxLength: ATTEMPTS }),
    fc.nat(),
  )
  fc.assert(
    fc.property(world, ([cluster, chosen, seed]) => {
      const { tcp, udp } = build(cluster, seed)
      const all = attemptsIn(cluster)
      for (const number of chosen) {
        const attempt = all[number % all.length]!
        const { from, protocol, address, port } = attempt
        const ours = outcomeOf((protocol === 'udp' ? udp : tcp)(from, address, port, WAIT_MS), attempt)
        expect({ attempt, outcomes: outcomes(cluster, attempt) }).toEqual({
          attempt,
          outcomes: expect.arrayContaining([ours]) as unknown,
        })
      }
    }),
    { numRuns: CLUSTERS, seed: 1 },
  )
})
