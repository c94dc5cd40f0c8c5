import { SystemError, type Blocking } from '../process.ts'
import type { Address, Command, ReplacementPart, Substitution } from './sed-script.ts'

/** What a sed script needs of the outside while it runs. */
export interface SedWorld {
  readonly quiet: boolean
  readonly put: (text: string) => void
  readonly readFile: (path: string) => string
  readonly writeFile: (path: string, text: string) => void
  /** The next line for n and N; undefined when there is none. */
  readonly nextLine: () => { readonly line: string; readonly last: boolean } | undefined
  /** Called between one jump and the next: a script may go round for ever. */
  readonly compute: () => Blocking<void>
}

/** What the pattern space may come to, in characters. */
const MAX_SPACE = 524_288

type Outcome = 'next' | 'restart' | 'quit' | 'quit-silently'

/** The state of a running script: pattern space, hold space, and which ranges are open. */
export class SedMachine {
  readonly #script: readonly Command[]
  readonly #world: SedWorld
  readonly #ranges = new Map<Command, { readonly end: number | undefined }>()
  #space = ''
  #hold = ''
  #line = 0
  #last = false
  #appended: string[] = []
  #substituted = false
  #deleted = false
  #regex: RegExp | undefined
  exitCode = 0

  constructor(script: readonly Command[], world: SedWorld) {
    this.#script = script
    this.#world = world
  }

  /** Runs the script on a line. @returns false when it quits */
  *feed(line: string, last: boolean): Blocking<boolean> {
    this.#space = line
    this.#take(last)
    this.#substituted = false
    let outcome = yield* this.#run()
    while (outcome === 'restart') outcome = yield* this.#run()
    if (outcome !== 'quit-silently') this.#endCycle()
    return outcome === 'next'
  }

  #take(last: boolean): void {
    this.#line++
    this.#last = last
  }

  #endCycle(): void {
    if (!this.#world.quiet && !this.#deleted) this.#world.put(`${this.#space}\n`)
    this.#deleted = false
    this.#flushAppended()
  }

  #flushAppended(): void {
    for (const text of this.#appended.splice(0)) this.#world.put(text)
  }

  /** Runs from the top; a branch is looked up by its label among all commands. */
  *#run(): Blocking<Outcome> {
    for (let label: string | undefined; ;) {
      if (this.#space.length > MAX_SPACE) throw new SystemError('ENOMEM', 'memory exhausted')
      yield* this.#world.compute()
      const result = this.#block(this.#script, label)
      if (typeof result === 'string') return result
      if (result === undefined) return 'next'
      label = result.label
      if (label === '') return 'next'
    }
  }

  #block(commands: readonly Command[], label?: string): Outcome | { readonly label: string } | undefined {
    let searching = label
    for (const command of commands) {
      if (searching !== undefined) {
        if (command.name === ':' && command.text === searching) searching = undefined
        else if (command.block && contains(command.block, searching)) {
          const result = this.#block(command.block, searching)
          if (result) return result
          searching = undefined
        }
        continue
      }
      if (this.#selects(command) === command.negated) continue
      if (command.block) {
        const result = this.#block(command.block)
        if (result) return result
        continue
      }
      const result = this.#execute(command)
      if (result) return result
    }
    return undefined
  }

  #selects(command: Command): boolean {
    const { from, to } = command
    if (!from) return true
    if (!to) return this.#matches(from)
    const open = this.#ranges.get(command)
    if (!open) {
      if (!this.#matches(from)) return false
      const end = this.#endOf(to)
      if (end === undefined || end > this.#line) this.#ranges.set(command, { end })
      return true
    }
    if (open.end !== undefined) {
      if (this.#line >= open.end) this.#ranges.delete(command)
      return this.#line <= open.end || this.#matches(from)
    }
    if (this.#matches(to)) this.#ranges.delete(command)
    return true
  }

  /** The line a range ends with, where that is known beforehand. */
  #endOf(to: Address): number | undefined {
    if (to.kind === 'line') return to.line
    if (to.kind === 'plus') return this.#line + to.count
    if (to.kind === 'multiple') return to.of > 0 ? Math.ceil(this.#line / to.of) * to.of : this.#line
    return to.kind === 'last' && this.#last ? this.#line : undefined
  }

  #matches(address: Address): boolean {
    switch (address.kind) {
      case 'line':
        return this.#line === address.line
      case 'step':
        return address.step > 0
          ? this.#line >= address.first && (this.#line - address.first) % address.step === 0
          : this.#line === address.first
      case 'last':
        return this.#last
      case 'regex':
        return this.#test(address.regex)
      case 'plus':
      case 'multiple':
        return false
    }
  }

  #test(regex: RegExp | undefined): boolean {
    const used = regex ?? this.#regex
    this.#regex = used
    if (!used) return false
    used.lastIndex = 0
    return used.test(this.#space)
  }

  #execute(command: Command): Outcome | { readonly label: string } | undefined {
    const { put } = this.#world
    const actions: Readonly<Record<string, () => Outcome | { readonly label: string } | undefined | void>> = {
      s: () => this.#substitute(command.substitute!),
      y: () => {
        this.#space = [...this.#space]
          .map((character) => command.translate!.get(character) ?? character)
          .join('')
      },
      p: () => put(`${this.#space}\n`),
      P: () => put(`${this.#space.split('\n')[0]}\n`),
      '=': () => put(`${this.#line}\n`),
      l: () => put(`${visible(this.#space)}$\n`),
      d: () => this.#delete(),
      D: () => this.#deleteFirst(),
      n: () => this.#next(),
      N: () => this.#append(),
      g: () => void (this.#space = this.#hold),
      G: () => void (this.#space += `\n${this.#hold}`),
      h: () => void (this.#hold = this.#space),
      H: () => void (this.#hold += `\n${this.#space}`),
      x: () => void ([this.#space, this.#hold] = [this.#hold, this.#space]),
      z: () => void (this.#space = ''),
      a: () => void this.#appended.push(`${command.text}\n`),
      i: () => put(`${command.text}\n`),
      c: () => this.#change(command),
      r: () => void this.#appended.push(this.#world.readFile(command.text)),
      w: () => this.#world.writeFile(command.text, `${this.#space}\n`),
      q: () => this.#quit(command, 'quit'),
      Q: () => this.#quit(command, 'quit-silently'),
      b: () => ({ label: command.text }),
      t: () => this.#branchIf(this.#substituted, command.text),
      T: () => this.#branchIf(!this.#substituted, command.text),
    }
    return actions[command.name]?.() ?? undefined
  }

  #branchIf(condition: boolean, label: string): { readonly label: string } | undefined {
    this.#substituted = false
    return condition ? { label } : undefined
  }

  #delete(): Outcome {
    this.#deleted = true
    return 'next'
  }

  #deleteFirst(): Outcome {
    const end = this.#space.indexOf('\n')
    if (end < 0) return this.#delete()
    this.#space = this.#space.slice(end + 1)
    this.#flushAppended()
    return 'restart'
  }

  #next(): Outcome | undefined {
    const next = this.#world.nextLine()
    if (!next) return 'quit'
    if (!this.#world.quiet) this.#world.put(`${this.#space}\n`)
    this.#flushAppended()
    this.#space = next.line
    this.#take(next.last)
    return undefined
  }

  #append(): Outcome | undefined {
    const next = this.#world.nextLine()
    // GNU prints the pattern space when there is no next line.
    if (!next) return 'quit'
    this.#flushAppended()
    this.#space += `\n${next.line}`
    this.#take(next.last)
    return undefined
  }

  #change(command: Command): Outcome {
    if (!this.#ranges.has(command) || command.negated) this.#world.put(`${command.text}\n`)
    return this.#delete()
  }

  #quit(command: Command, outcome: Outcome): Outcome {
    this.exitCode = Number(command.text || 0)
    return outcome
  }

  #substitute(substitution: Substitution): void {
    const regex = substitution.regex ?? this.#regex
    this.#regex = regex
    if (!regex) return
    let seen = 0
    let changed = false
    const result = this.#space.replace(regex, (...args: unknown[]) => {
      const offsetIndex = args.findIndex((each) => typeof each === 'number')
      const groups = args.slice(0, offsetIndex) as (string | undefined)[]
      seen++
      if (seen < substitution.occurrence || (seen > substitution.occurrence && !substitution.global))
        return groups[0]!
      changed = true
      return expand(substitution.replacement, groups)
    })
    if (!changed) return
    this.#space = result
    this.#substituted = true
    if (substitution.print) this.#world.put(`${result}\n`)
    if (substitution.file !== undefined) this.#world.writeFile(substitution.file, `${result}\n`)
  }
}

function expand(replacement: readonly ReplacementPart[], groups: readonly (string | undefined)[]): string {
  let result = ''
  let running: 'U' | 'L' | 'E' = 'E'
  let once: 'u' | 'l' | undefined
  for (const part of replacement) {
    if (typeof part === 'object') {
      if (part.case === 'u' || part.case === 'l') once = part.case
      else running = part.case
      continue
    }
    let text = typeof part === 'number' ? (groups[part] ?? '') : part
    if (running === 'U') text = text.toUpperCase()
    if (running === 'L') text = text.toLowerCase()
    if (once && text !== '') {
      text = (once === 'u' ? text[0]!.toUpperCase() : text[0]!.toLowerCase()) + text.slice(1)
      once = undefined
    }
    result += text
  }
  return result
}

function contains(block: readonly Command[], label: string): boolean {
  return block.some(
    (command) =>
      (command.name === ':' && command.text === label) || (command.block && contains(command.block, label)),
  )
}

function visible(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '\n': '\\n',
    '\t': '\\t',
    '\\': '\\\\',
    '\r': '\\r',
    '\b': '\\b',
    '\f': '\\f',
    '\v': '\\v',
    '\x07': '\\a',
  }
  return text.replace(
    /[\\\0-\x1f\x7f]/g,
    (character) => names[character] ?? `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
}
