import { checkTextLength } from './limits.ts'

/** One shell variable. `declare x` without a value has neither `value` nor `elements`. */
export interface Variable {
  value?: string
  /** An array, by index; or by key when `associative`. */
  elements?: Map<string, string>
  associative?: boolean
  exported?: boolean
  readonly?: boolean
  integer?: boolean
  /** Computed at each read: RANDOM, SECONDS, LINENO ... */
  dynamic?: { get(): string; set?(value: string): void }
}

/** An attempt to change a readonly variable. */
export class ReadonlyError extends Error {
  readonly variable: string
  constructor(variable: string) {
    super(`${variable} is readonly`)
    this.variable = variable
  }
}

/** The variables of a shell: a global scope and one for each function call under way (dynamic scoping). */
export class Variables {
  readonly #scopes: Map<string, Variable>[]
  #environment: Map<string, string> | undefined
  /** `set -a`: whatever is assigned to is exported. */
  exportsAll = false

  constructor(environment: ReadonlyMap<string, string>) {
    const globals = new Map<string, Variable>()
    for (const [name, value] of environment) {
      if (isName(name)) globals.set(name, { value, exported: true })
    }
    this.#scopes = [globals]
  }

  /** A copy for a subshell. */
  clone(): Variables {
    const copy = new Variables(new Map())
    copy.#scopes.length = 0
    for (const scope of this.#scopes) {
      const cloned = new Map<string, Variable>()
      for (const [name, variable] of scope) {
        cloned.set(
          name,
          variable.elements ? { ...variable, elements: new Map(variable.elements) } : { ...variable },
        )
      }
      copy.#scopes.push(cloned)
    }
    return copy
  }

  find(name: string): Variable | undefined {
    for (let index = this.#scopes.length - 1; index >= 0; index--) {
      const variable = this.#scopes[index]!.get(name)
      if (variable) return variable
    }
    return undefined
  }

  /** The value, element 0 of an array; undefined when unset. */
  get(name: string): string | undefined {
    const variable = this.find(name)
    if (!variable) return undefined
    if (variable.dynamic) return variable.dynamic.get()
    return variable.elements ? variable.elements.get('0') : variable.value
  }

  /** @throws ReadonlyError */
  set(name: string, value: string): void {
    checkTextLength(value.length)
    const variable = this.#forWriting(name)
    if (variable.dynamic) return variable.dynamic.set?.(value)
    if (variable.elements) variable.elements.set('0', value)
    else variable.value = value
  }

  setElement(name: string, key: string, value: string): void {
    checkTextLength(value.length)
    const variable = this.#forWriting(name)
    if (!variable.elements) {
      variable.elements = new Map(variable.value === undefined ? [] : [['0', variable.value]])
      delete variable.value
    }
    variable.elements.set(key, value)
  }

  setArray(name: string, elements: Map<string, string>): void {
    const variable = this.#forWriting(name)
    delete variable.value
    variable.elements = elements
  }

  /** Sets attributes, declaring the variable where there is none. */
  mark(name: string, attributes: Pick<Variable, 'exported' | 'readonly' | 'integer' | 'associative'>): void {
    this.#environment = undefined
    let variable = this.find(name)
    if (!variable) this.#scopes[0]!.set(name, (variable = {}))
    Object.assign(variable, attributes)
  }

  define(name: string, variable: Variable): void {
    this.#environment = undefined
    this.#scopes[0]!.set(name, variable)
  }

  /** Declares a variable of the running function. @returns false outside of functions */
  declareLocal(name: string): boolean {
    const scope = this.#scopes.at(-1)!
    if (this.#scopes.length === 1) return false
    if (!scope.has(name)) {
      const outer = this.find(name)
      if (outer?.readonly) throw new ReadonlyError(name)
      scope.set(name, outer?.exported ? { exported: true } : {})
      this.#environment = undefined
    }
    return true
  }

  /** @throws ReadonlyError */
  unset(name: string): void {
    for (let index = this.#scopes.length - 1; index >= 0; index--) {
      const variable = this.#scopes[index]!.get(name)
      if (!variable) continue
      if (variable.readonly) throw new ReadonlyError(name)
      // An unset local variable stays local, so that the global one stays hidden.
      if (index > 0 && index === this.#scopes.length - 1) this.#scopes[index]!.set(name, {})
      else this.#scopes[index]!.delete(name)
      this.#environment = undefined
      return
    }
  }

  pushScope(): void {
    this.#scopes.push(new Map())
  }

  popScope(): void {
    this.#scopes.pop()
    this.#environment = undefined
  }

  /** Puts assignments in front of a command in a scope of their own, exported. */
  pushTemporary(assignments: ReadonlyMap<string, string>): void {
    for (const name of assignments.keys()) if (this.find(name)?.readonly) throw new ReadonlyError(name)
    this.#scopes.push(new Map([...assignments].map(([name, value]) => [name, { value, exported: true }])))
    this.#environment = undefined
  }

  /** Names of what is visible, sorted. */
  names(): string[] {
    const names = new Set(this.#scopes.flatMap((scope) => [...scope.keys()]))
    return [...names].sort((a, b) => (a < b ? -1 : 1))
  }

  /** What a child gets. The same map as long as nothing changes. */
  environment(): ReadonlyMap<string, string> {
    if (this.#environment) return this.#environment
    const visible = new Map<string, Variable>()
    for (const scope of this.#scopes) for (const [name, variable] of scope) visible.set(name, variable)
    const environment = new Map<string, string>()
    for (const [name, variable] of visible) {
      if (variable.exported && variable.value !== undefined) environment.set(name, variable.value)
    }
    return (this.#environment = environment)
  }

  #forWriting(name: string): Variable {
    let variable = this.find(name)
    if (variable?.readonly) throw new ReadonlyError(name)
    if (!variable) this.#scopes[0]!.set(name, (variable = {}))
    if (this.exportsAll) variable.exported = true
    if (variable.exported) this.#environment = undefined
    return variable
  }
}

export function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)
}
