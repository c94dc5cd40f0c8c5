/** The index after the first `bytes` bytes (as UTF-8) of a text, or undefined when it has fewer. */
export function indexOfByte(text: string, bytes: number): number | undefined {
  let index = 0
  let left = bytes
  while (left > 0) {
    if (index >= text.length) return undefined
    const code = text.codePointAt(index)!
    left -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    index += code > 0xffff ? 2 : 1
  }
  return index
}
