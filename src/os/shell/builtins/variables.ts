import type { Blocking } from '../../process.ts'
import { assignArray, setVariable } from '../assignment.ts'
import { ExitJump } from '../control.ts'
import { evaluateArithmetic } from '../expansion/arithmetic.ts'
import { quoteDouble } from '../expansion/quote.ts'
import type { Shell } from '../shell.ts'
import { isName } from '../variables.ts'
import type { Variable } from '../variables.ts'
import { invalidOption, parseFlags } from './builtin.ts'

export function* exportVariables(shell: Shell, argv: readonly string[]): Blocking<number> {
  const { flags, operands, unknown } = parseFlags(argv, 'fnp')
  if (unknown)
    return yield* invalidOption(shell, 'export', unknown, 'export [-fn] [name[=value] ...] or export -p')
  if (operands.length === 0) return yield* list(shell, 'export', (variable) => variable.exported ?? false)
  if (flags.has('f')) return 0
  return yield* declareEach(shell, 'export', operands, { exported: !flags.has('n') })
}

export function* readonlyVariables(shell: Shell, argv: readonly string[]): Blocking<number> {
  const { flags, operands, unknown } = parseFlags(argv, 'aAfp')
  if (unknown)
    return yield* invalidOption(
      shell,
      'readonly',
      unknown,
      'readonly [-aAf] [name[=value] ...] or readonly -p',
    )
  if (operands.length === 0) return yield* list(shell, 'readonly', (variable) => variable.readonly ?? false)
  if (flags.has('f')) return 0
  return yield* declareEach(shell, 'readonly', operands, { readonly: true })
}

export function* local(shell: Shell, argv: readonly string[]): Blocking<number> {
  if (shell.functionDepth === 0) {
    const ash = shell.personality.kind === 'ash'
    yield* shell.complain(`local: ${ash ? 'not in a function' : 'can only be used in a function'}`)
    if (ash && shell.from !== 'interactive') throw new ExitJump(2)
    return 1
  }
  const { flags, operands } = parseFlags(argv, 'aAirxnlup')
  return yield* declareEach(shell, 'local', operands, attributes(flags), { local: true })
}

/** `declare [-aAirxp] [-g] [NAME[=VALUE]]...`; local inside of a function. */
export function* declare(shell: Shell, argv: readonly string[]): Blocking<number> {
  const plus = argv.filter((word) => /^\+[a-z]+$/i.test(word)).join('')
  const { flags, operands, unknown } = parseFlags(
    argv.filter((word) => !/^\+[a-z]+$/i.test(word)),
    'aAfFgilnrtuxp',
  )
  if (unknown)
    return yield* invalidOption(
      shell,
      argv[0]!,
      unknown,
      'declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]',
    )
  if (flags.has('f') || flags.has('F')) return yield* listFunctions(shell, operands, flags.has('F'))
  if (flags.has('p')) return yield* printEach(shell, operands)
  if (operands.length === 0) return yield* list(shell, 'declare', () => true)
  const marks = attributes(flags)
  if (plus.includes('x')) marks.exported = false
  if (plus.includes('i')) marks.integer = false
  return yield* declareEach(shell, argv[0]!, operands, marks, {
    local: shell.functionDepth > 0 && !flags.has('g'),
    array: flags.has('a') || flags.has('A'),
  })
}

type Attributes = { -readonly [Name in 'exported' | 'readonly' | 'integer' | 'associative']?: boolean }

function attributes(flags: ReadonlyMap<string, string>): Attributes {
  const result: Attributes = {}
  if (flags.has('x')) result.exported = true
  if (flags.has('r')) result.readonly = true
  if (flags.has('i')) result.integer = true
  if (flags.has('A')) result.associative = true
  return result
}

function* declareEach(
  shell: Shell,
  command: string,
  operands: readonly string[],
  marks: Attributes,
  options: { local?: boolean; array?: boolean } = {},
): Blocking<number> {
  const { variables } = shell
  let status = 0
  for (const operand of operands) {
    const [, name, index, append, value] = /^(\w+)(?:\[([^\]]*)\])?(?:(\+?)=([^]*))?$/.exec(operand) ?? []
    if (name === undefined || !isName(name)) {
      if (shell.personality.kind === 'ash') yield* shell.complain(`${command}: ${operand}: bad variable name`)
      else yield* shell.complain(`${command}: \`${operand}': not a valid identifier`)
      status = 1
      continue
    }
    const array = shell.arrayArguments.get(name)
    if (options.local) variables.declareLocal(name)
    const { readonly: becomesReadonly, ...others } = marks
    if (Object.keys(others).length > 0) variables.mark(name, others)
    if (
      (options.array || others.associative) &&
      !array &&
      value === undefined &&
      !variables.find(name)?.elements
    )
      variables.setArray(name, new Map())
    if (array?.value.type === 'ArrayValue') {
      yield* assignArray(shell, name, array.value, array.append ?? false)
      shell.arrayArguments.delete(name)
    } else if (value !== undefined) {
      const key =
        index === undefined
          ? undefined
          : variables.find(name)?.associative
            ? index
            : String(yield* evaluateArithmetic(shell, index))
      yield* setVariable(shell, name, value, { key, append: append === '+' })
    }
    if (becomesReadonly !== undefined) variables.mark(name, { readonly: becomesReadonly })
  }
  return status
}

function* list(shell: Shell, command: string, chosen: (variable: Variable) => boolean): Blocking<number> {
  const lines: string[] = []
  for (const name of shell.variables.names()) {
    const variable = shell.variables.find(name)!
    if (!chosen(variable) || variable.dynamic) continue
    if (shell.personality.kind === 'bash') lines.push(definition(name, variable))
    else
      lines.push(
        variable.value === undefined ? `${command} ${name}` : `${command} ${name}='${variable.value}'`,
      )
  }
  yield* shell.process.print(lines.map((line) => `${line}\n`).join(''))
  return 0
}

function definition(name: string, variable: Variable): string {
  const letters = [
    variable.elements && !variable.associative ? 'a' : '',
    variable.associative ? 'A' : '',
    variable.integer ? 'i' : '',
    variable.readonly ? 'r' : '',
    variable.exported ? 'x' : '',
  ].join('')
  const value = variable.elements
    ? `=(${[...variable.elements].map(([key, text]) => `[${key}]=${quoteDouble(text)}`).join(' ')}${variable.associative && variable.elements.size > 0 ? ' ' : ''})`
    : variable.value === undefined
      ? ''
      : `=${quoteDouble(variable.value)}`
  return `declare -${letters === '' ? '-' : letters} ${name}${value}`
}

function* printEach(shell: Shell, names: readonly string[]): Blocking<number> {
  if (names.length === 0) return yield* list(shell, 'declare', () => true)
  let status = 0
  for (const name of names) {
    const variable = shell.variables.find(name)
    if (variable) yield* shell.process.print(`${definition(name, variable)}\n`)
    else {
      yield* shell.complain(`declare: ${name}: not found`)
      status = 1
    }
  }
  return status
}

function* listFunctions(shell: Shell, names: readonly string[], namesOnly: boolean): Blocking<number> {
  const chosen = names.length > 0 ? names : [...shell.functions.keys()].sort()
  let status = 0
  for (const name of chosen) {
    const found = shell.functions.get(name)
    if (!found) status = 1
    else if (!namesOnly) yield* shell.process.print(`${found.text}\n`)
    else yield* shell.process.print(names.length > 0 ? `${name}\n` : `declare -f ${name}\n`)
  }
  return status
}

export function* unset(shell: Shell, argv: readonly string[]): Blocking<number> {
  const { flags, operands, unknown } = parseFlags(argv, 'fvn')
  if (unknown) return yield* invalidOption(shell, 'unset', unknown, 'unset [-f] [-v] [-n] [name ...]')
  let status = 0
  for (const operand of operands) {
    const [, array, index] = /^(\w+)\[(.+)\]$/.exec(operand) ?? []
    if (array !== undefined) {
      const variable = shell.variables.find(array)
      const key = variable?.associative ? index! : String(yield* evaluateArithmetic(shell, index!))
      variable?.elements?.delete(key)
    } else if (
      flags.has('f') ||
      (!flags.has('v') && !shell.variables.find(operand) && shell.functions.has(operand))
    ) {
      shell.functions.delete(operand)
    } else if (shell.variables.find(operand)?.readonly) {
      const bash = shell.personality.kind === 'bash'
      yield* shell.complain(
        bash ? `unset: ${operand}: cannot unset: readonly variable` : `unset: ${operand}: is read only`,
      )
      status = 1
    } else shell.variables.unset(operand)
  }
  return status
}
