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

/** One document as JSON values, read by the rules of YAML 1.1. @throws YamlError */
export function decodeYaml(text: string): unknown {
  const document = parseDocument(text, {
    schema: 'failsafe',
    version: '1.1',
    uniqueKeys: false,
    merge: true,
    strict: true,
    prettyErrors: true,
  })
  const error = document.errors[0]
  if (error) throw new YamlError(goMessage(error, text))
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
    return Object.fromEntries(entries)
  }
  if (!isScalar(node)) return null
  if (node.type !== 'PLAIN' && node.type !== undefined) return node.value
  if (node.tag === '!' || (node.tag?.endsWith(':str') && node.tag !== undefined && node.source === undefined))
    return node.value
  return resolvePlain(String(node.source ?? node.value ?? ''))
}

/** The library's scanner counts lines from one, its parser from zero. */
function goMessage(error: YAMLParseError, text: string): string {
  const line = error.linePos?.[0].line ?? 1
  const [message, scanner] = messageFor(error)
  const lines = text.replace(/\n$/, '').split('\n').length
  const shown = scanner ? line : /did not find expected ',' or/.test(message) ? lines : Math.max(1, line - 1)
  return `yaml: line ${shown}: ${message}`
}

function messageFor(error: YAMLParseError): [message: string, fromScanner: boolean] {
  const { code, message } = error
  if (code === 'TAB_AS_INDENT') return ['found character that cannot start any token', true]
  if (
    code === 'BAD_SCALAR_START' ||
    (code === 'UNEXPECTED_TOKEN' && /Plain value cannot start/.test(message))
  ) {
    return ['found character that cannot start any token', true]
  }
  if (/Missing closing ["']?/.test(message) && /quote/.test(message))
    return ['found unexpected end of stream', true]
  if (/flow (map|collection).*\}/i.test(message) || /end with a? ?\}/.test(message))
    return ["did not find expected ',' or '}'", false]
  if (/flow (seq|collection)|end with a? ?\]/i.test(message))
    return ["did not find expected ',' or ']'", false]
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || /Nested mappings|compact mappings/.test(message))
    return ['mapping values are not allowed in this context', true]
  if (code === 'MULTILINE_IMPLICIT_KEY' || code === 'MISSING_CHAR')
    return ["could not find expected ':'", true]
  if (code === 'BAD_INDENT') return ['did not find expected key', false]
  return ['did not find expected key', false]
}
