import type { ParameterExpansionPart, Word } from 'unbash'
import type { Blocking } from '../../process.ts'
import { ShellFailure, ExitJump } from '../control.ts'
import type { Shell } from '../shell.ts'
import { isName } from '../variables.ts'
import { evaluateArithmetic } from './arithmetic.ts'
import type { Fields } from './fields.ts'
import { applyOperation, slice, transform } from './operations.ts'
import { expandParts, expandPattern, expandText, addLiteral } from './words.ts'

/** What a parameter stands for: one value (or none), or a list of them. */
export type ParameterValue =
  | { readonly kind: 'one'; readonly value: string | undefined }
  /** `@` keeps the values apart in double quotes, `*` joins them. */
  | { readonly kind: 'list'; readonly values: readonly string[]; readonly mode: '@' | '*' }

/** `$name`, `$1`, `$@` ... */
export function* expandSimple(shell: Shell, name: string, fields: Fields, quoted: boolean): Blocking<void> {
  emit(shell, yield* required(shell, name, valueOf(shell, name)), fields, quoted)
}

/** `${...}` in all its forms. */
export function* expandParameter(
  shell: Shell,
  part: ParameterExpansionPart,
  fields: Fields,
  quoted: boolean,
): Blocking<void> {
  const { operation } = part
  if (operation?.type === 'Unknown' || !isParameter(part.parameter)) throw badSubstitution(shell, part.text)
  if (part.prefix === '!' && operation?.type === 'Names') {
    const names = shell.variables.names().filter((name) => name.startsWith(part.parameter))
    return emit(shell, { kind: 'list', values: names, mode: operation.operator }, fields, quoted)
  }
  let name = part.parameter
  let value: ParameterValue
  if (part.prefix === '!' && (part.index?.text === '@' || part.index?.text === '*')) {
    const elements = shell.variables.find(name)?.elements
    value = { kind: 'list', values: elements ? sortedKeys(shell, name) : [], mode: part.index.text }
  } else {
    value = yield* lookUp(shell, part)
    if (part.prefix === '!') {
      name = value.kind === 'one' ? (value.value ?? '') : ''
      if (!isParameter(name)) throw new ShellFailure(`${part.parameter}: invalid indirect expansion`)
      value = yield* indirect(shell, name)
    }
  }
  if (part.prefix === '#') return fields.add(yield* lengthOf(shell, part, value), quoted, !quoted)
  if (operation?.type === 'Default') return yield* withDefault(shell, part, operation, value, fields, quoted)
  yield* required(shell, name, value)
  if (!operation) return emit(shell, value, fields, quoted)
  if (operation.type === 'Slice') {
    const offset = yield* evaluateArithmetic(shell, yield* expandText(shell, operation.offset))
    const length =
      operation.length && (yield* evaluateArithmetic(shell, yield* expandText(shell, operation.length)))
    return emit(
      shell,
      slice(shell, name, value, Number(offset), length === undefined ? undefined : Number(length)),
      fields,
      quoted,
    )
  }
  if (operation.type === 'Transform') {
    return emit(shell, transform(shell, name, value, operation.operand.text), fields, quoted)
  }
  if (operation.type === 'Names') throw badSubstitution(shell, part.text)
  const pattern = yield* patternOf(
    shell,
    operation.type === 'Replace' ? operation.pattern : operation.operand,
  )
  const replacement = operation.type === 'Replace' ? yield* expandText(shell, operation.replacement) : ''
  const change = (text: string) => applyOperation(operation.operator, text, pattern, replacement)
  if (value.kind === 'list') value = { ...value, values: value.values.map(change) }
  else value = { kind: 'one', value: change(value.value ?? '') }
  emit(shell, value, fields, quoted)
}

function* patternOf(shell: Shell, word: Word | undefined): Blocking<string> {
  return word ? yield* expandPattern(shell, word) : '?'
}

function isParameter(name: string): boolean {
  return isName(name) || /^(\d+|[@*#?$!_-])$/.test(name) || /^[A-Za-z_]\w*\[.+\]$/.test(name)
}

function badSubstitution(shell: Shell, text: string): ShellFailure {
  return new ShellFailure(
    shell.personality.kind === 'ash' ? 'syntax error: bad substitution' : `${text}: bad substitution`,
  )
}

/** The value of a name without an index, special parameters included. */
export function valueOf(shell: Shell, name: string): ParameterValue {
  if (name === '@' || name === '*') return { kind: 'list', values: shell.positional, mode: name }
  const special = SPECIAL[name]
  if (special) return { kind: 'one', value: special(shell) }
  if (/^\d+$/.test(name)) return { kind: 'one', value: shell.positional[Number(name) - 1] }
  if (name === 'PIPESTATUS') return { kind: 'one', value: String(shell.pipeStatus[0] ?? '') }
  if (name === 'FUNCNAME') return { kind: 'one', value: shell.functionNames.at(-1) }
  return { kind: 'one', value: shell.variables.get(name) }
}

const SPECIAL: Readonly<Record<string, (shell: Shell) => string | undefined>> = {
  '?': (shell) => String(shell.status),
  '#': (shell) => String(shell.positional.length),
  $: (shell) => String(shell.shellPid),
  '!': (shell) => (shell.lastBackgroundPid === undefined ? undefined : String(shell.lastBackgroundPid)),
  '0': (shell) => shell.name,
  '-': (shell) => shell.flags(),
}

function* lookUp(
  shell: Shell,
  part: Pick<ParameterExpansionPart, 'parameter' | 'index'>,
): Blocking<ParameterValue> {
  const { parameter, index } = part
  if (!index) return valueOf(shell, parameter)
  const variable = shell.variables.find(parameter)
  const own =
    parameter === 'PIPESTATUS'
      ? shell.pipeStatus.map(String)
      : parameter === 'FUNCNAME'
        ? shell.functionNames
        : undefined
  const elements = own ? new Map(own.map((value, at) => [String(at), value])) : variable?.elements
  if (index.text === '@' || index.text === '*') {
    const whole = elements
      ? sortedKeys(shell, parameter, elements).map((key) => elements.get(key)!)
      : [shell.variables.get(parameter)].filter((value) => value !== undefined)
    return { kind: 'list', values: whole, mode: index.text }
  }
  const key = yield* elementKey(shell, parameter, index)
  if (!elements) return { kind: 'one', value: key === '0' ? shell.variables.get(parameter) : undefined }
  return { kind: 'one', value: elements.get(key) }
}

/** The key that an index stands for: a text for associative arrays, else a number, negative ones from the end. */
export function* elementKey(shell: Shell, name: string, index: Word): Blocking<string> {
  const variable = shell.variables.find(name)
  if (variable?.associative) return yield* expandText(shell, index)
  const number = Number(yield* evaluateArithmetic(shell, yield* expandText(shell, index)))
  if (number >= 0) return String(number)
  const highest = Math.max(-1, ...[...(variable?.elements?.keys() ?? [])].map(Number))
  return String(highest + 1 + number)
}

function sortedKeys(shell: Shell, name: string, elements = shell.variables.find(name)?.elements): string[] {
  const keys = [...(elements?.keys() ?? [])]
  return shell.variables.find(name)?.associative ? keys : keys.sort((a, b) => Number(a) - Number(b))
}

function* indirect(shell: Shell, name: string): Blocking<ParameterValue> {
  const [, array, index] = /^(\w+)\[(.+)\]$/.exec(name) ?? []
  if (array === undefined) return valueOf(shell, name)
  return yield* lookUp(shell, {
    parameter: array,
    index: { type: 'Word', text: index!, value: index!, pos: 0, end: 0 },
  })
}

/** Under `set -u` an unset parameter ends the shell. */
function* required(shell: Shell, name: string, value: ParameterValue): Blocking<ParameterValue> {
  if (value.kind === 'list' || value.value !== undefined || !shell.options.has('nounset')) return value
  if (shell.personality.kind === 'ash') yield* shell.complain(`${name}: parameter not set`)
  else yield* shell.complain(`${/^\d+$/.test(name) ? `$${name}` : name}: unbound variable`)
  if (shell.from === 'interactive') throw new ShellFailure('', { status: 1 })
  throw new ExitJump(shell.personality.kind === 'ash' ? 2 : shell.from === 'command' ? 127 : 1)
}

function* lengthOf(shell: Shell, part: ParameterExpansionPart, value: ParameterValue): Blocking<string> {
  if (value.kind === 'list') return String(value.values.length)
  yield* required(shell, part.parameter, value)
  return String([...(value.value ?? '')].length)
}

type DefaultOperation = Extract<NonNullable<ParameterExpansionPart['operation']>, { type: 'Default' }>

function* withDefault(
  shell: Shell,
  part: ParameterExpansionPart,
  operation: DefaultOperation,
  value: ParameterValue,
  fields: Fields,
  quoted: boolean,
): Blocking<void> {
  const { operator, operand } = operation
  const empty = value.kind === 'list' ? value.values.length === 0 : value.value === undefined
  const isNull =
    operator.startsWith(':') && (value.kind === 'list' ? value.values.join('') === '' : !value.value)
  const absent = empty || isNull
  const kind = operator.at(-1)!
  if (kind === '+') {
    if (!absent) yield* operandInto(shell, operand, fields, quoted)
    else if (quoted) fields.add('', true)
    return
  }
  if (!absent) return emit(shell, value, fields, quoted)
  if (kind === '-') return yield* operandInto(shell, operand, fields, quoted)
  const text = yield* expandText(shell, operand)
  if (kind === '=') {
    if (!isName(part.parameter)) throw new ShellFailure(`$${part.parameter}: cannot assign in this way`)
    if (part.index)
      shell.variables.setElement(part.parameter, yield* elementKey(shell, part.parameter, part.index), text)
    else shell.variables.set(part.parameter, text)
    return fields.add(text, quoted, !quoted)
  }
  const fallback = operator === ':?' ? 'parameter null or not set' : 'parameter not set'
  yield* shell.complain(`${part.parameter}: ${text === '' ? fallback : text}`)
  if (shell.from === 'interactive') throw new ShellFailure('', { status: 1 })
  throw new ExitJump(shell.personality.kind === 'ash' ? 2 : shell.from === 'command' ? 127 : 1)
}

/** The word of `${x:-word}`: quoted where it is quoted itself, else subject to splitting. */
function* operandInto(shell: Shell, operand: Word, fields: Fields, quoted: boolean): Blocking<void> {
  if (quoted) {
    if (operand.parts) yield* expandParts(shell, operand.parts, fields, true)
    else fields.add(operand.value, true)
    return
  }
  const home = operand.text.startsWith('~') ? yield* expandText(shell, operand) : undefined
  if (home !== undefined) return fields.add(home, false, true)
  if (!operand.parts) return addSplittable(operand.text, fields)
  for (const part of operand.parts) {
    if (part.type === 'Literal') addSplittable(part.text, fields)
    else yield* expandParts(shell, [part], fields, false)
  }
}

function addSplittable(text: string, fields: Fields): void {
  for (const piece of text.match(/\\[^]|[^\\]+/g) ?? []) {
    if (piece.startsWith('\\')) addLiteral(piece, fields)
    else fields.add(piece, false, true)
  }
}

function emit(shell: Shell, value: ParameterValue, fields: Fields, quoted: boolean): void {
  if (value.kind === 'one') return fields.add(value.value ?? '', quoted, !quoted)
  if (quoted && value.mode === '*') {
    const ifs = shell.variables.get('IFS') ?? ' '
    return fields.add(value.values.join(ifs.slice(0, 1)), true)
  }
  fields.addList(value.values, quoted)
}
