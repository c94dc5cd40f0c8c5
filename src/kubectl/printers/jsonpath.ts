import { CommandError } from '../errors.ts'
import { goSyntax } from './go-format.ts'
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
export function printJsonPath(template: string, data: unknown, options: JsonPathOptions = {}): string {
  const nodes = parseJsonPath(template)
  try {
    const results = new Evaluator(options.allowMissing ?? true).results(nodes, data)
    if (options.asJson)
      return `${goJson(
        results.flatMap((one) => (one.kind === 'values' ? one.values : [one.text])),
        { indent: 4 },
      )}\n`
    return results.map((one) => (one.kind === 'text' ? one.text : one.values.map(textOf).join(' '))).join('')
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error
    throw new CommandError(
      `error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n` +
        `\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(data)}\n\n\n`,
    )
  }
}

/** The values that a path without surrounding text finds: for `--sort-by`, columns and `wait`. */
export function findJsonPath(template: string, data: unknown): unknown[] {
  const nodes = parseJsonPath(template)
  try {
    return new Evaluator(true)
      .results(nodes, data)
      .flatMap((one) => (one.kind === 'values' ? one.values : []))
  } catch (error) {
    if (error instanceof EvaluationError) throw new CommandError(error.message)
    throw error
  }
}

/** `.a.b`, `a.b` and `{.a.b}` all mean `{.a.b}`: how columns and sort keys are written. */
export function relaxedPath(expression: string): string {
  if (expression === '') return ''
  const match = /^\{?\.?([^{}]+)\}?$/.exec(expression)
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

type Result =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'values'; readonly values: readonly unknown[] }

class Evaluator {
  private readonly allowMissing: boolean

  constructor(allowMissing: boolean) {
    this.allowMissing = allowMissing
  }

  results(nodes: readonly Node[], data: unknown): Result[] {
    const out: Result[] = []
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!
      if (node.kind === 'text') out.push({ kind: 'text', text: node.text })
      else if (node.kind === 'list' && node.nodes[0]?.kind === 'range') {
        const end = matchingEnd(nodes, i)
        const body = nodes.slice(i + 1, end)
        for (const value of this.list(node.nodes.slice(1), [data])) out.push(...this.results(body, value))
        i = end
      } else if (node.kind === 'list' && node.nodes[0]?.kind === 'end') {
        throw new EvaluationError('not in range, nothing to end')
      } else if (node.kind === 'list') {
        const literal =
          node.nodes.length === 1 && node.nodes[0]!.kind === 'text' ? node.nodes[0]!.text : undefined
        out.push(
          literal !== undefined
            ? { kind: 'text', text: literal }
            : { kind: 'values', values: this.list(node.nodes, [data]) },
        )
      }
    }
    return out
  }

  private list(nodes: readonly Node[], start: readonly unknown[]): readonly unknown[] {
    return nodes.reduce<readonly unknown[]>((values, node) => this.step(node, values), start)
  }

  private step(node: Node, values: readonly unknown[]): readonly unknown[] {
    switch (node.kind) {
      case 'current':
        return values
      case 'list':
        return this.list(node.nodes, values)
      case 'field':
        return node.name === '' ? values : values.flatMap((value) => this.field(node.name, value, values))
      case 'wildcard':
        return values.flatMap(children)
      case 'recursive':
        return values.flatMap(descendants)
      case 'array':
        return values.flatMap((value) => this.slice(node, value))
      case 'union':
        return node.branches.flatMap((branch) => this.step(branch, values))
      case 'filter':
        return values.flatMap((value) =>
          (Array.isArray(value) ? value : []).filter((item) => this.holds(node, item)),
        )
      case 'value':
        return [node.value]
      case 'text':
        return [node.text]
      case 'range':
      case 'end':
        throw new EvaluationError('range and end must stand alone')
    }
  }

  private field(name: string, value: unknown, all: readonly unknown[]): readonly unknown[] {
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)) {
      return [(value as Record<string, unknown>)[name]]
    }
    if (!this.allowMissing && all.length === 1) throw new EvaluationError(`${name} is not found`)
    return []
  }

  private slice(node: Extract<Node, { kind: 'array' }>, value: unknown): readonly unknown[] {
    if (value === null || value === undefined) return []
    if (!Array.isArray(value)) throw new EvaluationError(`${goSyntax(value)} is not array or slice`)
    const { length } = value
    if (!node.slice) {
      const index = node.start! < 0 ? node.start! + length : node.start!
      if (index < 0 || index >= length)
        throw new EvaluationError(`array index out of bounds: index ${index}, length ${length}`)
      return [value[index]]
    }
    const absolute = (index: number): number => (index < 0 ? index + length : index)
    const start = Math.min(absolute(node.start ?? 0), length)
    const end = Math.min(absolute(node.end ?? length), length)
    if (start > end) throw new EvaluationError(`starting index ${start} is greater than ending index ${end}`)
    const picked = value.slice(Math.max(0, start), end)
    return node.step && node.step > 1 ? picked.filter((_, i) => i % node.step! === 0) : picked
  }

  private holds(node: Extract<Node, { kind: 'filter' }>, item: unknown): boolean {
    const left = this.side(node.left, item)
    if (node.operator === 'exists') return left.length > 0
    const right = node.right ? this.side(node.right, item) : []
    if (left.length === 0 || right.length === 0) return false
    if (left.length > 1 || right.length > 1)
      throw new EvaluationError('can only compare one element at a time')
    return COMPARE[node.operator]!(left[0], right[0])
  }

  private side(node: Node, item: unknown): readonly unknown[] {
    try {
      return this.step(node, [item])
    } catch (error) {
      if (error instanceof EvaluationError) return []
      throw error
    }
  }
}

const COMPARE: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => typeof a === typeof b && (a as number) < (b as number),
  '<=': (a, b) => typeof a === typeof b && (a as number) <= (b as number),
  '>': (a, b) => typeof a === typeof b && (a as number) > (b as number),
  '>=': (a, b) => typeof a === typeof b && (a as number) >= (b as number),
}

function matchingEnd(nodes: readonly Node[], from: number): number {
  let depth = 0
  for (let i = from; i < nodes.length; i++) {
    const first =
      nodes[i]!.kind === 'list' ? (nodes[i] as Extract<Node, { kind: 'list' }>).nodes[0]?.kind : undefined
    if (first === 'range') depth++
    else if (first === 'end' && --depth === 0) return i
  }
  return nodes.length
}

function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value !== 'object' || value === null) return []
  return Object.keys(value)
    .sort()
    .map((key) => (value as Record<string, unknown>)[key])
}

/** The value and everything below it. */
function descendants(value: unknown): readonly unknown[] {
  return [
    value,
    ...children(value).flatMap((child) =>
      typeof child === 'object' && child !== null ? descendants(child) : [],
    ),
  ]
}
