/** How many bytes `text` takes as UTF-8: what `ls -l`, `wc -c` and Content-Length count. */
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

/** The UTF-8 bytes of a text. */
export function utf8Bytes(text: string): number[] {
  const bytes: number[] = []
  for (let index = 0; index < text.length; index++) {
    const code = text.codePointAt(index)!
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63))
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    else {
      bytes.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      )
      index++
    }
  }
  return bytes
}

/** The text of UTF-8 bytes; what is not UTF-8 becomes U+FFFD. */
export function utf8Text(bytes: readonly number[]): string {
  let text = ''
  for (let index = 0; index < bytes.length;) {
    const first = bytes[index++]!
    const more = first < 0x80 ? 0 : first >> 5 === 6 ? 1 : first >> 4 === 14 ? 2 : first >> 3 === 30 ? 3 : -1
    let code = more === 0 ? first : more < 0 ? -1 : first & (63 >> more)
    for (let step = 0; step < more; step++) {
      const next = bytes[index]
      if (next === undefined || next >> 6 !== 2) {
        code = -1
        break
      }
      code = (code << 6) | (next & 63)
      index++
    }
    text += code < 0 || code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code)
  }
  return text
}
