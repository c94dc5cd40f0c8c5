/** A sample of the random clusters of tests/packets, judged by the kernel: it does what the reference says, as we do. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { NODES } from '../packets/cluster.ts'
import { attemptsIn, build, outcomeOf, randomWorld } from '../packets/random-world.ts'
import { outcomes } from '../packets/reference.ts'
import { KernelCluster, NEEDS } from './cluster.ts'
import { judgedBy } from './namespace.ts'

const judged = judgedBy(...NEEDS)
const SAMPLE = 12

judged('what becomes of connections in clusters by chance', () => {
  const kernel = new KernelCluster()
  beforeAll(() => kernel.start())
  afterAll(() => kernel.stop())

  const worlds = fc
    .sample(randomWorld, { numRuns: SAMPLE, seed: 1 })
    .map((world, index) => [index, world] as const)
  it.each(worlds)('cluster %i', async (seed, world) => {
    const { hosts } = build(world, seed)
    for (const node of Object.keys(NODES)) kernel.load(node, hosts[node]!)
    const results = await Promise.all(
      attemptsIn(world).map(async (attempt) => {
        const real = outcomeOf(await kernel.send(attempt), attempt)
        return { attempt, real, expected: outcomes(world, attempt) }
      }),
    )
    expect(results.filter(({ real, expected }) => !expected.includes(real))).toEqual([])
  })
})
