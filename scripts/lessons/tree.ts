/** The small part of the hast and mdast trees that the renderer touches. */

export interface Text {
  type: 'text'
  value: string
}

export interface Element {
  type: 'element'
  tagName: string
  properties: Record<string, string | number | boolean | string[] | null | undefined>
  children: ElementContent[]
}

export type ElementContent = Element | Text

export interface Root {
  type: 'root'
  children: ElementContent[]
}

/** An mdast node, as far as directives and code blocks need it. */
export interface MarkdownNode {
  type: string
  name?: string
  value?: string
  lang?: string | null
  meta?: string | null
  attributes?: Record<string, string | null | undefined> | null
  children?: MarkdownNode[]
  data?: { hName?: string; hProperties?: Record<string, unknown> }
  position?: { start: { line: number; column: number } }
}

/** An element: `h('p', { className: ['note'] }, 'text', h('b', {}, 'more'))`. */
export function h(
  tagName: string,
  properties: Element['properties'],
  ...children: readonly (ElementContent | string)[]
): Element {
  return {
    type: 'element',
    tagName,
    properties,
    children: children.map((child) => (typeof child === 'string' ? { type: 'text', value: child } : child)),
  }
}

export const isElement = (node: ElementContent, tagName?: string): node is Element =>
  node.type === 'element' && (tagName === undefined || node.tagName === tagName)

export function textOf(node: ElementContent | Root): string {
  return node.type === 'text' ? node.value : node.children.map(textOf).join('')
}

/** Replaces every element below `parent`, inner ones first. */
export function mapElements(parent: Element | Root, change: (element: Element) => ElementContent): void {
  parent.children = parent.children.map((child) => {
    if (child.type !== 'element') return child
    mapElements(child, change)
    return change(child)
  })
}

export function elementsOf(parent: Element | Root, wanted: (element: Element) => boolean): Element[] {
  return parent.children.flatMap((child) =>
    child.type === 'element' ? [...(wanted(child) ? [child] : []), ...elementsOf(child, wanted)] : [],
  )
}
