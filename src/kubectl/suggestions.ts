import type { Command } from './command.ts'

/** Commands whose names are two edits or fewer from what was typed, or begin with it. */
export function suggestionsFor(typed: string, parent: Command): readonly string[] {
  return parent.subcommands
    .filter(
      (one) =>
        distance(typed.toLowerCase(), one.name.toLowerCase()) <= 2 ||
        one.name.toLowerCase().startsWith(typed.toLowerCase()),
    )
    .map((one) => one.name)
}

/** Levenshtein's distance. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced))
    }
    row = next
  }
  return row[to.length]!
}
