import { SystemError } from '../process.ts'
import { parseExpression, type Instruction, type Program } from './regex-program.ts'

/** What a match may cost by backtracking, in steps, before the slower way that cannot explode is taken. */
const BACKTRACKING_STEPS = 100_000
/** What it may cost at all. */
const MOST_STEPS = 5_000_000

/**
 * A regular expression that never takes exponential time. JavaScript's own engine backtracks: `(a+)+$` on forty
 * letters keeps it busy for years. Where that could happen, the expression is run here: as a backtracker that
 * remembers at which instruction and place it has been, so that the cost is length times instructions, and what it
 * finds is what JavaScript would find.
 *
 * All that strings do with expressions (`replace`, `split`, `matchAll`) goes through `exec`.
 */
export class BoundedRegExp extends RegExp {
  #program: Program | undefined

  /** @throws SystemError ENOMEM in the words of regexec(3), when even the careful way takes too long */
  override exec(text: string): RegExpExecArray | null {
    const program = (this.#program ??= parseExpression(this.source, this.ignoreCase))
    if (costOfBacktracking(program, text.length) <= BACKTRACKING_STEPS) return super.exec(text)
    if (!program.instructions) throw exhausted()
    const from = this.global || this.sticky ? this.lastIndex : 0
    const found =
      from > text.length ? undefined : run(program.instructions, program.groups, text, from, this.sticky)
    if (this.global || this.sticky) this.lastIndex = found?.[1] ?? 0
    return found ? resultOf(text, found) : null
  }
}

function costOfBacktracking({ repetitions, nested }: Program, length: number): number {
  if (repetitions === 0) return 0
  return nested && length > 8 ? Infinity : (length + 1) ** (1 + repetitions)
}

const exhausted = () => new SystemError('ENOMEM', 'memory exhausted')

/** @returns start and end of the match and of each group, -1 where a group took no part */
function run(
  instructions: readonly Instruction[],
  groups: number,
  text: string,
  from: number,
  sticky: boolean,
): Int32Array | undefined {
  const places = text.length + 1 - from
  if (places * instructions.length > 64 * MOST_STEPS) throw exhausted()
  const visited = new Uint32Array(Math.ceil((places * instructions.length) / 32))
  const captures = new Int32Array(2 * groups + 2).fill(-1)
  /** Pairs: where to go on, or (below zero) a capture to put back. */
  const stack: number[] = []
  let steps = 0
  for (let start = from; start <= text.length; start++) {
    stack.push(0, start)
    while (stack.length > 0) {
      let at = stack.pop()!
      let pc = stack.pop()!
      if (pc < 0) {
        captures[-1 - pc] = at
        continue
      }
      for (;;) {
        const bit = pc * places + at - from
        if ((visited[bit >>> 5]! & (1 << (bit & 31))) !== 0) break
        visited[bit >>> 5]! |= 1 << (bit & 31)
        if (++steps > MOST_STEPS) throw exhausted()
        const instruction = instructions[pc]!
        if (instruction.kind === 'match') {
          captures[0] = start
          captures[1] = at
          return captures
        }
        if (instruction.kind === 'character') {
          if (at === text.length || !instruction.accepts(text[at]!)) break
          at++
          pc++
        } else if (instruction.kind === 'assert') {
          if (!instruction.holds(text, at)) break
          pc++
        } else if (instruction.kind === 'save') {
          stack.push(-1 - instruction.slot, captures[instruction.slot]!)
          captures[instruction.slot] = at
          pc++
        } else {
          if (instruction.otherwise !== undefined) stack.push(instruction.otherwise, at)
          pc = instruction.to
        }
      }
    }
    if (sticky) return undefined
  }
  return undefined
}

function resultOf(text: string, captures: Int32Array): RegExpExecArray {
  const groups: (string | undefined)[] = []
  for (let slot = 0; slot < captures.length; slot += 2) {
    const [start, end] = [captures[slot]!, captures[slot + 1]!]
    groups.push(start < 0 || end < 0 ? undefined : text.slice(start, end))
  }
  return Object.assign(groups, {
    index: captures[0]!,
    input: text,
    groups: undefined,
  }) as unknown as RegExpExecArray
}
