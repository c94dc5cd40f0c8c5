import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BoundedRegExp } from './bounded-regex.ts'

/** Long enough that the engine's own way counts as too costly wherever something repeats. */
const PADDING = 'z'.repeat(1000)

const PATTERNS = [
  'a', 'a+', 'a*b', '(a+)+$', '(a|ab)(c|bcd)(d*)', '^(?:a*)*b', '(a|aa)+$', 'x*', '[ab]+c?', '[^z]+', 'a{2,3}b', '(a{2,}|b)*c', '\\bab', 'a(?=\\w)b*',
  '(?<!\\w)(?:a+)(?!\\w)', 'a+?b', '(a*)(b*)(c*)', '(a|b)+', '.*a.*b', '\\.+', '(?:)*a',
] // prettier-ignore

describe('an expression that is run carefully', () => {
  it.each(PATTERNS)('finds in %s what JavaScript finds', (pattern) => {
    fc.assert(
      fc.property(fc.stringMatching(/^[abcd.]{0,12}$/), fc.constantFrom('g', 'gi', 'gy'), (text, flags) => {
        const [bounded, native] = [new BoundedRegExp(pattern, `s${flags}`), new RegExp(pattern, `s${flags}`)]
        const padded = `${text} ${PADDING}${text}`
        expect(padded.replace(bounded, '<$&>')).toBe(padded.replace(native, '<$&>'))
        expect(padded.split(bounded)).toEqual(padded.split(native))
        expect([...padded.matchAll(bounded)].map((match) => match.index)).toEqual(
          [...padded.matchAll(native)].map((match) => match.index),
        )
      }),
      { numRuns: 8 },
    )
  })

  it.each([
    ['(a+)+$', 40],
    ['^(a|a)*$', 40],
    ['(.*)*(.*)*x', 2000],
    ['.*.*.*.*x', 3000],
    ['(a*)*b', 100_000],
  ])('takes no more than a moment over %s', (pattern, length) => {
    const started = process.cpuUsage().user
    expect(new BoundedRegExp(pattern, 's').exec(`${'a'.repeat(length)}!`)).toBe(null)
    expect(process.cpuUsage().user - started).toBeLessThan(1_000_000)
  })

  it('gives up with an error of the system where there is no careful way', () => {
    expect(() => new BoundedRegExp('(a*)*\\1b', 's').exec('a'.repeat(50))).toThrow('memory exhausted')
    expect(() => new BoundedRegExp('(a*)*b', 's').exec('a'.repeat(5_000_000))).toThrow('memory exhausted')
  })
})
