import { utf8Bytes } from '../../encoding/utf8.ts'
import { CommandError } from '../errors.ts'
import { goSyntax, goTypeOf, goValue } from './go-format.ts'
import { goJson } from './json.ts'
import { parseJsonPath, type Node } from './jsonpath-parse.ts'

class EvaluationError extends Error {}

export interface JsonPathOptions {
  /** Missing fields are nothing instead of an error. */
  readonly allowMissing?: boolean
  /** Whole results as one JSON list (`-o jsonpath-as-json`). */
  readonly asJson?: boolean
}

/** The text that a template gives for `data`. @throws CommandError as kubectl words it */
export function printJsonPath(
  nodes: readonly Node[],
  template: string,
  data: unknown,
  options: JsonPathOptions = {},
): string {
  try {
    const groups = new Evaluator(options.allowMissing ?? true).results(nodes, [data])
    return options.asJson
      ? groups.map((group) => `${goJson(group, { indent: 4 })}\n`).join('')
      : groups.map((group) => group.map(textOf).join(' ')).join('')
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error
    throw new CommandError(
      `error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n` +
        `\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(data)}\n\n\n`,
    )
  }
}

/** The values that a path finds: for `--sort-by`, columns and `wait`. @throws CommandError */
export function findJsonPath(template: string, data: unknown): unknown[] {
  const nodes = parseJsonPath(template)
  try {
    return new Evaluator(true).results(nodes, [data]).flat()
  } catch (error) {
    if (error instanceof EvaluationError) throw new CommandError(error.message)
    throw error
  }
}

/** `.a.b`, `a.b` and `{.a.b}` all mean `{.a.b}`: how columns and sort keys are written. */
export function relaxedPath(expression: string): string {
  if (expression === '') return ''
  const match = /^\{\.?([^{}]+)\}$/.exec(expression) ?? /^\.?([^{}]+)$/.exec(expression)
  if (!match)
    throw new CommandError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    )
  return `{.${match[1]}}`
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? goJson(value) : String(value)
}

class Evaluator {
  private readonly allowMissing: boolean

  constructor(allowMissing: boolean) {
    this.allowMissing = allowMissing
  }

  /** What each part of the template finds. A range is gone through for each of its values. */
  results(nodes: readonly Node[], start: readonly unknown[]): (readonly unknown[])[] {
    const out: (readonly unknown[])[] = []
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!
      if (opens(node)) {
        // A range without an end goes to the end, and what is in it is done once more after it.
        const end = matchingEnd(nodes, i)
        const body = nodes.slice(i + 1, end ?? nodes.length)
        const values = this.list((node as List).nodes.slice(1), start)
        for (const value of values) out.push(...this.results(body, [value]))
        i = end ?? i
      } else out.push(this.step(node, start))
    }
    return out
  }

  private list(nodes: readonly Node[], start: readonly unknown[]): readonly unknown[] {
    return nodes.reduce<readonly unknown[]>((values, node) => this.step(node, values), start)
  }

  private step(node: Node, values: readonly unknown[]): readonly unknown[] {
    switch (node.kind) {
      case 'list':
        return this.list(node.nodes, values)
      case 'field':
        return this.field(node.name, values)
      case 'wildcard':
        return values.flatMap(children)
      case 'recursive':
        return values.flatMap(descendants)
      case 'array':
        return values.flatMap((value) => slice(node, value))
      case 'union':
        return node.branches.flatMap((branch) => this.step(branch, values))
      case 'filter':
        return values.flatMap((value) => this.filtered(node, value))
      case 'value':
        return values.map(() => node.value)
      case 'text':
        return [node.text]
      case 'identifier':
        throw new EvaluationError(
          node.name === 'end' ? 'not in range, nothing to end' : `unrecognized identifier ${node.name}`,
        )
    }
  }

  private field(name: string, values: readonly unknown[]): readonly unknown[] {
    const found = values.flatMap((value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
        ? [(value as Record<string, unknown>)[name]]
        : [],
    )
    if (found.length === 0 && values.length > 0 && !this.allowMissing)
      throw new EvaluationError(`${name} is not found`)
    return found
  }

  private filtered(node: Extract<Node, { kind: 'filter' }>, value: unknown): readonly unknown[] {
    if (!Array.isArray(value))
      throw new EvaluationError(`${goValue(value)} is not array or slice and cannot be filtered`)
    return value.filter((item) => this.holds(node, item))
  }

  private holds(node: Extract<Node, { kind: 'filter' }>, item: unknown): boolean {
    if (node.operator === 'exists') return this.exists(node.left, item)
    const left = one(this.step(node.left, [item]))
    if (!left) return false
    const right = one(this.step(node.right!, [item]))
    if (!right) return false
    const compare = COMPARE[node.operator]
    if (!compare) throw new EvaluationError(`unrecognized filter operator ${node.operator}`)
    const [a, b] = [left.value, right.value]
    for (const side of [a, b])
      if (typeof side === 'object') throw new EvaluationError('invalid type for comparison')
    if (typeof a !== typeof b) throw new EvaluationError('incompatible types for comparison')
    return compare(a as number, b as number)
  }

  private exists(node: Node, item: unknown): boolean {
    try {
      return this.step(node, [item]).length > 0
    } catch (error) {
      if (error instanceof EvaluationError) return false
      throw error
    }
  }
}

type List = Extract<Node, { kind: 'list' }>

function one(values: readonly unknown[]): { readonly value: unknown } | undefined {
  if (values.length > 1) throw new EvaluationError('can only compare one element at a time')
  return values.length === 1 ? { value: values[0] } : undefined
}

function slice(node: Extract<Node, { kind: 'array' }>, value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) throw new EvaluationError(`${goTypeOf(value)} is not array or slice`)
  const { length } = value
  const fromEnd = (index: number): number => (index < 0 ? index + length : index)
  const start = fromEnd(node.start ?? 0)
  const end = node.single ? start + 1 : fromEnd(node.end ?? length)
  if (start === end) return []
  for (const [index, outside] of [
    [start, start >= length || start < 0],
    [end - 1, end > length || end < 0],
  ] as const)
    if (outside) throw new EvaluationError(`array index out of bounds: index ${index}, length ${length}`)
  if (start > end) throw new EvaluationError(`starting index ${start} is greater than ending index ${end}`)
  const { step = 1 } = node
  if (step <= 0) throw new EvaluationError('step must be > 0')
  return value.slice(start, end).filter((_, i) => i % step === 0)
}

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

const begins = (node: Node, name: string): boolean => {
  const first = node.kind === 'list' ? node.nodes[0] : undefined
  return first?.kind === 'identifier' && first.name === name
}
const opens = (node: Node): boolean => begins(node, 'range')

function matchingEnd(nodes: readonly Node[], from: number): number | undefined {
  let depth = 0
  for (let i = from; i < nodes.length; i++) {
    if (opens(nodes[i]!)) depth++
    else if (begins(nodes[i]!, 'end') && --depth === 0) return i
  }
  return undefined
}

function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return [...utf8Bytes(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.keys(value)
    .sort()
    .map((key) => (value as Record<string, unknown>)[key])
}

/** The value and everything below it that has something in it; a text has its letters. */
function descendants(value: unknown): readonly unknown[] {
  // Of a text there are its bytes, with nothing in them.
  if (typeof value === 'number' || typeof value === 'boolean') return []
  const below = children(value)
  return below.length === 0 ? [] : [value, ...below.flatMap(descendants)]
}
