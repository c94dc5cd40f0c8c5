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
    const reasons = new Map(
      Object.entries(known).flatMap(([reason, names]) => names.split(' ').map((name) => [name, reason])),
    )
    const isChance = (name: string) => reasons.get(name)?.startsWith('chance: ') ?? false

    it('are answered equally but for what is listed, and the list has nothing that is equal, chance apart', () => {
      const different = results.filter(({ equal }) => !equal).map(({ name }) => name)
      const listed = [...reasons.keys()]
      expect(different.filter((name) => !isChance(name)).sort()).toEqual(
        listed.filter((name) => !isChance(name)).sort(),
      )
    })

    it.each(results.filter(({ name }) => !reasons.has(name)))('$name $request', ({ actual, expected }) =>
      expect(actual).toBe(expected),
    )
  },
)
