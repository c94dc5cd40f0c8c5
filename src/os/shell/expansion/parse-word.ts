import { parse } from 'unbash'
import type { HereDocBody, Word, WordPart } from 'unbash'

const words = new Map<string, Word>()
const templates = new Map<string, readonly WordPart[] | undefined>()
const MAX_REMEMBERED = 2000

/** Parses a text as one word, such as what a brace expansion made. */
export function parseWord(text: string): Word {
  let word = words.get(text)
  if (!word) {
    const command = parse(`: ${text}`).commands[0]?.command
    const found = command?.type === 'Command' ? command.args[0] : undefined
    word = found?.type === 'Word' ? found : { type: 'Word', text, value: text, pos: 0, end: text.length }
    remember(words, text, word)
  }
  return word
}

/** Parses a text in which only expansions mean something, as in a here-document. */
export function parseTemplate(text: string): readonly WordPart[] | undefined {
  if (!templates.has(text)) {
    const command = parse(`: <<__END__\n${text}\n__END__\n`).commands[0]?.command
    const redirect = command?.type === 'Command' ? command.redirects[0] : undefined
    const body: HereDocBody | undefined = redirect?.type === 'HereDoc' ? redirect.body : undefined
    remember(templates, text, body?.parts)
  }
  return templates.get(text)
}

function remember<T>(cache: Map<string, T>, key: string, value: T): void {
  if (cache.size >= MAX_REMEMBERED) cache.clear()
  cache.set(key, value)
}
