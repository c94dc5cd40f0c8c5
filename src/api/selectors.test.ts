import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matches, parseFieldSelector, parseSelector, selectorText } from './selectors.ts'

describe('label selectors', () => {
  it.each([
    ['app=web', 'app=web'],
    ['app==web,tier!=db', 'app==web,tier!=db'],
    ['env in (b, a),!gone,seen', 'env in (a,b),!gone,seen'],
    ['env notin ()', 'env notin ()'],
    ['cores>4', 'cores>4'],
    ['', ''],
  ])('%s is read as %s', (text, canonical) => {
    expect(selectorText(parseSelector(text)).split(',').sort()).toEqual(canonical.split(',').sort())
  })

  it.each([
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['=x', "found '=', expected: !, identifier, or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
  ])('%s is refused: %s', (text, message) => {
    expect(() => parseSelector(text)).toThrow(message)
  })

  it('agree with a naive reading', () => {
    const key = fc.constantFrom('a', 'b')
    const value = fc.constantFrom('x', 'y')
    const labels = fc.dictionary(key, value)
    fc.assert(
      fc.property(key, fc.array(value, { minLength: 1, maxLength: 2 }), labels, (name, values, given) => {
        const has = (text: string) => matches(parseSelector(text), given)
        const found = given[name]
        expect(has(`${name} in (${values.join(',')})`)).toBe(found !== undefined && values.includes(found))
        expect(has(`${name} notin (${values.join(',')})`)).toBe(
          found === undefined || !values.includes(found),
        )
        expect(has(name)).toBe(found !== undefined)
        expect(has(`!${name}`)).toBe(found === undefined)
        expect(has(`${name}=${values[0]}`)).toBe(found === values[0])
        expect(has(`${name}!=${values[0]}`)).toBe(found !== values[0])
      }),
    )
  })
})

describe('field selectors', () => {
  it('split at commas that are not escaped', () => {
    expect(parseFieldSelector('a.b=c\\,d,e!=f')).toEqual([
      { field: 'a.b', equal: true, value: 'c,d' },
      { field: 'e', equal: false, value: 'f' },
    ])
  })

  it('must be understood', () => {
    expect(() => parseFieldSelector('status.phase')).toThrow(
      "invalid selector: 'status.phase'; can't understand 'status.phase'",
    )
  })
})
