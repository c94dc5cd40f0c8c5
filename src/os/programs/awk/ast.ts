export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'regex'; readonly source: string }
  | Lvalue
  | {
      readonly kind: 'assign'
      readonly operator: string
      readonly target: Lvalue
      readonly value: Expression
    }
  | {
      readonly kind: 'conditional'
      readonly test: Expression
      readonly yes: Expression
      readonly no: Expression
    }
  | {
      readonly kind: 'binary'
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: 'unary'; readonly operator: '-' | '+' | '!'; readonly operand: Expression }
  | { readonly kind: 'step'; readonly by: 1 | -1; readonly prefix: boolean; readonly target: Lvalue }
  | { readonly kind: 'group'; readonly inner: Expression }
  | { readonly kind: 'grouping'; readonly items: readonly Expression[] }
  | { readonly kind: 'in'; readonly key: readonly Expression[]; readonly array: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'builtin'; readonly name: string; readonly args: readonly Expression[] | undefined }
  | {
      readonly kind: 'getline'
      readonly source: 'main' | 'file' | 'command'
      readonly from?: Expression
      readonly target: Lvalue | undefined
    }

export type Lvalue =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'field'; readonly index: Expression }
  | { readonly kind: 'element'; readonly array: string; readonly key: readonly Expression[] }

export type Statement =
  | { readonly kind: 'expression'; readonly expression: Expression }
  | {
      readonly kind: 'print'
      readonly args: readonly Expression[]
      readonly format: boolean
      readonly redirect?: Redirect
    }
  | { readonly kind: 'if'; readonly test: Expression; readonly yes: Statement; readonly no?: Statement }
  | {
      readonly kind: 'while'
      readonly test: Expression
      readonly body: Statement
      readonly atLeastOnce: boolean
    }
  | {
      readonly kind: 'for'
      readonly init?: Statement
      readonly test?: Expression
      readonly step?: Statement
      readonly body: Statement
    }
  | { readonly kind: 'for-in'; readonly variable: string; readonly array: string; readonly body: Statement }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'delete'; readonly array: string; readonly key?: readonly Expression[] }
  | { readonly kind: 'break' | 'continue' | 'next' }
  | { readonly kind: 'exit' | 'return'; readonly value?: Expression }

export interface Redirect {
  readonly to: '>' | '>>' | '|'
  readonly target: Expression
}

export interface Rule {
  readonly pattern: Expression | undefined
  /** The end of a range pattern. */
  readonly until: Expression | undefined
  /** Undefined: prints the record. */
  readonly action: Statement | undefined
}

export interface FunctionDefinition {
  readonly parameters: readonly string[]
  readonly body: Statement
}

export interface AwkProgram {
  readonly begin: readonly Statement[]
  readonly rules: readonly Rule[]
  readonly end: readonly Statement[]
  readonly functions: ReadonlyMap<string, FunctionDefinition>
}
