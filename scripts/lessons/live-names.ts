/**
 * `{{pods.web[0].name}}` in prose and commands stands for what the learner's own cluster calls it. The HTML shows a
 * readable placeholder until the cluster tells the name.
 */
import { h, type Element, type ElementContent, type Root } from './tree.ts'

const LIVE_NAME = /\{\{\s*([^{}]+?)\s*\}\}/g

/** Wraps every live name below `parent`. @returns the expressions, each once, in order of appearance. */
export function liveNamesIn(parent: Root | Element): string[] {
  const found = new Set<string>()
  wrap(parent, found)
  return [...found]
}

function wrap(parent: Root | Element, found: Set<string>): void {
  parent.children = parent.children.flatMap((child): ElementContent[] => {
    if (child.type === 'text') return pieces(child.value, found)
    wrap(child, found)
    return [child]
  })
}

function pieces(text: string, found: Set<string>): ElementContent[] {
  const result: ElementContent[] = []
  let end = 0
  for (const match of text.matchAll(LIVE_NAME)) {
    const expression = match[1]!
    found.add(expression)
    if (match.index > end) result.push({ type: 'text', value: text.slice(end, match.index) })
    result.push(h('span', { className: ['live-name'], dataLive: expression }, placeholder(expression)))
    end = match.index + match[0].length
  }
  if (end < text.length) result.push({ type: 'text', value: text.slice(end) })
  return result
}

/** `pods.web[0].name` reads `WEB-POD-NAME` as manuals write what one must fill in. */
function placeholder(expression: string): string {
  const words = expression.match(/[A-Za-z][\w-]*/g) ?? [expression]
  const [collection, name, ...fields] = words
  const singular = collection!.replace(/s$/, '')
  return [name, singular, ...fields]
    .filter((word) => word !== undefined)
    .join('-')
    .toUpperCase()
}
