import type { LabelSelector } from './generated/types.ts'

export type Labels = Readonly<Record<string, string>>
export type Operator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'

export interface Requirement {
  readonly key: string
  readonly operator: Operator
  readonly values: readonly string[]
}

/** A parsed label selector: every requirement must hold. */
export type Selector = readonly Requirement[]

export class SelectorError extends Error {}

/** Does an object with these labels match? The empty selector matches everything. */
export function matches(selector: Selector, labels: Labels | undefined): boolean {
  return selector.every((requirement) => holds(requirement, labels))
}

function holds({ key, operator, values }: Requirement, labels: Labels | undefined): boolean {
  const value = labels && Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value)
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value)
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    case 'gt':
      return value !== undefined && Number(value) > Number(values[0])
    case 'lt':
      return value !== undefined && Number(value) < Number(values[0])
  }
}

/** Does every label of a Service's or ReplicationController's selector appear? An empty map matches nothing here. */
export function matchesMap(selector: Labels | undefined, labels: Labels | undefined): boolean {
  if (!selector) return false
  let any = false
  for (const key in selector) {
    if (labels?.[key] !== selector[key]) return false
    any = true
  }
  return any
}

const FROM_OBJECT: Readonly<Record<string, Operator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
}

/** The selector of a workload. Absent matches nothing (`undefined`), empty everything. */
export function selectorFromObject(selector: LabelSelector | undefined): Selector | undefined {
  if (!selector) return undefined
  const exact = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: '=' as const,
    values: [value],
  }))
  const expressions = (selector.matchExpressions ?? []).map((expression) => ({
    key: expression.key,
    operator: FROM_OBJECT[expression.operator] ?? 'exists',
    values: expression.values ?? [],
  }))
  return [...exact, ...expressions]
}

export function matchesObject(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  const parsed = selectorFromObject(selector)
  return parsed !== undefined && matches(parsed, labels)
}

/** As `metav1.FormatLabelSelector` and the `SELECTOR` column write it: `app=web,tier in (a,b)`. `<none>` when empty. */
export function formatSelector(selector: LabelSelector | undefined): string {
  const parsed = selectorFromObject(selector) ?? []
  return parsed.length === 0 ? '<none>' : selectorText(parsed)
}

/** Requirements sorted by key, as `labels.Selector` prints itself. */
export function selectorText(selector: Selector): string {
  return [...selector]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(requirementText)
    .join(',')
}

function requirementText({ key, operator, values }: Requirement): string {
  if (operator === '!') return `!${key}`
  if (operator === 'exists') return key
  if (operator === 'in' || operator === 'notin') return `${key} ${operator} (${[...values].sort().join(',')})`
  const sign = operator === 'gt' ? '>' : operator === 'lt' ? '<' : operator
  return `${key}${sign}${values[0] ?? ''}`
}

interface Token {
  readonly type: 'identifier' | 'end' | ',' | '(' | ')' | '!' | '=' | '==' | '!=' | '>' | '<' | 'in' | 'notin'
  readonly text: string
}

const SYMBOLS = new Set(['=', '!', '(', ')', ',', '>', '<'])
const TWO = new Set(['==', '!='])

function tokens(text: string): Token[] {
  const found: Token[] = []
  let index = 0
  while (index < text.length) {
    const char = text[index]!
    if (/\s/.test(char)) index++
    else if (SYMBOLS.has(char)) {
      let end = index + 1
      while (end < text.length && SYMBOLS.has(text[end]!) && TWO.has(text.slice(index, end + 1))) end++
      const symbol = text.slice(index, end)
      found.push({ type: symbol as Token['type'], text: symbol })
      index = end
    } else {
      const start = index
      while (index < text.length && !SYMBOLS.has(text[index]!) && !/\s/.test(text[index]!)) index++
      const word = text.slice(start, index)
      found.push({ type: word === 'in' || word === 'notin' ? word : 'identifier', text: word })
    }
  }
  found.push({ type: 'end', text: '' })
  return found
}

/**
 * Parses `labelSelector`: `app=web,tier!=db,env in (a,b),!gone,seen`.
 * @throws SelectorError with the wording of `k8s.io/apimachinery/pkg/labels`.
 */
export function parseSelector(text: string): Selector {
  const parser = new Parser(tokens(text))
  return parser.parse()
}

class Parser {
  readonly #tokens: readonly Token[]
  #position = 0

  constructor(all: readonly Token[]) {
    this.#tokens = all
  }

  parse(): Selector {
    const requirements: Requirement[] = []
    for (;;) {
      const token = this.#peek()
      if (
        token.type === 'identifier' ||
        token.type === '!' ||
        token.type === 'in' ||
        token.type === 'notin'
      ) {
        requirements.push(this.#requirement())
        const next = this.#take()
        if (next.type === 'end') return requirements
        if (next.type !== ',')
          throw new SelectorError(`found '${next.text}', expected: ',' or 'end of string'`)
        const after = this.#peek()
        if (
          after.type !== 'identifier' &&
          after.type !== '!' &&
          after.type !== 'in' &&
          after.type !== 'notin'
        ) {
          throw new SelectorError(`found '${after.text}', expected: identifier after ','`)
        }
      } else if (token.type === 'end') return requirements
      else throw new SelectorError(`found '${token.text}', expected: !, identifier, or 'end of string'`)
    }
  }

  #requirement(): Requirement {
    const absent = this.#peek().type === '!'
    if (absent) this.#take()
    const key = this.#take()
    if (key.type === 'end') throw fault("found '', expected: identifier")
    if (key.type !== 'identifier') throw fault(`found '${key.text}', expected: identifier`)
    const next = this.#peek()
    if (absent || next.type === 'end' || next.type === ',') {
      if (next.type !== 'end' && next.type !== ',')
        throw new SelectorError(`found '${next.text}', expected: ',' or 'end of string'`)
      return { key: key.text, operator: absent ? '!' : 'exists', values: [] }
    }
    const operator = this.#operator()
    if (operator === 'in' || operator === 'notin') return { key: key.text, operator, values: this.#list() }
    return { key: key.text, operator, values: [this.#value(operator)] }
  }

  #operator(): Operator {
    const token = this.#take()
    switch (token.type) {
      case '=':
      case '==':
      case '!=':
      case 'in':
      case 'notin':
        return token.type
      case '>':
        return 'gt'
      case '<':
        return 'lt'
      default:
        throw fault(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`)
    }
  }

  #value(operator: Operator): string {
    const token = this.#peek()
    if (token.type === 'end' || token.type === ',') return ''
    this.#take()
    if (token.type !== 'identifier' && token.type !== 'in' && token.type !== 'notin') {
      throw fault(`found '${token.text}', expected: identifier`)
    }
    if ((operator === 'gt' || operator === 'lt') && !/^-?\d+$/.test(token.text)) {
      throw fault(
        `values[0][${token.text}]: Invalid value: "${token.text}": for 'Gt', 'Lt' operators, the value must be an integer`,
      )
    }
    return token.text
  }

  #list(): string[] {
    const open = this.#take()
    if (open.type !== '(') throw fault(`found '${open.text}' expected: '('`)
    const values: string[] = []
    for (;;) {
      const token = this.#take()
      if (token.type === ')') return values.length === 0 ? [''] : values
      if (token.type === ',') {
        if (values.length === 0) values.push('')
        const next = this.#peek()
        if (next.type === ',' || next.type === ')') values.push('')
      } else if (token.type === 'identifier' || token.type === 'in' || token.type === 'notin') {
        values.push(token.text)
        const next = this.#peek()
        if (next.type !== ',' && next.type !== ')') throw fault(`found '${next.text}', expected: ',' or ')'`)
      } else throw fault(`found '${token.text}', expected: ',', ')' or identifier`)
    }
  }

  #peek(): Token {
    return this.#tokens[this.#position]!
  }

  #take(): Token {
    return this.#tokens[this.#position++] ?? { type: 'end', text: '' }
  }
}

const fault = (message: string) => new SelectorError(`unable to parse requirement: ${message}`)

export interface FieldRequirement {
  readonly field: string
  readonly equal: boolean
  readonly value: string
}

/**
 * Parses `fieldSelector`: `status.phase=Running,spec.nodeName!=node-1`; commas and `=` in values are escaped by `\`.
 * @throws SelectorError with the wording of `k8s.io/apimachinery/pkg/fields`.
 */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  return splitTerms(text)
    .filter((term) => term !== '')
    .map((term) => {
      const match = /^((?:[^=!\\]|\\.|!(?!=))*?)(!=|==|=)([\s\S]*)$/.exec(term)
      if (!match) throw new SelectorError(`invalid selector: '${term}'; can't understand '${term}'`)
      return { field: match[1]!.trim(), equal: match[2] !== '!=', value: match[3]!.replace(/\\(.)/g, '$1') }
    })
}

function splitTerms(text: string): string[] {
  const terms: string[] = []
  let start = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\') index++
    else if (text[index] === ',') {
      terms.push(text.slice(start, index))
      start = index + 1
    }
  }
  terms.push(text.slice(start))
  return terms
}
