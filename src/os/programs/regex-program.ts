/** One step of a regular expression that is run as a program. */
export type Instruction =
  | { readonly kind: 'character'; readonly accepts: (character: string) => boolean }
  | { readonly kind: 'assert'; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: 'save'; readonly slot: number }
  /** Goes on at `to`; when that comes to nothing, at `otherwise`. */
  | { readonly kind: 'jump'; to: number; otherwise?: number }
  | { readonly kind: 'match' }

export interface Program {
  /** Undefined where the expression has what only a backtracker can do (back references, lookaround). */
  readonly instructions: readonly Instruction[] | undefined
  readonly groups: number
  /** Repetitions without a bound, each of which multiplies the cost of backtracking by the length of the text. */
  readonly repetitions: number
  /** A repetition of repetitions or of alternatives: the cost may double with each character. */
  readonly nested: boolean
}

type Node =
  | { readonly kind: 'step'; readonly instruction: Instruction }
  | { readonly kind: 'sequence' | 'alternatives'; readonly nodes: readonly Node[] }
  | { readonly kind: 'group'; readonly index: number; readonly node: Node }
  | {
      readonly kind: 'repeat'
      readonly node: Node
      readonly low: number
      readonly high: number
      readonly lazy: boolean
    }

/** Larger programs (`(a{1,1000}){1,1000}`) are not run. */
const MOST_INSTRUCTIONS = 4000

/** Translates the source of a RegExp that the engine itself has accepted. */
export function parseExpression(source: string, ignoreCase: boolean): Program {
  const parser = new Parser(source, ignoreCase)
  const node = parser.parse()
  const instructions: Instruction[] = []
  const fits = parser.isRegular && emit(node, instructions)
  if (fits) instructions.push({ kind: 'match' })
  return {
    instructions: fits ? instructions : undefined,
    groups: parser.groups,
    repetitions: countRepetitions(node),
    nested: isNested(node, false),
  }
}

class Parser {
  readonly #source: string
  readonly #ignoreCase: boolean
  #at = 0
  groups = 0
  isRegular = true

  constructor(source: string, ignoreCase: boolean) {
    this.#source = source
    this.#ignoreCase = ignoreCase
  }

  parse(): Node {
    const nodes = [this.#sequence()]
    while (this.#take('|')) nodes.push(this.#sequence())
    return nodes.length === 1 ? nodes[0]! : { kind: 'alternatives', nodes }
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #sequence(): Node {
    const nodes: Node[] = []
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]!))
      nodes.push(this.#repeated())
    return { kind: 'sequence', nodes }
  }

  #repeated(): Node {
    const node = this.#atom()
    const match = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})(\??)/.exec(this.#source.slice(this.#at, this.#at + 40))
    if (!match) return node
    this.#at += match[0].length
    const [, sign, low = '', comma, high = '', lazy] = match
    const least = sign ? Number(sign === '+') : Number(low)
    const most = sign
      ? sign === '?'
        ? 1
        : Infinity
      : comma
        ? high === ''
          ? Infinity
          : Number(high)
        : least
    return { kind: 'repeat', node, low: least, high: most, lazy: lazy === '?' }
  }

  #atom(): Node {
    if (this.#take('(?:')) return this.#close(this.parse())
    const lookaround = /^\(\?(<?)([=!])\\w\)/.exec(this.#source.slice(this.#at, this.#at + 7))
    if (lookaround) {
      this.#at += lookaround[0].length
      const [, behind, sign] = lookaround
      return assertion((text, at) => isWord(text[behind ? at - 1 : at]) === (sign === '='))
    }
    if (this.#source.startsWith('(?', this.#at)) {
      this.isRegular = false
      this.#at += 2
      while (/[<=!:\w>]/.test(this.#source[this.#at] ?? '')) this.#at++
      return this.#close(this.parse())
    }
    if (this.#take('(')) {
      const index = ++this.groups
      return { kind: 'group', index, node: this.#close(this.parse()) }
    }
    if (this.#take('^')) return assertion((_text, at) => at === 0)
    if (this.#take('$')) return assertion((text, at) => at === text.length)
    if (this.#take('\\b')) return assertion((text, at) => isWord(text[at - 1]) !== isWord(text[at]))
    if (this.#take('\\B')) return assertion((text, at) => isWord(text[at - 1]) === isWord(text[at]))
    return this.#character()
  }

  #close(node: Node): Node {
    this.#take(')')
    return node
  }

  /** One character, an escape or a set: what it accepts is asked of the engine, one character at a time. */
  #character(): Node {
    const rest = this.#source.slice(this.#at)
    const [text] = /^(?:\[(?:\\.|[^\]\\])*\]|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\.|.)/is.exec(rest) ?? ['']
    this.#at += text.length
    if (/^\\[1-9k]/.test(text)) this.isRegular = false
    if (text === '.') return character(() => true)
    if (text.length === 1 && !this.#ignoreCase) return character((one) => one === text)
    const expression = new RegExp(`^${text}$`, this.#ignoreCase ? 'si' : 's')
    const known = new Map<string, boolean>()
    return character((one) => {
      let accepted = known.get(one)
      if (accepted === undefined) known.set(one, (accepted = expression.test(one)))
      return accepted
    })
  }
}

const isWord = (character: string | undefined): boolean => character !== undefined && /\w/.test(character)

const assertion = (holds: (text: string, at: number) => boolean): Node => ({
  kind: 'step',
  instruction: { kind: 'assert', holds },
})

const character = (accepts: (character: string) => boolean): Node => ({
  kind: 'step',
  instruction: { kind: 'character', accepts },
})

/** @returns false when it grows too large */
function emit(node: Node, into: Instruction[]): boolean {
  if (into.length > MOST_INSTRUCTIONS) return false
  switch (node.kind) {
    case 'step':
      into.push(node.instruction)
      return true
    case 'sequence':
      return node.nodes.every((each) => emit(each, into))
    case 'group': {
      into.push({ kind: 'save', slot: 2 * node.index })
      const fits = emit(node.node, into)
      into.push({ kind: 'save', slot: 2 * node.index + 1 })
      return fits
    }
    case 'alternatives':
      return emitAlternatives(node.nodes, into)
    case 'repeat':
      return emitRepeat(node, into)
  }
}

function emitAlternatives(nodes: readonly Node[], into: Instruction[]): boolean {
  const ends: (Instruction & { kind: 'jump' })[] = []
  for (const [index, node] of nodes.entries()) {
    const isLast = index === nodes.length - 1
    const choice = { kind: 'jump' as const, to: into.length + 1, otherwise: 0 }
    if (!isLast) into.push(choice)
    if (!emit(node, into)) return false
    if (isLast) break
    const end = { kind: 'jump' as const, to: 0 }
    ends.push(end)
    into.push(end)
    choice.otherwise = into.length
  }
  for (const end of ends) end.to = into.length
  return true
}

function emitRepeat(node: Node & { kind: 'repeat' }, into: Instruction[]): boolean {
  for (let count = 0; count < node.low; count++) if (!emit(node.node, into)) return false
  const optional = node.high === Infinity ? 1 : node.high - node.low
  const choices: (Instruction & { kind: 'jump' })[] = []
  for (let count = 0; count < optional; count++) {
    const choice: Instruction & { kind: 'jump' } = { kind: 'jump', to: 0, otherwise: 0 }
    const begin = into.length
    into.push(choice)
    if (!emit(node.node, into)) return false
    if (node.high === Infinity) into.push({ kind: 'jump', to: begin })
    choices.push(choice)
    choice.to = begin + 1
  }
  for (const choice of choices) {
    choice.otherwise = into.length
    if (node.lazy) [choice.to, choice.otherwise] = [choice.otherwise, choice.to]
  }
  return true
}

/** Beyond it a bounded repetition counts as one without a bound. */
const SMALL = 8

function countRepetitions(node: Node): number {
  switch (node.kind) {
    case 'step':
      return 0
    case 'group':
      return countRepetitions(node.node)
    case 'repeat':
      return countRepetitions(node.node) + Number(node.high > SMALL)
    default:
      return node.nodes.reduce((sum, each) => sum + countRepetitions(each), 0)
  }
}

function isNested(node: Node, inRepeat: boolean): boolean {
  switch (node.kind) {
    case 'step':
      return false
    case 'group':
      return isNested(node.node, inRepeat)
    case 'repeat':
      return node.high > 1 && (inRepeat || isNested(node.node, true))
    case 'alternatives':
      return inRepeat || node.nodes.some((each) => isNested(each, inRepeat))
    default:
      return node.nodes.some((each) => isNested(each, inRepeat))
  }
}
