import type { ArrayValue, Assignment } from 'unbash'
import type { Blocking } from '../process.ts'
import { evaluateArithmetic } from './expansion/arithmetic.ts'
import { elementKey } from './expansion/parameter.ts'
import { parseWord } from './expansion/parse-word.ts'
import { quoteIfNeeded } from './expansion/quote.ts'
import { expandText, expandWords } from './expansion/words.ts'
import type { Shell } from './shell.ts'

/** Carries out `name=value`, `name+=value`, `name[i]=value` or `name=(...)`. @returns it as xtrace shows it */
export function* assign(shell: Shell, node: Assignment): Blocking<string> {
  if (node.value.type === 'ArrayValue') {
    yield* assignArray(shell, node.name, node.value, node.append ?? false)
    return node.text
  }
  const value = yield* expandText(shell, node.value, 'assignment')
  const key = node.index && (yield* elementKey(shell, node.name, node.index))
  yield* setVariable(shell, node.name, value, { key, append: node.append })
  return `${node.name}${node.append ? '+' : ''}=${value === '' ? '' : quoteIfNeeded(value)}`
}

/** Sets a variable or an element, minding `+=` and the integer attribute. @throws ShellFailure when it is readonly */
export function* setVariable(
  shell: Shell,
  name: string,
  value: string,
  options: { key?: string | undefined; append?: boolean | undefined } = {},
): Blocking<void> {
  const { variables } = shell
  const variable = variables.find(name)
  const { key } = options
  const old = key === undefined ? variables.get(name) : variable?.elements?.get(key)
  let text = value
  if (variable?.integer) {
    const number = yield* evaluateArithmetic(shell, value)
    text = String(options.append ? BigInt(old ?? 0) + number : number)
  } else if (options.append) text = (old ?? '') + value
  if (key === undefined) variables.set(name, text)
  else variables.setElement(name, key, text)
}

export function* assignArray(shell: Shell, name: string, node: ArrayValue, append: boolean): Blocking<void> {
  const { variables } = shell
  const variable = variables.find(name)
  const elements = new Map(
    append ? (variable?.elements ?? (variable?.value !== undefined ? [['0', variable.value]] : [])) : [],
  )
  let next = Math.max(-1, ...[...elements.keys()].map(Number)) + 1
  for (const word of node.elements) {
    const [, index, rest] = /^\[([^\]]+)\]=([^]*)$/.exec(word.text) ?? []
    if (index !== undefined) {
      const key = yield* elementKey(shell, name, parseWord(index))
      elements.set(key, rest === '' ? '' : yield* expandText(shell, parseWord(rest!), 'assignment'))
      next = Number(key) + 1
    } else {
      for (const value of yield* expandWords(shell, [word])) elements.set(String(next++), value)
    }
  }
  variables.setArray(name, elements)
}
