/**
 * Two kubectls, one cluster: the real kubectl 1.36 and ours are given the same commands, made from a grammar by seed,
 * and must say the same on stdout and stderr and end with the same code. What they may differ in is listed by name in
 * `known-differences.ts`. Other commands than those of `npm test`:
 * `KUBECTLS_COMMANDS=300 KUBECTLS_STORIES=20 KUBECTLS_SEED=7 npx vitest run tests/two-kubectls`
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../src/sim/index.ts'
import { findKubectl } from '../clients/find-kubectl.ts'
import { comparable } from './compare.ts'
import { FILES } from './files.ts'
import { reading, story } from './grammar.ts'
import { knownDifference } from './known-differences.ts'
import { TwoKubectls, type Invocation, type Outcome } from './pair.ts'

const COMMANDS = Number(process.env['KUBECTLS_COMMANDS'] ?? 1700)
/** Stories: commands one after the other that change a namespace. */
const STORIES = Number(process.env['KUBECTLS_STORIES'] ?? 10)
const SEED = Number(process.env['KUBECTLS_SEED'] ?? 1)
const STORY_LENGTH = 6
/** Real kubectls that run at once. */
const BATCH = 4

const kubectl = findKubectl()

describe.skipIf(!kubectl)('two kubectls, one cluster', { timeout: 60_000 + COMMANDS * 2000 }, () => {
  const two = new TwoKubectls(kubectl!, SEED)
  beforeAll(async () => {
    const cluster = readFileSync(join(import.meta.dirname, 'cluster.yaml'), 'utf8')
    await two.start({ ...FILES, 'cluster.yaml': cluster })
    // Pods find the ServiceAccount of a new namespace only when its controller has made it.
    for (const waitMs of [2000, 60_000]) {
      await two.ours({ argv: ['apply', '-f', 'cluster.yaml'] })
      two.session.simulation.runFor(waitMs)
    }
  })
  afterAll(() => two.stop())

  it(`say the same of a cluster that stands still`, async () => {
    const random = Random.fromSeed(SEED, 'two-kubectls')
    const commands = Array.from({ length: COMMANDS }, () => reading(random))
    const doubtful: Invocation[] = []
    const differences: string[] = []
    for (let start = 0; start < commands.length; start += BATCH) {
      const batch = commands.slice(start, start + BATCH)
      const reals = await Promise.all(batch.map((command) => two.real(command)))
      for (const [index, command] of batch.entries())
        if (difference(command, reals[index]!, await two.ours(command)).length > 0) doubtful.push(command)
    }
    // The real one's patience is measured by the wall clock: on a busy machine it gives up at times. What is asked alone,
    // and differs again, differs.
    for (const command of doubtful)
      differences.push(...difference(command, await two.real(command), await two.ours(command)))
    expect(differences).toEqual([])
  })

  it('do the same to a namespace each', async () => {
    two.letTimeFlow()
    const random = Random.fromSeed(SEED, 'stories')
    const told = Array.from({ length: STORIES }, (_, index) =>
      tellTwice(two, `pair-${index}`, story(random, STORY_LENGTH)),
    )
    const differences = (await Promise.all(told)).flat()
    two.holdTime()
    expect(differences).toEqual([])
  })
})

/** The story in two namespaces, a command of each after the other. */
async function tellTwice(two: TwoKubectls, name: string, commands: readonly Invocation[]): Promise<string[]> {
  const [theirs, own] = [`${name}-a`, `${name}-b`]
  for (const namespace of [theirs, own]) await two.ours({ argv: ['create', 'namespace', namespace] })
  const differences: string[] = []
  for (const command of [{ argv: ['apply', '-f', 'story.yaml'] }, ...commands]) {
    const at = (namespace: string): Invocation => ({ ...command, argv: ['-n', namespace, ...command.argv] })
    const real = await two.real(at(theirs))
    const ours = await two.ours(at(own))
    differences.push(...difference(command, renamed(real, theirs, name), renamed(ours, own, name)))
    // After one of them failed for a known reason the namespaces are no longer alike.
    if (real.exitCode !== ours.exitCode) break
  }
  return differences
}

const renamed = (outcome: Outcome, from: string, to: string): Outcome => ({
  ...outcome,
  stdout: outcome.stdout.replaceAll(from, to),
  stderr: outcome.stderr.replaceAll(from, to),
})

/** One text that shows the command and both outcomes; none when they are equal or differ as they may. */
function difference(command: Invocation, real: Outcome, ours: Outcome): string[] {
  const [expected, actual] = [comparable(real), comparable(ours)]
  if (expected === actual || knownDifference(command, real, ours)) return []
  return [`kubectl ${command.argv.join(' ')}\n=== real\n${expected}\n=== ours\n${actual}`]
}
