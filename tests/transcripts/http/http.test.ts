import { describe, expect, it } from 'vitest'
import { judgeExchanges } from './exchanges.ts'
import { KNOWN_DIFFERENCES } from './known-differences.ts'

describe.each(Object.entries(KNOWN_DIFFERENCES))(
  'the HTTP exchanges beneath the recorded scenario %s',
  (scenario, known) => {
    const results = judgeExchanges(scenario).map((result) => ({
      ...result,
      name: `${result.step.n}.${result.index}`,
    }))
    const listed = new Set(Object.values(known).flatMap((names) => names.split(' ')))

    it('are answered equally but for what is listed, and the list has nothing that is equal', () => {
      const different = results.filter(({ equal }) => !equal).map(({ name }) => name)
      expect(different.sort()).toEqual([...listed].sort())
    })

    it.each(results.filter(({ name }) => !listed.has(name)))('$name $request', ({ actual, expected }) =>
      expect(actual).toBe(expected),
    )
  },
)
