import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type YAMLParseError,
} from 'yaml'
import { resolvePlain } from './yaml-scalars.ts'

/** Text that is no YAML, in the words of the Go library under kubectl. */
export class YamlError extends Error {}

/** The documents of a stream, split at `---` lines as kubectl splits them; each is decoded on its own. */
export function splitDocuments(text: string): string[] {
  return text.split(/^---(?=\s|$)[^\n]*\n?/m).map((part) => part)
}

/** One document as JSON values, read by the rules of YAML 1.1, keys in order as Go writes a map. @throws YamlError */
export function decodeYaml(text: string): unknown {
  const document = parseDocument(text, {
    schema: 'failsafe',
    version: '1.1',
    uniqueKeys: false,
    merge: true,
    strict: true,
    prettyErrors: true,
  })
  if (document.errors.length > 0) throw new YamlError(goMessage(document.errors, text))
  return toJson(document.contents as Node | null, document)
}

function toJson(node: Node | null | undefined, document: Document): unknown {
  if (!node) return null
  if (isAlias(node)) {
    const target = node.resolve(document)
    if (!target) throw new YamlError(`yaml: unknown anchor '${node.source}' referenced`)
    return toJson(target, document)
  }
  if (isSeq(node)) return node.items.map((item) => toJson(item as Node, document))
  if (isMap(node)) {
    const entries: [string, unknown][] = []
    for (const pair of node.items) {
      const key = toJson(pair.key as Node, document)
      const value = toJson(pair.value as Node | null, document)
      if (key === '<<' && typeof value === 'object' && value !== null)
        entries.unshift(...Object.entries(value))
      else entries.push([String(key), value])
    }
    return Object.fromEntries([...new Map(entries)].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
  if (!isScalar(node)) return null
  if (node.type !== 'PLAIN' && node.type !== undefined) return node.value
  if (node.tag === '!' || (node.tag?.endsWith(':str') && node.tag !== undefined && node.source === undefined))
    return node.value
  return resolvePlain(String(node.source ?? node.value ?? ''))
}

/** The library's scanner counts lines from one, its parser from zero; neither names the first. */
function goMessage(errors: readonly YAMLParseError[], text: string): string {
  const error = errors[0]!
  const rule = RULES.find(({ when }) => when.test(`${error.code} ${error.message}`)) ?? FALLBACK
  // The colon that is one too many stands at the end of what was taken for one key.
  const split = errors.find(({ code }) => code === 'MULTILINE_IMPLICIT_KEY')
  const line = split
    ? split.linePos?.[1]?.line
    : rule.atEnd
      ? text.replace(/\n?$/, '\n').split('\n').length
      : error.linePos?.[0].line
  const shown = rule.from === 'scanner' ? (line ?? 1) : (line ?? 1) - 1
  const named = rule.from === 'scanner' ? shown > 1 : shown > 0
  return `yaml: ${named ? `line ${shown}: ` : ''}${rule.says}`
}

interface Rule {
  /** Matched against the parser's code and message. */
  readonly when: RegExp
  readonly says: string
  readonly from: 'scanner' | 'parser'
  /** Noticed only at the end of the text. */
  readonly atEnd?: boolean
}

const RULES: readonly Rule[] = [
  {
    when: /^TAB_AS_INDENT|^BAD_SCALAR_START/,
    says: 'found character that cannot start any token',
    from: 'scanner',
  },
  { when: /Missing closing .*quote/, says: 'found unexpected end of stream', from: 'scanner', atEnd: true },
  { when: /directives-end|^BAD_DIRECTIVE/, says: 'found unknown directive name', from: 'scanner' },
  { when: /Flow map .*end with a \}/, says: "did not find expected ',' or '}'", from: 'parser', atEnd: true },
  {
    when: /Flow sequence .*end with a \]/,
    says: "did not find expected ',' or ']'",
    from: 'parser',
    atEnd: true,
  },
  {
    when: /^BLOCK_AS_IMPLICIT_KEY|^MULTILINE_IMPLICIT_KEY/,
    says: 'mapping values are not allowed in this context',
    from: 'scanner',
  },
  { when: /^MISSING_CHAR/, says: "could not find expected ':'", from: 'scanner' },
  { when: /Unexpected scalar at node end/, says: "did not find expected '-' indicator", from: 'parser' },
]
const FALLBACK: Rule = { when: /./, says: 'did not find expected key', from: 'parser' }
