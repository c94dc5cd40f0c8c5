import type { KubeObject } from '../api.ts'
import { CommandError, PrintError } from '../errors.ts'
import { goTypeOf, goValue } from './go-format.ts'
import { GoNumber } from './go-template-constants.ts'
import { callFunction, FunctionError, FUNCTION_NAMES, truth } from './go-template-functions.ts'
import { TemplateSyntaxError } from './go-template-lex.ts'
import {
  parse,
  type Block,
  type Command,
  type Operand,
  type Part,
  type Pipe,
  type Template,
} from './go-template-parse.ts'
import { goJson } from './json.ts'

/** Go's text/template as `-o go-template` has it. @throws CommandError `error parsing template ...` */
export function parseTemplate(source: string): Template {
  try {
    return parse(source, FUNCTION_NAMES)
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error
    const line = source.slice(0, error.at).split('\n').length
    throw new CommandError(`error parsing template ${source}, template: output:${line}: ${error.message}`)
  }
}

/** @throws PrintError with what was printed up to the failure, and what helps to understand it */
export function runTemplate(
  template: Template,
  data: KubeObject,
  options: { readonly allowMissing: boolean },
): string {
  const execution = new Execution(template, options.allowMissing)
  try {
    execution.walk(template.parts, { dot: data, variables: new Map([['$', { value: data }]]) })
  } catch (error) {
    if (!(error instanceof ExecutionError)) throw error
    const details = `Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template.source}\n\traw data was:\n\t\t${goJson(data)}\n\tobject given to template engine was:\n\t\t${goValue(data)}\n\n`
    throw new PrintError(
      `error executing template ${JSON.stringify(template.source)}: ${error.message}`,
      `${execution.out}Error executing template: ${error.message}. ${details}`,
    )
  }
  return execution.out
}

class ExecutionError extends Error {}

/** `break` and `continue` leave what they stand in. */
class Leave {
  readonly kind: 'break' | 'continue'
  constructor(kind: 'break' | 'continue') {
    this.kind = kind
  }
}

interface Scope {
  readonly dot: unknown
  /** Cells, so that an assignment within a block is seen after it. */
  readonly variables: ReadonlyMap<string, { value: unknown }>
}

/** What an argument that is not there is, told from a value that is null. */
const NOTHING = Symbol('nothing')

class Execution {
  out = ''
  readonly #template: Template
  readonly #allowMissing: boolean

  constructor(template: Template, allowMissing: boolean) {
    this.#template = template
    this.#allowMissing = allowMissing
  }

  #fail(node: { readonly at: number; readonly text: string }, message: string): never {
    const lines = this.#template.source.slice(0, node.at).split('\n')
    throw new ExecutionError(
      `template: output:${lines.length}:${lines.at(-1)!.length}: executing "output" at <${node.text}>: ${message}`,
    )
  }

  walk(parts: readonly Part[], scope: Scope): void {
    let inner = scope
    for (const part of parts) {
      if (part.kind === 'text') this.out += part.text
      else if (part.kind === 'break' || part.kind === 'continue') throw new Leave(part.kind)
      else if (part.kind === 'template') this.#call(part, inner)
      else if (part.kind === 'range') this.#range(part, inner)
      else if (part.kind === 'print') {
        const { value, scope: after } = this.#pipe(part.pipe, inner)
        inner = after
        if (part.pipe.declares.length === 0)
          this.out += value === null || value === undefined ? '<no value>' : goValue(value)
      } else {
        const { value, scope: after } = this.#pipe(part.pipe, inner)
        const body = truth(value) ? part.body : part.otherwise
        this.walk(body, part.kind === 'with' && truth(value) ? { ...after, dot: value } : after)
      }
    }
  }

  #call(part: Extract<Part, { kind: 'template' }>, scope: Scope): void {
    const parts = this.#template.defined.get(part.name)
    if (!parts) this.#fail(part, `template ${JSON.stringify(part.name)} not defined`)
    const dot = part.pipe ? this.#pipe(part.pipe, scope).value : undefined
    this.walk(parts, { dot, variables: new Map([['$', { value: dot }]]) })
  }

  #range(part: Block, scope: Scope): void {
    const { value } = this.#pipe({ ...part.pipe, declares: [] }, scope)
    const pairs = this.#pairs(part.pipe, value)
    if (pairs.length === 0) return this.walk(part.otherwise, scope)
    const { declares } = part.pipe
    for (const [key, item] of pairs) {
      const variables = new Map(scope.variables)
      if (declares.length === 1) variables.set(declares[0]!, { value: item })
      if (declares.length === 2)
        variables.set(declares[0]!, { value: key }).set(declares[1]!, { value: item })
      try {
        this.walk(part.body, { dot: item, variables })
      } catch (error) {
        if (!(error instanceof Leave)) throw error
        if (error.kind === 'break') return
      }
    }
  }

  #pairs(pipe: Pipe, value: unknown): (readonly [key: unknown, item: unknown])[] {
    if (value === null || value === undefined) return []
    if (Array.isArray(value)) return value.map((item, i) => [new GoNumber(i), item])
    const number = value instanceof GoNumber ? value.value : value
    if (Number.isInteger(number))
      return Array.from({ length: Math.max(0, number as number) }, (_, i) => [
        new GoNumber(i),
        new GoNumber(i),
      ])
    if (typeof value === 'object' && !(value instanceof GoNumber))
      return Object.keys(value)
        .sort()
        .map((key) => [key, (value as Record<string, unknown>)[key]])
    this.#fail(pipe, `range can't iterate over ${goValue(value)}`)
  }

  #pipe(pipe: Pipe, scope: Scope): { value: unknown; scope: Scope } {
    let value: unknown = NOTHING
    for (const command of pipe.commands) value = this.#command(command, scope, value)
    if (pipe.assigns) for (const name of pipe.declares) scope.variables.get(name)!.value = value
    if (pipe.assigns || pipe.declares.length === 0) return { value, scope }
    const variables = new Map(scope.variables)
    for (const name of pipe.declares) variables.set(name, { value })
    return { value, scope: { ...scope, variables } }
  }

  #command(command: Command, scope: Scope, final: unknown): unknown {
    const [first, ...rest] = command.args as [Operand, ...Operand[]]
    if (first.kind === 'function') return this.#function(first.name, command, rest, scope, final)
    const hasArguments = rest.length > 0 || final !== NOTHING
    if (first.kind === 'nil') this.#fail(first, 'nil is not a command')
    if (
      hasArguments &&
      (first.kind === 'constant' ||
        first.kind === 'dot' ||
        (first.kind === 'pipe' && first.fields.length === 0))
    )
      this.#fail(first, `can't give argument to non-function ${first.text}`)
    return this.#operand(first, scope, hasArguments)
  }

  #function(
    name: string,
    command: Command | Operand,
    args: readonly Operand[],
    scope: Scope,
    final: unknown,
  ): unknown {
    const values: unknown[] = []
    // The first false of `and` and the first true of `or` decide; the rest is not looked at.
    const decided = (value: unknown): boolean =>
      (name === 'and' && !truth(value)) || (name === 'or' && truth(value))
    for (const arg of args) {
      const value = this.#operand(arg, scope, false)
      if (decided(value)) return value
      values.push(value)
    }
    if (final !== NOTHING) values.push(final)
    try {
      return callFunction(
        name,
        values,
        args.map(({ text }) => text),
      )
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error
      this.#fail(command, error.whole ? error.message : `error calling ${name}: ${error.message}`)
    }
  }

  #operand(node: Operand, scope: Scope, hasArguments: boolean): unknown {
    switch (node.kind) {
      case 'constant':
        return node.value
      case 'nil':
        return null
      case 'dot':
        return scope.dot
      case 'function':
        return this.#function(node.name, node, [], scope, NOTHING)
      case 'field':
        return this.#fields(node, scope.dot, hasArguments)
      case 'variable':
        return this.#fields(node, scope.variables.get(node.name)?.value, hasArguments)
      case 'pipe':
        return this.#fields(node, this.#pipe(node.pipe, scope).value, hasArguments)
    }
  }

  #fields(
    node: Extract<Operand, { fields: readonly string[] }>,
    start: unknown,
    hasArguments: boolean,
  ): unknown {
    return node.fields.reduce((value: unknown, field, i) => {
      if (value === undefined && !this.#allowMissing)
        this.#fail(node, `nil data; no entry for key ${JSON.stringify(field)}`)
      if (value === undefined) return undefined
      if (value === null) this.#fail(node, `nil pointer evaluating interface {}.${field}`)
      if (typeof value !== 'object' || Array.isArray(value) || value instanceof GoNumber)
        this.#fail(
          node,
          `can't evaluate field ${field} in type ${i === 0 && value instanceof GoNumber ? goTypeOf(value) : 'interface {}'}`,
        )
      if (hasArguments && i === node.fields.length - 1)
        this.#fail(node, `${field} is not a method but has arguments`)
      const next = (value as Record<string, unknown>)[field]
      if (next === undefined && !this.#allowMissing)
        this.#fail(node, `map has no entry for key ${JSON.stringify(field)}`)
      return next
    }, start)
  }
}
