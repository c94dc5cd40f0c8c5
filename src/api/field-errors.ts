/** How a field can be at fault: the type's text in messages, and its reason in a Status' causes. */
const TYPES = {
  NotFound: ['Not found', 'FieldValueNotFound'],
  Required: ['Required value', 'FieldValueRequired'],
  Duplicate: ['Duplicate value', 'FieldValueDuplicate'],
  Invalid: ['Invalid value', 'FieldValueInvalid'],
  TypeInvalid: ['Invalid value', 'FieldValueTypeInvalid'],
  NotSupported: ['Unsupported value', 'FieldValueNotSupported'],
  Forbidden: ['Forbidden', 'FieldValueForbidden'],
  TooLong: ['Too long', 'FieldValueTooLong'],
  TooMany: ['Too many', 'FieldValueTooMany'],
  Internal: ['Internal error', 'InternalError'],
} as const

export type FieldErrorType = keyof typeof TYPES

export interface FieldError {
  readonly type: FieldErrorType
  /** `spec.ports[0].port`. */
  readonly field: string
  /** Type, value and detail as a cause's message: `Invalid value: 0: must be between 1 and 65535, inclusive`. */
  readonly body: string
}

/** The faults of one object, in the order they were found. Paths are written out: `spec.ports[0].port`. */
export class FieldErrors {
  readonly list: FieldError[] = []

  get any(): boolean {
    return this.list.length > 0
  }

  required(field: string, detail = ''): void {
    this.#add('Required', field, detail)
  }

  invalid(field: string, value: unknown, ...details: readonly string[]): void {
    for (const detail of details) this.#add('Invalid', field, `${formatValue(value)}: ${detail}`)
  }

  typeInvalid(field: string, value: unknown, detail: string): void {
    this.#add('TypeInvalid', field, `${formatValue(value)}: ${detail}`)
  }

  duplicate(field: string, value: unknown): void {
    this.#add('Duplicate', field, formatValue(value))
  }

  notFound(field: string, value: unknown): void {
    this.#add('NotFound', field, formatValue(value))
  }

  forbidden(field: string, detail: string): void {
    this.#add('Forbidden', field, detail)
  }

  /** @param supported in the order in which the real message lists them. */
  notSupported(field: string, value: unknown, supported: readonly string[]): void {
    const list = supported.map((text) => JSON.stringify(text)).join(', ')
    this.#add('NotSupported', field, `${formatValue(value)}: supported values: ${list}`)
  }

  tooLong(field: string, maxBytes: number): void {
    this.#add('TooLong', field, `may not be more than ${maxBytes} bytes`)
  }

  tooMany(field: string, actual: number, max: number): void {
    this.#add('TooMany', field, `${actual}: must have at most ${max} items`)
  }

  internal(field: string, detail: string): void {
    this.#add('Internal', field, detail)
  }

  #add(type: FieldErrorType, field: string, rest: string): void {
    const head = TYPES[type][0]
    this.list.push({ type, field, body: rest === '' ? head : `${head}: ${rest}` })
  }
}

/** The reason of a cause: `FieldValueInvalid`. */
export function causeReason(error: FieldError): string {
  return TYPES[error.type][1]
}

/** All faults in one line, as the message of an Invalid Status has them: bracketed when there are several. */
export function aggregate(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map((error) => `${error.field}: ${error.body}`))]
  return texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`
}

function formatValue(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  return JSON.stringify(value)
}
