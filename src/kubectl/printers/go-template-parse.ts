import { constantNumber, unquote, type GoNumber } from './go-template-constants.ts'
import { TemplateSyntaxError, tokensOf, type Token } from './go-template-lex.ts'

/** A parsed Go template: its parts, and what `define` gave names to. */
export interface Template {
  readonly source: string
  readonly parts: readonly Part[]
  readonly defined: ReadonlyMap<string, readonly Part[]>
}

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipe: Pipe }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }
  | {
      readonly kind: 'template'
      readonly name: string
      readonly pipe?: Pipe
      readonly at: number
      readonly text: string
    }
  | Block

export interface Block {
  readonly kind: 'if' | 'with' | 'range'
  readonly pipe: Pipe
  readonly body: readonly Part[]
  readonly otherwise: readonly Part[]
}

export interface Pipe {
  readonly declares: readonly string[]
  readonly assigns: boolean
  readonly commands: readonly Command[]
  readonly at: number
  readonly text: string
}

export interface Command {
  readonly args: readonly Operand[]
  readonly at: number
  readonly text: string
}

export type Operand = { readonly at: number; readonly text: string } & (
  | { readonly kind: 'constant'; readonly value: string | boolean | GoNumber }
  | { readonly kind: 'nil' }
  | { readonly kind: 'dot' }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'field'; readonly fields: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly fields: readonly string[] }
  | { readonly kind: 'pipe'; readonly pipe: Pipe; readonly fields: readonly string[] }
)

/**
 * @param functions the names that may be called
 * @throws TemplateSyntaxError
 */
export function parse(source: string, functions: ReadonlySet<string>): Template {
  return new Parser(source, functions).template()
}

type Closer = 'end' | 'else' | 'EOF'

class Parser {
  readonly #source: string
  readonly #tokens: readonly Token[]
  readonly #functions: ReadonlySet<string>
  readonly #defined = new Map<string, readonly Part[]>()
  #variables: string[] = ['$']
  #ranges = 0
  #next = 0

  constructor(source: string, functions: ReadonlySet<string>) {
    this.#source = source
    this.#functions = functions
    this.#tokens = tokensOf(source)
  }

  template(): Template {
    const { parts, closer } = this.#list()
    if (closer !== 'EOF') this.#fail(`unexpected {{${closer}}}`)
    return { source: this.#source, parts, defined: this.#defined }
  }

  #fail(message: string): never {
    throw new TemplateSyntaxError(message, this.#tokens[Math.min(this.#next, this.#tokens.length - 1)]!.at)
  }

  #unexpected(token: Token, context: string): never {
    const { kind, text } = token
    const shown = kind === 'keyword' ? `<${text}>` : kind === 'EOF' ? 'EOF' : quoted(text)
    this.#fail(`unexpected ${shown} in ${context}`)
  }

  #peek(): Token {
    return this.#tokens[this.#next]!
  }

  #take(): Token {
    return this.#tokens[this.#next++]!
  }

  #peekWord(): Token {
    while (this.#peek().kind === 'space') this.#next++
    return this.#peek()
  }

  #takeWord(): Token {
    this.#peekWord()
    return this.#take()
  }

  /** Parts up to the `end` or `else` that is not of one of them, which is taken. */
  #list(): { parts: Part[]; closer: Closer } {
    const parts: Part[] = []
    for (;;) {
      const first = this.#peekWord()
      if (first.kind === 'EOF') return { parts, closer: 'EOF' }
      if (first.kind === 'text') parts.push({ kind: 'text', text: this.#take().text })
      else if (first.kind !== 'keyword') parts.push({ kind: 'print', pipe: this.#pipeline('command') })
      else {
        this.#take()
        if (first.text === 'end') this.#endOfAction('end')
        if (first.text === 'end' || first.text === 'else') return { parts, closer: first.text }
        const part = this.#keyword(first)
        if (part) parts.push(part)
      }
    }
  }

  #keyword({ text, at }: Token): Part | undefined {
    if (text === 'define') return this.#define()
    if (text === 'template' || text === 'block') return this.#template(text, at)
    if (text === 'break' || text === 'continue') {
      this.#endOfAction(`{{${text}}}`)
      if (this.#ranges === 0) this.#fail(`{{${text}}} outside {{range}}`)
      return { kind: text }
    }
    return this.#control(text as 'if' | 'with' | 'range')
  }

  #endOfAction(context: string): void {
    const token = this.#takeWord()
    if (token.kind !== 'end of action') this.#unexpected(token, context)
  }

  #control(kind: 'if' | 'with' | 'range'): Part {
    const variables = [...this.#variables]
    const pipe = this.#pipeline(kind)
    if (kind === 'range') this.#ranges++
    const { parts: body, closer } = this.#list()
    if (kind === 'range') this.#ranges--
    const otherwise = closer === 'else' ? this.#otherwise(kind) : []
    if (closer === 'EOF') this.#fail('unexpected EOF')
    this.#variables = variables
    return { kind, pipe, body, otherwise }
  }

  #otherwise(kind: string): readonly Part[] {
    const chained = this.#peekWord()
    if (chained.kind === 'keyword' && chained.text === kind && kind !== 'range') {
      this.#take()
      return [this.#control(kind as 'if')]
    }
    this.#endOfAction('else')
    const { parts, closer } = this.#list()
    if (closer === 'else') this.#fail('expected end; found {{else}}')
    if (closer === 'EOF') this.#fail('unexpected EOF')
    return parts
  }

  #define(): undefined {
    const name = this.#name('define clause')
    this.#endOfAction('define clause')
    const { parts, closer } = this.#list()
    if (closer === 'EOF') this.#fail('unexpected EOF')
    if (closer === 'else') this.#fail('unexpected {{else}} in define clause')
    this.#defined.set(name, parts)
  }

  #template(kind: 'template' | 'block', at: number): Part {
    const context = `${kind} clause`
    const token = this.#peekWord()
    const name = this.#name(context)
    let pipe: Pipe | undefined
    if (this.#peekWord().kind === 'end of action' && kind === 'template') this.#take()
    else pipe = this.#pipeline(context)
    if (kind === 'block') {
      const { parts, closer } = this.#list()
      if (closer !== 'end') this.#fail('unexpected EOF')
      this.#defined.set(name, parts)
    }
    const text = `{{template ${JSON.stringify(name)}${pipe ? ` ${pipe.text}` : ''}}}`
    return {
      kind: 'template',
      name,
      ...(pipe ? { pipe } : {}),
      at: kind === 'template' ? token.at : at,
      text,
    }
  }

  #name(context: string): string {
    const token = this.#takeWord()
    if (token.kind !== 'string') this.#unexpected(token, context)
    return unquote(token.text)
  }

  #pipeline(context: string, end: Token['kind'] | ')' = 'end of action'): Pipe {
    const { at } = this.#peekWord()
    const { declares, assigns } = this.#declarations(context)
    const commands: Command[] = []
    for (;;) {
      const token = this.#peekWord()
      if (token.kind === end || (token.kind === 'mark' && token.text === end)) break
      const starts = token.kind !== 'mark' || token.text === '('
      if (!starts || ['text', 'EOF', 'end of action', 'keyword'].includes(token.kind))
        this.#unexpected(this.#take(), context)
      commands.push(this.#command())
    }
    this.#take()
    if (commands.length === 0) this.#fail(`missing value for ${context}`)
    commands.slice(1).forEach(({ args }, i) => {
      if (['constant', 'nil', 'dot'].includes(args[0]!.kind))
        this.#fail(`non executable command in pipeline stage ${i + 2}`)
    })
    const head = declares.length > 0 ? `${declares.join(', ')} ${assigns ? '=' : ':='} ` : ''
    return { declares, assigns, commands, at, text: head + commands.map(({ text }) => text).join(' | ') }
  }

  #declarations(context: string): { declares: string[]; assigns: boolean } {
    const declares: string[] = []
    for (;;) {
      const start = this.#next
      if (this.#peekWord().kind !== 'variable') return { declares, assigns: false }
      const name = this.#take().text
      const mark = this.#peekWord()
      if (mark.kind === 'mark' && (mark.text === ':=' || mark.text === '=')) {
        this.#take()
        declares.push(name)
        this.#variables.push(...declares)
        return { declares, assigns: mark.text === '=' }
      }
      if (mark.kind !== 'mark' || mark.text !== ',') {
        this.#next = start
        return { declares, assigns: false }
      }
      this.#take()
      declares.push(name)
      if (context !== 'range' || declares.length > 1) this.#fail(`too many declarations in ${context}`)
    }
  }

  #command(): Command {
    const { at } = this.#peekWord()
    const args: Operand[] = []
    for (;;) {
      this.#peekWord()
      const operand = this.#operand()
      if (operand) args.push(operand)
      const token = this.#take()
      if (token.kind === 'space') continue
      if (token.kind === 'end of action' || (token.kind === 'mark' && token.text === ')')) this.#next--
      else if (token.kind !== 'mark' || token.text !== '|') this.#unexpected(token, 'operand')
      break
    }
    if (args.length === 0) this.#fail('empty command')
    return { args, at, text: args.map(({ text }) => text).join(' ') }
  }

  /** A term, and the fields that follow it without a space. */
  #operand(): Operand | undefined {
    const term = this.#term()
    if (!term || this.#peek().kind !== 'field') return term
    const { at } = this.#peek()
    const fields: string[] = []
    while (this.#peek().kind === 'field') fields.push(this.#take().text.slice(1))
    const text = `${term.text}.${fields.join('.')}`
    if (term.kind === 'constant' || term.kind === 'nil' || term.kind === 'dot')
      this.#fail(`unexpected . after term ${JSON.stringify(term.text)}`)
    if (term.kind === 'function') return { kind: 'pipe', pipe: pipeOf(term), fields, at, text }
    return { ...term, fields: [...term.fields, ...fields], at, text }
  }

  #term(): Operand | undefined {
    const { kind, text, at } = this.#peekWord()
    this.#take()
    switch (kind) {
      case 'identifier':
        if (!this.#functions.has(text)) this.#fail(`function ${JSON.stringify(text)} not defined`)
        return { kind: 'function', name: text, at, text }
      case 'dot':
      case 'nil':
        return { kind, at, text }
      case 'variable':
        if (!this.#variables.includes(text)) this.#fail(`undefined variable ${JSON.stringify(text)}`)
        return { kind, name: text, fields: [], at, text }
      case 'field':
        return { kind, fields: [text.slice(1)], at, text }
      case 'bool':
        return { kind: 'constant', value: text === 'true', at, text }
      case 'number':
        return { kind: 'constant', value: constantNumber(text), at, text }
      case 'character':
        return {
          kind: 'constant',
          value: constantNumber(String(unquote(text).codePointAt(0) ?? 0)),
          at,
          text,
        }
      case 'string':
        return { kind: 'constant', value: unquote(text), at, text }
      default:
        if (kind !== 'mark' || text !== '(') {
          this.#next--
          return undefined
        }
        const pipe = this.#pipeline('parenthesized pipeline', ')')
        return { kind: 'pipe', pipe, fields: [], at: pipe.at, text: `(${pipe.text})` }
    }
  }
}

function pipeOf(term: Operand): Pipe {
  const { at, text } = term
  return { declares: [], assigns: false, commands: [{ args: [term], at, text }], at, text }
}

/** A token in quotes, cut off when it is long. */
const quoted = (text: string): string =>
  text.length > 10 ? `${JSON.stringify(text.slice(0, 10))}...` : JSON.stringify(text)
