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
