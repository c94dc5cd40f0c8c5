import { tool, type Tool } from './tool.ts'

const CLASSES: Readonly<Record<string, (code: number) => boolean>> = {
  alpha: (code) => isUpper(code) || isLower(code),
  digit: (code) => code >= 48 && code <= 57,
  alnum: (code) => isUpper(code) || isLower(code) || (code >= 48 && code <= 57),
  upper: isUpper,
  lower: isLower,
  space: (code) => code === 32 || (code >= 9 && code <= 13),
  blank: (code) => code === 32 || code === 9,
  punct: (code) => code > 32 && code < 127 && !/[a-z\d]/i.test(String.fromCharCode(code)),
  print: (code) => code >= 32 && code < 127,
  graph: (code) => code > 32 && code < 127,
  cntrl: (code) => code < 32 || code === 127,
  xdigit: (code) => /[\da-f]/i.test(String.fromCharCode(code)),
}

function isUpper(code: number): boolean {
  return code >= 65 && code <= 90
}

function isLower(code: number): boolean {
  return code >= 97 && code <= 122
}

export const tr = tool({
  name: 'tr',
  usage: '[-cds] STRING1 [STRING2]',
  about: 'Translates, squeezes or deletes characters.',
  short: '+cCdst',
  long: { complement: 'c', delete: 'd', 'squeeze-repeats': 's', 'truncate-set1': 't' },
  *run(tool: Tool) {
    const { options, operands, process } = tool
    const [first, second] = operands
    if (first === undefined) tool.usageError(tool.busybox ? undefined : 'missing operand')
    const deleting = options.has('d')
    const squeezing = options.has('s')
    if (second === undefined && !deleting && !squeezing) {
      tool.usageError(
        tool.busybox
          ? undefined
          : `missing operand after '${first}'\nTwo strings must be given when translating.`,
      )
    }
    const from = expand(tool, first)
    const to = second === undefined ? [] : expand(tool, second)
    const complement = options.has('c') || options.has('C')
    const inFirst = new Set(from)
    const selected = (character: string) => inFirst.has(character) !== complement
    const table = translation(from, to, options.has('t'))
    const last = to.at(-1)
    const translate = (character: string): string => {
      if (deleting || to.length === 0) return character
      if (complement) return inFirst.has(character) ? character : (last ?? character)
      return table.get(character) ?? character
    }
    const squeezeSet = new Set(second === undefined ? [] : to)
    const squeezable = (character: string) =>
      second === undefined ? selected(character) : squeezeSet.has(character)
    let previous: string | undefined
    for (let chunk = yield* process.read(); chunk !== null; chunk = yield* process.read()) {
      let text = ''
      for (const character of chunk) {
        if (deleting && selected(character)) continue
        const result = translate(character)
        if (squeezing && result === previous && squeezable(result)) continue
        text += result
        previous = result
      }
      yield* process.compute()
      yield* process.print(text)
    }
  },
})

/** A short second string is stretched with its last character; -t cuts the first one short instead. */
function translation(
  from: readonly string[],
  to: readonly string[],
  truncate: boolean,
): ReadonlyMap<string, string> {
  const table = new Map<string, string>()
  for (const [index, character] of from.entries()) {
    const target = to[index] ?? (truncate ? undefined : to.at(-1))
    if (target !== undefined) table.set(character, target)
  }
  return table
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}

function expand(tool: Tool, text: string): string[] {
  const set: string[] = []
  const units = [...text.matchAll(/\[:(\w+):\]|\[=(.)=\]|\[(\\?.)\*(\d*)\]|\\([0-7]{1,3})|\\(.)|(.)/gsu)]
  for (let index = 0; index < units.length; index++) {
    const [whole, className, equivalent, repeated, count] = units[index]!
    if (className !== undefined) {
      const belongs = CLASSES[className]
      if (!belongs) tool.fail(`invalid character class '${className}'`)
      for (let code = 0; code < 128; code++) if (belongs(code)) set.push(String.fromCharCode(code))
    } else if (repeated !== undefined)
      set.push(...Array.from({ length: Number(count) || 0 }, () => character(repeated)))
    else if (units[index + 1]?.[0] === '-' && units[index + 2] && !units[index + 2]![1]) {
      const low = character(whole).codePointAt(0)!
      const high = character(units[index + 2]![0]).codePointAt(0)!
      if (high < low) {
        tool.fail(
          `range-endpoints of '${whole}-${units[index + 2]![0]}' are in reverse collating sequence order`,
        )
      }
      for (let code = low; code <= high; code++) set.push(String.fromCodePoint(code))
      index += 2
    } else set.push(equivalent ?? character(whole))
  }
  return set
}

function character(unit: string): string {
  if (!unit.startsWith('\\') || unit.length === 1) return unit
  if (/^\\[0-7]+$/.test(unit)) return String.fromCharCode(parseInt(unit.slice(1), 8))
  return ESCAPES[unit[1]!] ?? unit[1]!
}
