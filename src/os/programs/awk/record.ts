import { fromInput, toText, type Value } from './values.ts'
import { compileRegex } from '../regex.ts'

/** The current record and its fields; each is rebuilt from the other when it is asked for. */
export class AwkRecord {
  #text = ''
  #fields: Value[] | undefined = []
  #stale = false
  readonly #separators: () => { readonly fs: string; readonly ofs: string }

  constructor(separators: () => { readonly fs: string; readonly ofs: string }) {
    this.#separators = separators
  }

  set(text: string): void {
    this.#text = text
    this.#fields = undefined
    this.#stale = false
  }

  get(index: number): Value {
    if (index === 0) return fromInput(this.text)
    return this.#split()[index - 1] ?? ''
  }

  get text(): string {
    if (this.#stale) {
      this.#text = this.#split()
        .map((field) => toText(field))
        .join(this.#separators().ofs)
      this.#stale = false
    }
    return this.#text
  }

  setField(index: number, value: Value): void {
    if (index === 0) return this.set(toText(value))
    const fields = this.#split()
    while (fields.length < index) fields.push('')
    fields[index - 1] = value
    this.#stale = true
  }

  get count(): number {
    return this.#split().length
  }

  set count(count: number) {
    const fields = this.#split()
    fields.length = Math.min(fields.length, count)
    while (fields.length < count) fields.push('')
    this.#stale = true
  }

  #split(): Value[] {
    this.#fields ??= splitText(this.#text, this.#separators().fs).map(fromInput)
    return this.#fields
  }
}

const separators = new Map<string, RegExp>()

/** A single space splits at runs of blanks, another single character at itself, anything longer is a pattern. */
export function splitText(text: string, separator: string | RegExp): string[] {
  if (text === '') return []
  if (separator === ' ') return text.split(/[ \t\n]+/).filter((field) => field !== '')
  if (separator === '') return [...text]
  if (separator instanceof RegExp) return splitByRegex(text, separator)
  if (separator.length === 1 && separator !== '\\') return text.split(separator)
  let regex = separators.get(separator)
  if (!regex) separators.set(separator, (regex = compileRegex(separator, { extended: true, flags: 'g' })))
  return splitByRegex(text, regex)
}

/** Unlike String.split: groups of the pattern are no fields, and an empty match separates nothing. */
function splitByRegex(text: string, regex: RegExp): string[] {
  const fields: string[] = []
  let from = 0
  for (const match of text.matchAll(regex)) {
    if (match[0] === '') continue
    fields.push(text.slice(from, match.index))
    from = match.index + match[0].length
  }
  return [...fields, text.slice(from)]
}
