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
