import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fidelityPage } from './fidelity.ts'
import { KNOWN_DIFFERENCES } from './known-differences/index.ts'
import { judge, SCENARIOS } from './scenarios.ts'

describe.each(SCENARIOS)('the recorded scenario %s, on our engine with our kubectl', (scenario) => {
  const results = judge(scenario)
  const known = KNOWN_DIFFERENCES[scenario]!

  const isChance = (step: number) => known[step]?.startsWith('chance: ') ?? false

  it('is equal but for what is listed, and the list has nothing that is equal, chance apart', () => {
    const different = results.filter(({ equal }) => !equal).map(({ step }) => step.n)
    const listed = Object.keys(known).map(Number)
    expect(different.filter((step) => !isChance(step))).toEqual(listed.filter((step) => !isChance(step)))
  })

  it.each(
    results
      .filter(({ step }) => !(step.n in known))
      .map((result) => [result.step.n, result.step.cmd, result] as const),
  )('%i: %s', (_n, _command, result) => expect(result.actual).toBe(result.expected))
})

describe('docs/fidelity.md', () => {
  it('says what the lists of known differences say: `npx tsx scripts/fidelity.ts` writes it', async () => {
    const page = new URL('../../docs/fidelity.md', import.meta.url)
    expect(readFileSync(page, 'utf8')).toBe(await fidelityPage())
  })
})
