import { forEachChild, parse } from 'unbash'
import type { SyntaxNode } from 'unbash'
import type { Shell } from './shell.ts'

/**
 * Replaces alias names where commands begin, as a shell does while it reads. An alias is not looked for again in its
 * own replacement; one that ends in a blank lets the next word be an alias too.
 */
export function expandAliases(shell: Shell, text: string): string {
  const enabled =
    shell.personality.kind === 'ash' || shell.from === 'interactive' || shell.options.has('expand_aliases')
  if (shell.aliases.size === 0 || !enabled) return text
  let result = text
  // Each round replaces every name once and marks it as done by its position, counted from the end of the text.
  const done = new Set<string>()
  for (let round = 0; round < 20; round++) {
    const edits = findNames(shell, result).filter(
      ({ name, end }) => !done.has(`${name}@${result.length - end}`),
    )
    const edit = edits.at(-1)
    if (!edit) return result
    const value = shell.aliases.get(edit.name)!
    done.add(`${edit.name}@${result.length - edit.end}`)
    for (const word of value.split(/\s+/)) done.add(`${word}@${result.length - edit.end}`)
    result = result.slice(0, edit.pos) + value + result.slice(edit.end)
    const first = /^\S*/.exec(value)![0]
    if (first === edit.name) done.add(`${first}@${result.length - edit.pos - first.length}`)
  }
  return result
}

function findNames(shell: Shell, text: string): { name: string; pos: number; end: number }[] {
  const found: { name: string; pos: number; end: number }[] = []
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Command' && node.name) {
      const { name } = node
      if (shell.aliases.has(name.text) && text.slice(name.pos, name.end) === name.text) {
        found.push({ name: name.text, pos: name.pos, end: name.end })
      }
    }
    forEachChild(node, visit)
  }
  forEachChild(parse(text), visit)
  return found.sort((a, b) => a.pos - b.pos)
}
