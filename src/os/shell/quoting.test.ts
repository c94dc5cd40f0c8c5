import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runProgram, testMachine } from '../testing.ts'
import { quoteBackslash, quoteDouble, quoteSingle } from './expansion/quote.ts'
import { bash, isComplete } from './index.ts'

const texts = fc.string({ unit: fc.constantFrom(...'ab $"\'\\`*?[]{}~#&|;<>()!=,\n\té'), maxLength: 12 })

/** One of the ways to write a text so that the shell reads it back as it is. */
const quoted = fc.tuple(texts, fc.constantFrom(quoteSingle, quoteBackslash, quoteDouble))

function run(script: string) {
  return runProgram(testMachine({ bash }), bash, { argv: ['bash', '-c', script] })
}

describe('quoting', () => {
  it('round-trips, however the pieces of a word are quoted', () => {
    fc.assert(
      fc.property(fc.array(quoted, { minLength: 1, maxLength: 4 }), (pieces) => {
        const word = pieces.map(([text, quote]) => quote(text)).join('')
        const expected = pieces.map(([text]) => text).join('')
        expect(isComplete(`printf %s ${word}\n`)).toBe(true)
        expect(run(`printf %s ${word}`)).toMatchObject({ stdout: expected, stderr: '' })
      }),
      { numRuns: 200 },
    )
  })

  it('round-trips through nested shells', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 3 }), (text, depth) => {
        let script = `printf %s ${quoteSingle(text)}`
        for (let level = 0; level < depth; level++) script = `bash -c ${quoteSingle(script)}`
        expect(run(script)).toMatchObject({ stdout: text, stderr: '' })
      }),
      { numRuns: 60 },
    )
  })

  it('never splits what is in double quotes', () => {
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 4 }), (values) => {
        const script = `set -- ${values.map(quoteSingle).join(' ')}; for x in "$@"; do printf '<%s>' "$x"; done`
        expect(run(script).stdout).toBe(values.map((value) => `<${value}>`).join(''))
      }),
      { numRuns: 60 },
    )
  })
})

describe('isComplete', () => {
  it.each([
    ['echo hi', true],
    ['echo "hi', false],
    ["echo 'hi\n", false],
    ['echo hi \\\n', false],
    ['echo hi # \\\n', true],
    ['cat <<EOF\nx\n', false],
    ['cat <<EOF\nx\nEOF\n', true],
    ["cat <<-'E' <<F\na\n\tE\nb\nF\n", true],
    ['for i in a; do\n', false],
    ['for i in a; do echo $i; done\n', true],
    ['if true; then echo a; fi\n', true],
    ['if true; then echo a\n', false],
    ['echo a &&\n', false],
    ['echo a |\n', false],
    ['f() {\n', false],
    ['echo $(ls\n', false],
    ['case x in a) echo;;\n', false],
    ['echo )', true],
    ['fi', true],
    ['', true],
  ])('%j: %s', (text, complete) => {
    expect(isComplete(text)).toBe(complete)
  })
})
