import type { Blocking } from '../../process.ts'
import { formatDate } from '../date-format.ts'
import type { Expression, Lvalue } from './ast.ts'
import type { Evaluator } from './evaluator.ts'
import { splitText } from './record.ts'
import { fromInput, sprintf, toNumber, toText, type Value } from './values.ts'
import { AwkError } from './variables.ts'

/** @throws AwkError */
export function* callBuiltin(
  awk: Evaluator,
  name: string,
  args: readonly Expression[] | undefined,
): Blocking<Value> {
  const special = SPECIAL[name]
  if (special) return yield* special(awk, args ?? [])
  const values: Value[] = []
  for (const arg of args ?? []) values.push(yield* awk.evaluate(arg))
  return FUNCTIONS[name]!(values, awk)
}

const FUNCTIONS: Readonly<Record<string, (args: readonly Value[], awk: Evaluator) => Value>> = {
  substr: ([text, from, length]) =>
    substr(toText(text), toNumber(from), length === undefined ? Infinity : toNumber(length)),
  index: ([text, part]) => toText(text).indexOf(toText(part)) + 1,
  sprintf: ([format, ...args]) => sprintf(toText(format), args),
  toupper: ([text]) => toText(text).toUpperCase(),
  tolower: ([text]) => toText(text).toLowerCase(),
  int: ([value]) => Math.trunc(toNumber(value)),
  sin: ([value]) => Math.sin(toNumber(value)),
  cos: ([value]) => Math.cos(toNumber(value)),
  atan2: ([y, x]) => Math.atan2(toNumber(y), toNumber(x)),
  exp: ([value]) => Math.exp(toNumber(value)),
  log: ([value]) => Math.log(toNumber(value)),
  sqrt: ([value]) => Math.sqrt(toNumber(value)),
  rand: (_args, awk) =>
    awk.streams.process.machine.simulation.random(`awk:${awk.streams.process.machine.hostname}`).next(),
  srand: () => 0,
  systime: (_args, awk) => Math.floor(awk.streams.process.now() / 1000),
  strftime: ([format, seconds], awk) =>
    formatDate(
      seconds === undefined ? awk.streams.process.now() : toNumber(seconds) * 1000,
      format === undefined ? '%a %b %e %H:%M:%S %Z %Y' : toText(format),
    ),
}

/** Those that take arrays, patterns or places to store in, or that wait. */
const SPECIAL: Readonly<Record<string, (awk: Evaluator, args: readonly Expression[]) => Blocking<Value>>> = {
  *length(awk, [arg]) {
    if (!arg) return awk.record.text.length
    if (arg.kind === 'variable' && awk.variable(arg.name) === undefined) return awk.array(arg.name).size
    return toText(yield* awk.evaluate(arg)).length
  },
  *split(awk, [textArg, arrayArg, separatorArg]) {
    if (!textArg || arrayArg?.kind !== 'variable') throw new AwkError('split needs a string and an array')
    const text = toText(yield* awk.evaluate(textArg))
    const separator =
      separatorArg?.kind === 'regex'
        ? awk.regex(separatorArg.source)
        : separatorArg
          ? toText(yield* awk.evaluate(separatorArg))
          : awk.text('FS')
    const array = awk.array(arrayArg.name)
    array.clear()
    const parts = splitText(text, separator)
    for (const [index, part] of parts.entries()) array.set(String(index + 1), fromInput(part))
    return parts.length
  },
  sub: (awk, args) => substitute(awk, args, false),
  gsub: (awk, args) => substitute(awk, args, true),
  *match(awk, [textArg, patternArg]) {
    if (!textArg || !patternArg) throw new AwkError('match needs a string and a pattern')
    const text = toText(yield* awk.evaluate(textArg))
    const match = (yield* awk.pattern(patternArg)).exec(text)
    awk.setVariable('RSTART', match ? match.index + 1 : 0)
    awk.setVariable('RLENGTH', match ? match[0].length : -1)
    return match ? match.index + 1 : 0
  },
  *system(awk, [arg]) {
    return yield* awk.streams.system(arg ? toText(yield* awk.evaluate(arg)) : '')
  },
  *close(awk, [arg]) {
    return yield* awk.streams.close(arg ? toText(yield* awk.evaluate(arg)) : '')
  },
  *fflush(awk) {
    yield* awk.streams.flush()
    return 0
  },
}

function* substitute(awk: Evaluator, args: readonly Expression[], global: boolean): Blocking<Value> {
  const [patternArg, replacementArg, targetArg] = args
  if (!patternArg || !replacementArg) throw new AwkError('sub needs a pattern and a replacement')
  const target: Lvalue = isLvalue(targetArg)
    ? targetArg
    : { kind: 'field', index: { kind: 'number', value: 0 } }
  const replacement = toText(yield* awk.evaluate(replacementArg))
  const text = toText(yield* awk.evaluate(target))
  const regex = yield* awk.pattern(patternArg)
  let count = 0
  const result = text.replace(regex, (match) => {
    if (count > 0 && !global) return match
    count++
    return replacement.replace(/\\\\|\\&|&/g, (part) => (part === '&' ? match : part.slice(1)))
  })
  if (count > 0) yield* awk.assign(target, result)
  return count
}

function isLvalue(expression: Expression | undefined): expression is Lvalue {
  return expression?.kind === 'variable' || expression?.kind === 'field' || expression?.kind === 'element'
}

/** As mawk and busybox do: a position before the start counts as the start, and does not shorten the result. */
function substr(text: string, from: number, length: number): string {
  const start = Math.max(0, Math.round(from) - 1)
  return text.slice(start, length === Infinity ? undefined : start + Math.max(0, Math.round(length)))
}
