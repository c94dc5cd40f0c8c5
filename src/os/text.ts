/** How many bytes `text` takes as UTF-8: what `ls -l` and `wc -c` count. */
export function utf8Length(text: string): number {
  let length = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    if (unit < 0x800) length += 1
    else if (unit >= 0xd800 && unit < 0xdc00) {
      length += 2
      index++
    } else length += 2
  }
  return length
}

/**
 * `compute`, with its last answers remembered: texts that are looked at again and again and seldom change, such as the
 * files that every look-up of a name reads. Answers are shared: not to be changed.
 */
export function remembering<T>(compute: (text: string) => T, most = 200): (text: string) => T {
  const answers = new Map<string, T>()
  return (text) => {
    const known = answers.get(text)
    if (known !== undefined) return known
    const answer = compute(text)
    if (answers.size >= most) answers.clear()
    answers.set(text, answer)
    return answer
  }
}
