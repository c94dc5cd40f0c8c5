import { checkTextLength } from '../limits.ts'

/** A run of characters of a word being expanded. */
export interface Fragment {
  readonly text: string
  /** Quoted characters are never split, and never patterns. */
  readonly quoted: boolean
  /** Came from an unquoted expansion: subject to word splitting. */
  readonly split: boolean
}

/** Collects the fragments of a word; `"$@"` makes several fields of one word. */
export class Fields {
  readonly all: Fragment[][] = []
  #current: Fragment[] | undefined
  #size = 0

  add(text: string, quoted: boolean, split = false): void {
    checkTextLength((this.#size += text.length))
    if (!this.#current) this.all.push((this.#current = []))
    this.#current.push({ text, quoted, split })
  }

  /** What follows belongs to the next field. */
  breakField(): void {
    this.#current = undefined
  }

  /** Several values as `$@` gives them: the first joins what is before, the last what is after. */
  addList(values: readonly string[], quoted: boolean): void {
    for (const [index, value] of values.entries()) {
      if (index > 0) this.breakField()
      this.add(value, quoted, !quoted)
    }
  }
}

/** Word splitting (POSIX 2.6.5). Quoted fragments hold a field together, even empty ones. */
export function splitField(fragments: readonly Fragment[], ifs: string): Fragment[][] {
  if (!fragments.some((fragment) => fragment.split)) return fragments.length > 0 ? [[...fragments]] : []
  const result: Fragment[][] = []
  let field: Fragment[] | undefined
  /** White space has just ended a field: a delimiter after it belongs to the same gap. */
  let gap = false
  const finish = () => {
    result.push(field ?? [])
    field = undefined
  }
  for (const fragment of fragments) {
    if (!fragment.split) {
      if (fragment.text === '' && !fragment.quoted) continue
      ;(field ??= []).push(fragment)
      gap = false
      continue
    }
    let start = 0
    const { text } = fragment
    const flush = (end: number) => {
      if (end > start) (field ??= []).push({ text: text.slice(start, end), quoted: false, split: false })
    }
    for (let index = 0; index < text.length; index++) {
      const character = text[index]!
      if (!ifs.includes(character)) {
        gap = false
        continue
      }
      flush(index)
      start = index + 1
      if (character === ' ' || character === '\t' || character === '\n') {
        if (field) {
          finish()
          gap = true
        }
      } else if (gap) gap = false
      else finish()
    }
    flush(text.length)
  }
  if (field) result.push(field)
  return result
}

/** The text of a field, quotes gone. */
export function fieldText(fragments: readonly Fragment[]): string {
  return fragments.length === 1 ? fragments[0]!.text : fragments.map((fragment) => fragment.text).join('')
}

/** A field as a pattern: quoted characters are escaped so that they only match themselves. */
export function fieldPattern(fragments: readonly Fragment[]): string {
  return fragments.map(({ text, quoted }) => (quoted ? escapePattern(text) : text)).join('')
}

export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]!+@()|^-]/g, '\\$&')
}
