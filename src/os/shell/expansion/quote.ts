/** Quotes a text so that a shell reads it back as one word: what `printf %q` and `${x@Q}` are for. */
export function quoteSingle(text: string): string {
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(text) || text.includes('\n')) return quoteAnsi(text)
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** As xtrace and `set` do it: only when something needs it. */
export function quoteIfNeeded(text: string): string {
  return text !== '' && /^[\w@%+=:,./^~-]+$/.test(text) && !text.startsWith('~') ? text : quoteSingle(text)
}

/** `printf %q`: with backslashes. */
export function quoteBackslash(text: string): string {
  if (text === '') return "''"
  if (/[\x00-\x1f\x7f]/.test(text)) return quoteAnsi(text)
  return text.replace(/[^\w@%+=:./\u0080-\uffff-]/g, '\\$&').replace(/^~/, '\\~')
}

function quoteAnsi(text: string): string {
  const escaped = text.replace(/[\x00-\x1f\x7f'\\]/g, (character) => NAMED.get(character) ?? octal(character))
  return `$'${escaped}'`
}

const octal = (character: string) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'], ['\t', '\\t'], ['\r', '\\r'], ['\x07', '\\a'], ['\b', '\\b'], ['\f', '\\f'], ['\v', '\\v'], ['\x1b', '\\E'],
  ["'", "\\'"], ['\\', '\\\\'],
]) // prettier-ignore

/** Quotes in double quotes, as `declare -p` and `export -p` do. */
export function quoteDouble(text: string): string {
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(text)) return quoteAnsi(text)
  return `"${text.replace(/[$`"\\]/g, '\\$&')}"`
}
