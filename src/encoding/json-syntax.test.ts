import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonSyntaxError } from './json-syntax.ts'

describe('a text that is no JSON', () => {
  it.each([
    ['{bad', "invalid character 'b' looking for beginning of object key string"],
    ["{'spec':{}}", "invalid character '\\'' looking for beginning of object key string"],
    ['{"spec":{"type":"NodePort"}', 'unexpected end of JSON input'],
    ['{"spec":{"type":NodePort}}', "invalid character 'N' looking for beginning of value"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair"],
    ['{"a":1}}', "invalid character '}' after top-level value"],
    ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
    ['{"a":01}', "invalid character '1' after object key:value pair"],
    ['{"a":-}', "invalid character '}' in numeric literal"],
    ['{"a":"\n"}', "invalid character '\\n' in string literal"],
    ['[1 2]', "invalid character '2' after array element"],
  ])('%j: %s', (text, message) => expect(jsonSyntaxError(text)).toBe(message))

  it('is none of those that are JSON', () =>
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(jsonSyntaxError(text)).toBeUndefined()
      }),
    ))

  it('is every text that is not', () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:0-1.eE+tru\\ ') }), (text) => {
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        expect(jsonSyntaxError(text) === undefined).toBe(valid)
      }),
    ))
})
