import type { HereDoc, Word, WordPart } from 'unbash'
import type { Blocking } from '../../process.ts'
import type { Shell } from '../shell.ts'
import { evaluateArithmetic } from './arithmetic.ts'
import { expandBraces } from './brace.ts'
import { substituteCommand, substituteProcess } from './command-substitution.ts'
import { Fields, fieldPattern, fieldText, splitField } from './fields.ts'
import { expandParameter, expandSimple } from './parameter.ts'
import { parseWord } from './parse-word.ts'
import { expandPathname } from './pathname.ts'
import { hasPattern } from './pattern.ts'
import { expandTilde } from './tilde.ts'

/** Expands words as arguments of a command: braces, expansions, splitting, pathnames, quote removal. */
export function* expandWords(shell: Shell, words: readonly Word[]): Blocking<string[]> {
  const result: string[] = []
  for (const word of words) {
    if (!word.parts && isPlain(word.text)) {
      result.push(word.text)
      continue
    }
    const braced =
      shell.personality.braceExpansion && word.parts?.some((part) => part.type === 'BraceExpansion')
    for (const single of braced ? expandBraces(word.text).map(parseWord) : [word])
      yield* expandWord(shell, single, result)
  }
  return result
}

function isPlain(text: string): boolean {
  return !text.includes('\\') && !text.startsWith('~') && !/=~|:~/.test(text)
}

function* expandWord(shell: Shell, word: Word, result: string[]): Blocking<void> {
  const fields = new Fields()
  yield* expandInto(shell, word, fields, /^[A-Za-z_]\w*=/.test(word.text) ? 'assignment' : 'word')
  const ifs = shell.variables.get('IFS') ?? ' \t\n'
  for (const field of fields.all) {
    for (const split of splitField(field, ifs)) {
      const pattern = shell.options.has('noglob') ? '' : fieldPattern(split)
      const paths = pattern !== '' && hasPattern(pattern) ? expandPathname(shell.process, pattern) : []
      if (paths.length > 0) for (const path of paths) result.push(path)
      else if (shell.options.has('nullglob') && pattern !== '' && hasPattern(pattern)) continue
      else result.push(fieldText(split))
    }
  }
}

/** How a word is used: tildes mean homes at the start of a word, and after `=` and `:` of an assignment. */
export type WordUse = 'word' | 'assignment'

/** Expands a word to one text, unsplit: assignments, redirection targets, the subject of `case`. */
export function* expandText(shell: Shell, word: Word, use: WordUse = 'word'): Blocking<string> {
  if (!word.parts && isPlain(word.text)) return word.text
  const fields = new Fields()
  yield* expandInto(shell, word, fields, use === 'assignment' ? 'value' : 'word')
  return fields.all.map(fieldText).join(' ')
}

/** Expands a word to a pattern in which quoted characters are escaped. */
export function* expandPattern(shell: Shell, word: Word): Blocking<string> {
  const fields = new Fields()
  yield* expandInto(shell, word, fields, 'word')
  return fields.all.map(fieldPattern).join(' ')
}

/** Expands a word to fields of fragments, for those who treat quoted text in a way of their own. */
export function* expandFragments(shell: Shell, word: Word): Blocking<Fields['all']> {
  const fields = new Fields()
  yield* expandInto(shell, word, fields, 'word')
  return fields.all
}

export function* expandHereDocument(shell: Shell, node: HereDoc): Blocking<string> {
  const { body, delimiter } = node
  const own = node.operator === '<<-' ? body.text.replace(/^\t+/gm, '') : body.text
  // Cut off by the end of the text, its last line still is a line.
  const end = node.closing || own === '' || own.endsWith('\n') ? '' : '\n'
  const text = own + end
  if (delimiter?.quoted) return text
  if (!body.parts) return unescapeQuoted(text)
  const fields = new Fields()
  yield* expandParts(shell, body.parts, fields, true)
  const expanded = fields.all.map(fieldText).join(' ')
  return (node.operator === '<<-' ? expanded.replace(/^\t+/gm, '') : expanded) + end
}

function* expandInto(shell: Shell, word: Word, fields: Fields, use: WordUse | 'value'): Blocking<void> {
  const tilde = expandTilde(shell, word.text, use)
  if (!word.parts) return addLiteral(tilde?.text ?? word.text, fields, tilde?.home)
  const [first, ...rest] = word.parts
  if (tilde && first?.type === 'Literal') {
    const head = expandTilde(shell, first.text, use)
    addLiteral(head?.text ?? first.text, fields, head?.home)
    yield* expandParts(shell, rest, fields, false)
  } else yield* expandParts(shell, word.parts, fields, false)
}

/** Adds unquoted text: a backslash quotes the next character. */
export function addLiteral(text: string, fields: Fields, home?: string): void {
  if (home !== undefined) fields.add(home, true)
  if (!text.includes('\\')) {
    if (text !== '') fields.add(text, false)
    return
  }
  let plain = ''
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '\\') {
      plain += text[at]
      continue
    }
    if (plain !== '') fields.add(plain, false)
    plain = ''
    const next = text[++at]
    if (next === undefined) fields.add('\\', true)
    else if (next !== '\n') fields.add(next, true)
  }
  if (plain !== '') fields.add(plain, false)
}

/** Backslashes in double quotes and here-documents mean something only before these. */
function unescapeQuoted(text: string): string {
  return text.replace(/\\(\n|[$`\\])/g, (_, character: string) => (character === '\n' ? '' : character))
}

/** Expands the parts of a word; inside of double quotes nothing is split and nothing is a pattern. */
export function* expandParts(
  shell: Shell,
  parts: readonly WordPart[],
  fields: Fields,
  quoted: boolean,
): Blocking<void> {
  for (const part of parts) {
    switch (part.type) {
      case 'Literal':
        if (quoted) fields.add(part.value, true)
        else addLiteral(part.text, fields)
        break
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        fields.add(part.value, true)
        break
      case 'DoubleQuoted':
      case 'LocaleString':
        yield* expandDoubleQuoted(shell, part.parts, fields)
        break
      case 'SimpleExpansion':
        yield* expandSimple(shell, part.text.slice(1), fields, quoted)
        break
      case 'ParameterExpansion':
        yield* expandParameter(shell, part, fields, quoted)
        break
      case 'CommandExpansion':
        fields.add(yield* substituteCommand(shell, part), quoted, !quoted)
        break
      case 'ArithmeticExpansion': {
        const inner = part.text.startsWith('$[') ? part.text.slice(2, -1) : part.text.slice(3, -2)
        fields.add(String(yield* evaluateArithmetic(shell, inner)), quoted, !quoted)
        break
      }
      case 'ProcessSubstitution':
        fields.add(yield* substituteProcess(shell, part), true)
        break
      case 'ExtendedGlob':
        fields.add(`${part.operator}(`, quoted)
        if (part.parts) yield* expandParts(shell, part.parts, fields, quoted)
        else addLiteral(part.pattern, fields)
        fields.add(')', quoted)
        break
      case 'Glob':
        if (part.kind !== 'bracket') fields.add(part.text, quoted)
        else {
          fields.add('[', quoted)
          yield* expandParts(shell, part.parts, fields, quoted)
          fields.add(']', quoted)
        }
        break
      case 'BraceExpansion':
        if (part.parts)
          yield* expandParts(
            shell,
            [
              { ...part, type: 'Literal', value: '{', text: '{' },
              ...part.parts,
              { ...part, type: 'Literal', value: '}', text: '}' },
            ],
            fields,
            quoted,
          )
        else addLiteral(part.text, fields)
    }
  }
}

function* expandDoubleQuoted(shell: Shell, parts: readonly WordPart[], fields: Fields): Blocking<void> {
  // An empty string is a field all the same; but "$@" without parameters is none.
  const onlyList = parts.length > 0 && parts.every(isList)
  if (!onlyList) fields.add('', true)
  yield* expandParts(shell, parts, fields, true)
}

function isList(part: WordPart): boolean {
  if (part.type === 'SimpleExpansion') return part.text === '$@'
  return (
    part.type === 'ParameterExpansion' && !part.prefix && (part.parameter === '@' || part.index?.text === '@')
  )
}
