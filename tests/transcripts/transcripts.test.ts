import { describe, expect, it } from 'vitest'
import { KNOWN_DIFFERENCES } from './known-differences.ts'
import { judge, SCENARIOS } from './scenarios.ts'

describe.each(SCENARIOS)('the recorded scenario %s, on our engine with our kubectl', (scenario) => {
  const results = judge(scenario)
  const known = KNOWN_DIFFERENCES[scenario] ?? {}

  it('is equal but for what is listed, and the list has nothing that is equal', () => {
    const different = results.filter(({ equal }) => !equal).map(({ step }) => step.n)
    expect(different).toEqual(Object.keys(known).map(Number))
  })

  it('is equal in at least 90 % of the steps that are not chance', () => {
    expect(results.filter(({ equal }) => equal).length / results.length).toBeGreaterThanOrEqual(0.9)
  })

  it.each(
    results
      .filter(({ step }) => !(step.n in known))
      .map((result) => [result.step.n, result.step.cmd, result] as const),
  )('%i: %s', (_n, _command, result) => expect(result.actual).toBe(result.expected))
})
