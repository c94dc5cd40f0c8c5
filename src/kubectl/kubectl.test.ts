import { describe, expect, it } from 'vitest'
import { parseFlags, type Flag } from './flags.ts'
import { humanDuration } from '../api/format.ts'
import { parseJsonPath } from './printers/jsonpath-parse.ts'
import { printJsonPath } from './printers/jsonpath.ts'
import { parseTemplate, runTemplate } from './printers/go-template.ts'
import { toYaml } from './printers/yaml.ts'
import { strategicPatch, threeWayStrategicPatch } from './patch/three-way.ts'
import { decodeYaml } from './resources/yaml-decode.ts'

const FLAGS: readonly Flag[] = [
  { name: 'output', short: 'o', type: 'string', default: '', help: '' },
  { name: 'stdin', short: 'i', type: 'boolean', default: false, help: '' },
  { name: 'tty', short: 't', type: 'boolean', default: false, help: '' },
  { name: 'tail', type: 'integer', default: -1, help: '' },
  { name: 'timeout', type: 'duration', default: 0, help: '' },
  { name: 'dry-run', type: 'string', default: 'none', bare: 'unchanged', help: '' },
]

describe('flags', () => {
  it.each([
    ['-o wide', 'wide'],
    ['-owide', 'wide'],
    ['-o=wide', 'wide'],
    ['--output wide', 'wide'],
    ['--output=wide', 'wide'],
  ])('%s', (line, output) => {
    expect(parseFlags(line.split(' '), FLAGS).values.string('output')).toBe(output)
  })

  it('are bundled, stand anywhere, and end at --', () => {
    const { values, args, argsBeforeDash } = parseFlags(
      ['web', '-it', '--dry-run', 'x', '--', 'ls', '-l'],
      FLAGS,
    )
    expect([values.boolean('stdin'), values.boolean('tty'), values.string('dry-run')]).toEqual([
      true,
      true,
      'unchanged',
    ])
    expect([args, argsBeforeDash]).toEqual([['web', 'x', 'ls', '-l'], 2])
  })

  it.each([
    [['--foo'], 'unknown flag: --foo'],
    [['-itz'], "unknown shorthand flag: 'z' in -z"],
    [['-o'], "flag needs an argument: 'o' in -o"],
    [['--output'], 'flag needs an argument: --output'],
    [
      ['--tail', 'x'],
      'invalid argument "x" for "--tail" flag: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [['--timeout=5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
  ])('%s is refused', (words, message) => {
    expect(() => parseFlags(words, FLAGS)).toThrow(message)
  })
})

describe('YAML', () => {
  it('quotes what an older reader would not take for a string, and folds after column 80', () => {
    const long = `${'word '.repeat(20)}end`
    expect(
      toYaml({
        a: 'yes',
        b: '0x10',
        c: '1.5',
        d: 'x: y',
        e: '',
        f: 'two\nlines\n',
        g: 'plain',
        h: [1, { i: null }],
        l: long,
      }),
    ).toBe(
      `a: "yes"\nb: "0x10"\nc: "1.5"\nd: 'x: y'\ne: ""\nf: |\n  two\n  lines\ng: plain\nh:\n- 1\n- i: null\nl: ${'word '.repeat(15)}word\n  word word word word end\n`,
    )
  })

  it.each([
    ['a: b: c\n', 'yaml: mapping values are not allowed in this context'],
    ['a:\n- b\n c: d\n', 'yaml: line 3: mapping values are not allowed in this context'],
    ['key: "abc\n', 'yaml: line 2: found unexpected end of stream'],
    ['a: {b: c\n', "yaml: line 1: did not find expected ',' or '}'"],
    ['a: @x\n', 'yaml: found character that cannot start any token'],
    ['a:\n  b: 1\n c: 2\n', 'yaml: line 2: did not find expected key'],
    ['- a\nb: c\n', "yaml: line 1: did not find expected '-' indicator"],
  ])('%j is refused', (text, message) => {
    expect(() => decodeYaml(text)).toThrow(message)
  })

  it('reads by the rules of YAML 1.1', () => {
    expect(decodeYaml('a: yes\nb: 010\nc: "no"\nd: 2026-11-22\ne: ~\nf: 1_000\n')).toEqual({
      a: true,
      b: 8,
      c: 'no',
      d: '2026-11-22',
      e: null,
      f: 1000,
    })
  })
})

const PODS = {
  items: [
    { name: 'a', n: 1, ok: true },
    { name: 'b', n: 2, ok: false },
  ],
}

describe('templates', () => {
  it.each([
    ['{.items[*].name}', 'a b'],
    ['{range .items[*]}{.name}={.n}{"\\n"}{end}', 'a=1\nb=2\n'],
    ['{.items[?(@.n>1)].name}', 'b'],
    ['{.items[-1:].name}', 'b'],
    ["{.items[0]['name','n']}", 'a 1'],
    ['{..name}', 'a b'],
    ['{.items[0]}', '{"n":1,"name":"a","ok":true}'],
  ])('JSONPath %s', (template, text) => {
    expect(printJsonPath(parseJsonPath(template), template, PODS)).toBe(text)
  })

  it.each([
    ['{{range .items}}{{.name}} {{end}}', 'a b '],
    ['{{range $i, $p := .items}}{{if $i}},{{end}}{{$p.name}}{{end}}', 'a,b'],
    ['{{len .items}} {{(index .items 1).name | printf "%q"}}', '2 "b"'],
    ['{{if and (index .items 0).ok (eq (index .items 0).n 1)}}yes{{else}}no{{end}}', 'yes'],
    ['a {{- " b " -}} c', 'a b c'],
    ['{{.nosuch.x}}', '<no value>'],
  ])('Go template %s', (template, text) => {
    expect(runTemplate(parseTemplate(template), PODS, { allowMissing: true })).toBe(text)
  })
})

describe('patches', () => {
  const service = (ports: object[], extra: object = {}): Record<string, unknown> => ({
    spec: { ports, ...extra },
  })

  it('change one item of a list by its merge key, and say the order', () => {
    expect(strategicPatch('Service', service([{ port: 80 }]), service([{ port: 80, name: 'http' }]))).toEqual(
      {
        spec: { '$setElementOrder/ports': [{ port: 80 }], ports: [{ port: 80, name: 'http' }] },
      },
    )
  })

  it('remove what was applied and is gone, and leave what others set', () => {
    const original = service([{ port: 80 }], { selector: { app: 'web', tier: 'front' } })
    const modified = service([{ port: 80 }], { selector: { app: 'web' } })
    const current = service([{ port: 80, nodePort: 30080 }], {
      selector: { app: 'web', tier: 'front' },
      clusterIP: '10.96.0.9',
    })
    expect(threeWayStrategicPatch('Service', original, modified, current)).toEqual({
      spec: { selector: { tier: null } },
    })
  })
})

it.each([
  [0, '0s'],
  [119_000, '119s'],
  [125_000, '2m5s'],
  [3_600_000, '60m'],
  [4 * 3_600_000 + 60_000, '4h1m'],
  [50 * 3_600_000, '2d2h'],
  [400 * 86_400_000, '400d'],
])('an age of %i ms is %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text)
})
