import { tool } from './tool.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\',
} // prettier-ignore

/** Backslash escapes as `echo -e` and `printf %b` know them; `\c` ends the output. */
export function unescape(text: string): { readonly text: string; readonly stop: boolean } {
  let stop = false
  const pattern = /\\(?:(c)|(0[0-7]{0,3}|[1-7][0-7]{0,2})|x([\da-fA-F]{1,2})|([abefnrtv\\]))/g
  let result = ''
  let from = 0
  for (const match of text.matchAll(pattern)) {
    result += text.slice(from, match.index)
    from = match.index + match[0].length
    if (match[1]) {
      stop = true
      from = text.length
      break
    }
    if (match[2] !== undefined) result += String.fromCharCode(parseInt(match[2], 8) & 255)
    else if (match[3] !== undefined) result += String.fromCharCode(parseInt(match[3], 16))
    else result += ESCAPES[match[4]!]
  }
  return { text: result + text.slice(from), stop }
}

export const echo = tool({
  name: 'echo',
  usage: '[-neE] [ARG]...',
  short: '',
  raw: true,
  *run(tool) {
    const words = [...tool.operands]
    let newline = true
    let escapes = false
    while (/^-[neE]+$/.test(words[0] ?? '')) {
      for (const letter of words.shift()!.slice(1)) {
        if (letter === 'n') newline = false
        else escapes = letter === 'e'
      }
    }
    const line = words.join(' ')
    const { text, stop } = escapes ? unescape(line) : { text: line, stop: false }
    yield* tool.print(`${text}${newline && !stop ? '\n' : ''}`)
  },
})
