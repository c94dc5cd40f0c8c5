/** What a completer found: words that could stand in place of the one before the cursor. */
export interface Completion {
  /** Where the word begins in the text before the cursor. */
  readonly start: number
  readonly candidates: readonly string[]
}

/** The text with the word completed as far as all candidates agree. Undefined when there are none. */
export function replaceWord(before: string, { start, candidates }: Completion): string | undefined {
  const [first] = candidates
  if (first === undefined) return undefined
  if (candidates.length === 1) return before.slice(0, start) + first + (/[/=:]$/.test(first) ? '' : ' ')
  const prefix = commonPrefix(candidates)
  return prefix.length >= before.length - start ? before.slice(0, start) + prefix : before
}

export function commonPrefix(texts: readonly string[]): string {
  let prefix = texts[0] ?? ''
  for (const text of texts) {
    let length = 0
    while (length < prefix.length && text[length] === prefix[length]) length++
    prefix = prefix.slice(0, length)
  }
  return prefix
}

/** In columns, sorted downwards, as `ls` does. Only the last part of paths is shown. */
export function listCandidates(candidates: readonly string[], columns: number): string {
  const names = candidates.map((path) => /[^/]*\/?$/.exec(path)![0])
  const width = Math.max(...names.map((name) => name.length)) + 2
  const across = Math.max(1, Math.floor(columns / width))
  const rows = Math.ceil(names.length / across)
  let text = ''
  for (let row = 0; row < rows; row++) {
    const line = names.filter((_, index) => index % rows === row)
    text += `${line.map((name, index) => (index === line.length - 1 ? name : name.padEnd(width))).join('')}\n`
  }
  return text
}
