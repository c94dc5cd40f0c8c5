/**
 * A lesson's Markdown to the HTML that the page carries. It is readable as it stands; the page's script later turns
 * task chips, fills live names in and makes commands insert themselves, by the `data-` attributes set here.
 */
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize'
import rehypeStringify from 'rehype-stringify'
import remarkDirective from 'remark-directive'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'
import { parse as parseYaml } from 'yaml'
import { shapeBlock } from './blocks.ts'
import { commandBlock } from './commands.ts'
import { liveNamesIn } from './live-names.ts'
import {
  elementsOf,
  h,
  mapElements,
  textOf,
  type ElementContent,
  type MarkdownNode,
  type Root,
} from './tree.ts'

export interface RenderedLesson {
  readonly title: string
  readonly objectives: readonly string[]
  readonly html: string
  readonly steps: readonly {
    readonly id: string
    readonly title: string
    readonly tasks: readonly string[]
  }[]
  /** Expressions between `{{` and `}}`, without doubles. */
  readonly liveNames: readonly string[]
}

const DIRECTIVES = ['predict', 'task', 'hint', 'messages', 'debrief', 'note']

/** @throws Error naming the line of an unknown directive, a step without an id, or missing front matter. */
export async function renderLesson(markdown: string): Promise<RenderedLesson> {
  const { front, body, lineOffset } = takeFrontMatter(markdown)
  const processor = unified()
    .use(remarkParse)
    .use(remarkGfm)
    .use(remarkDirective)
    .use(() => (tree: unknown) => markDirectives(tree as MarkdownNode, lineOffset))
    .use(remarkRehype)
    .use(rehypeSanitize, schema)
  const tree = (await processor.run(processor.parse(body))) as unknown as Root
  mapElements(tree, shapeBlock)
  for (const pre of elementsOf(tree, (element) => element.tagName === 'pre'))
    Object.assign(pre, await commandBlock(pre))
  const liveNames = liveNamesIn(tree)
  const { intro, sections } = intoSteps(tree)
  const shaped: Root = { type: 'root', children: [introduction(front, intro), ...sections] }
  return {
    title: front.title,
    objectives: front.objectives ?? [],
    html: unified()
      .use(rehypeStringify)
      .stringify(shaped as never),
    steps: sections.map((section) => ({
      id: String(section.properties['dataStep']),
      title: textOf(section.children[0]!),
      tasks: elementsOf(section, (element) => element.properties['dataTask'] !== undefined).map((element) =>
        String(element.properties['dataTask']),
      ),
    })),
    liveNames,
  }
}

interface FrontMatter {
  readonly title: string
  readonly objectives?: readonly string[]
}

function takeFrontMatter(markdown: string): { front: FrontMatter; body: string; lineOffset: number } {
  const match = /^---\n([\s\S]*?)\n---\n/.exec(markdown)
  const front = match ? (parseYaml(match[1]!) as FrontMatter) : undefined
  if (!match || typeof front?.title !== 'string')
    throw new Error('line 1: the lesson needs front matter with a title')
  return { front, body: markdown.slice(match[0].length), lineOffset: match[0].split('\n').length - 1 }
}

/** Directives become `div`s with `data-block`, code blocks keep what stands after their language. */
function markDirectives(node: MarkdownNode, lineOffset: number): void {
  if (node.type === 'containerDirective') {
    if (!DIRECTIVES.includes(node.name!)) {
      throw new Error(`line ${node.position!.start.line + lineOffset}: no directive :::${node.name}`)
    }
    const { id, ...rest } = node.attributes ?? {}
    node.data = { hName: 'div', hProperties: { dataBlock: node.name, dataFor: id, dataAfter: rest['after'] } }
  } else if (node.type === 'textDirective' || node.type === 'leafDirective') {
    // `10:30` or `nginx:1.26` in prose is no directive: back to the text it was.
    const inner = (node.children ?? []).map((child) => child.value ?? '').join('')
    Object.assign(node, {
      type: 'text',
      value: `:${node.name}${inner ? `[${inner}]` : ''}`,
      children: undefined,
    })
  } else if (node.type === 'code') {
    const insert = /\{insert(?:=([\w-]+))?\}/.exec(node.meta ?? '')
    if (insert) node.data = { hProperties: { dataInsert: insert[1] ?? 'main' } }
  }
  for (const child of node.children ?? []) markDirectives(child, lineOffset)
}

const schema = {
  ...defaultSchema,
  clobberPrefix: '',
  attributes: {
    ...defaultSchema.attributes,
    div: [...(defaultSchema.attributes?.['div'] ?? []), 'dataBlock', 'dataFor', 'dataAfter'],
    code: [...(defaultSchema.attributes?.['code'] ?? []), 'dataInsert'],
  },
}

/** A heading of the second level opens a step; its id stands at its end: `## Delete a Pod {#delete}`. */
function intoSteps(tree: Root): { intro: ElementContent[]; sections: ReturnType<typeof h>[] } {
  const intro: ElementContent[] = []
  const sections: ReturnType<typeof h>[] = []
  for (const child of tree.children) {
    if (child.type === 'element' && child.tagName === 'h2') sections.push(openStep(child))
    else if (child.type === 'element' && child.properties['hidden'] === true) intro.push(child)
    else (sections.at(-1)?.children ?? intro).push(child)
  }
  return { intro, sections }
}

function openStep(heading: ReturnType<typeof h>): ReturnType<typeof h> {
  const last = heading.children.at(-1)
  const match = last?.type === 'text' ? /^(.*?)\s*\{#([\w-]+)\}$/s.exec(last.value) : null
  if (!match || last?.type !== 'text')
    throw new Error(`the step "${textOf(heading)}" needs an id: ## Title {#id}`)
  last.value = match[1]!
  heading.properties = { id: `step-${match[2]}`, tabIndex: -1 }
  return h(
    'section',
    { className: ['step'], dataStep: match[2], ariaLabelledBy: `step-${match[2]}` },
    heading,
  )
}

function introduction(front: FrontMatter, intro: readonly ElementContent[]): ElementContent {
  const objectives = (front.objectives ?? []).map((objective) => h('li', {}, objective))
  const after =
    objectives.length > 0
      ? [
          h('p', { className: ['objectives-title'] }, 'Afterwards you can'),
          h('ul', { className: ['objectives'] }, ...objectives),
        ]
      : []
  return h('div', { className: ['intro'] }, h('h1', {}, front.title), ...intro, ...after)
}
