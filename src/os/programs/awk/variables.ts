import { AwkRecord } from './record.ts'
import { toNumber, toText, type Value } from './values.ts'

/** What went wrong while a program ran. */
export class AwkError extends Error {}

export type AwkArray = Map<string, Value>
export type Variable = { value: Value } | { array: AwkArray }

const SPECIAL: Readonly<Record<string, Value>> = {
  FS: ' ', OFS: ' ', ORS: '\n', RS: '\n', OFMT: '%.6g', CONVFMT: '%.6g', SUBSEP: '\x1c', NR: 0, FNR: 0, RSTART: 0,
  RLENGTH: -1, FILENAME: '',
} // prettier-ignore

/** The names of a program: the special ones, its globals, and the locals of the function that runs. */
export class Variables {
  readonly record = new AwkRecord(() => ({ fs: this.text('FS'), ofs: this.text('OFS') }))
  readonly #globals = new Map<string, Variable>()
  locals: Map<string, Variable> | undefined

  constructor() {
    for (const [name, value] of Object.entries(SPECIAL)) this.setVariable(name, value)
  }

  variable(name: string): Value {
    if (name === 'NF') return this.record.count
    const found = this.#find(name)
    return found && 'value' in found ? found.value : undefined
  }

  setVariable(name: string, value: Value): void {
    if (name === 'NF') {
      this.record.count = Math.max(0, Math.trunc(toNumber(value)))
      return
    }
    const scope = this.locals?.has(name) ? this.locals : this.#globals
    const known = scope.get(name)
    if (known && 'array' in known && known.array.size > 0)
      throw new AwkError(`can't assign to ${name}; it's an array name.`)
    scope.set(name, { value })
  }

  text(name: string): string {
    return toText(this.variable(name))
  }

  array(name: string): AwkArray {
    const scope = this.locals?.has(name) ? this.locals : this.#globals
    const found = scope.get(name)
    if (found && 'array' in found) return found.array
    if (found && found.value !== undefined) throw new AwkError(`can't use scalar ${name} as an array`)
    const array: AwkArray = new Map()
    scope.set(name, { array })
    return array
  }

  #find(name: string): Variable | undefined {
    return this.locals?.get(name) ?? this.#globals.get(name)
  }

  /** Arrays go by reference, also one that has not been used yet; anything else by value. */
  byReference(name: string): Variable {
    if (name === 'NF') return { value: this.record.count }
    const found = this.#find(name)
    if (found && 'value' in found && found.value !== undefined) return { value: found.value }
    return found && 'array' in found ? found : { array: this.array(name) }
  }
}
