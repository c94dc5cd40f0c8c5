import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { KNOWN_DIFFERENCES } from './known-differences.ts'
import { replay, type RecordedStep } from './replay.ts'

const SEED = 7

function recording(scenario: string): readonly RecordedStep[] {
  const lines = readFileSync(new URL(`recordings/${scenario}.jsonl`, import.meta.url), 'utf8').trimEnd().split('\n')
  return lines.slice(1).map((line) => JSON.parse(line) as RecordedStep)
}

describe.each(['hands-on'])('the recorded scenario %s, on our engine with our kubectl', (scenario) => {
  const results = replay(recording(scenario), SEED)
  const known = KNOWN_DIFFERENCES[scenario] ?? {}
  const counted = results.filter(({ step }) => !step.chance)

  it('is equal but for what is listed, and the list has nothing that is equal', () => {
    const different = counted.filter(({ equal }) => !equal).map(({ step }) => step.n)
    expect(different).toEqual(Object.keys(known).map(Number))
  })

  it('is equal in at least 90 % of the steps that are not chance', () => {
    expect(counted.filter(({ equal }) => equal).length / counted.length).toBeGreaterThanOrEqual(0.9)
  })

  it.each(counted.filter(({ step }) => !(step.n in known)).map((result) => [result.step.n, result.step.cmd, result] as const))(
    '%i: %s',
    (_n, _command, result) => expect(result.actual).toBe(result.expected),
  )
})
