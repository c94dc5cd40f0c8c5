/** What each directive of a lesson looks like. `data-block` and `data-for` come from `:::name{#id}`. */
import { elementsOf, h, isElement, textOf, type Element, type ElementContent } from './tree.ts'

/** Gives a directive's `div` its shape; every other element stays as it is. */
export function shapeBlock(element: Element): ElementContent {
  const block = element.properties['dataBlock']
  const shape = typeof block === 'string' ? SHAPES[block] : undefined
  return shape ? shape(element, String(element.properties['dataFor'] ?? '')) : element
}

const SHAPES: Readonly<Record<string, (element: Element, id: string) => Element>> = {
  task,
  hint,
  messages,
  predict,
  debrief,
  note,
}

function task(element: Element, id: string): Element {
  return h(
    'section',
    { className: ['task'], dataTask: id, dataState: 'pending' },
    h(
      'p',
      { className: ['task-chip'] },
      h('span', { className: ['task-mark'], ariaHidden: 'true' }),
      h('span', { className: ['task-state'] }, 'To do'),
    ),
    h('div', { className: ['task-text'] }, ...element.children),
    h('p', { className: ['task-unmet'], hidden: true }),
  )
}

/** `after="2 tries"` holds the hint back; without scripts it can simply be opened. */
function hint(element: Element, id: string): Element {
  const tries = /(\d+)/.exec(String(element.properties['dataAfter'] ?? ''))?.[1] ?? '0'
  return h(
    'details',
    { className: ['hint'], dataHint: id, dataTries: tries },
    h('summary', {}, 'Hint'),
    ...element.children,
  )
}

/** A list of `id: text`, the id as code: what a failing check says. Hidden; shown under the task it belongs to. */
function messages(element: Element): Element {
  const items = elementsOf(element, (child) => child.tagName === 'li').map((item) => {
    const content = flattened(item)
    const id = content.findIndex((child) => isElement(child, 'code'))
    if (id < 0) throw new Error(`a message needs an id: - \`id\`: text (in "${textOf(item).trim()}")`)
    const name = textOf(content[id]!)
    const text = content.slice(id + 1)
    const first = text[0]
    if (first?.type === 'text') text[0] = { type: 'text', value: first.value.replace(/^\s*:\s*/, '') }
    return h('p', { dataMessage: name }, ...text)
  })
  return h('div', { className: ['messages'], hidden: true }, ...items)
}

const flattened = (item: Element): ElementContent[] =>
  item.children
    .flatMap((child) => (isElement(child, 'p') ? child.children : [child]))
    .filter((child) => child.type === 'element' || child.value.trim() !== '')

/** A question before the act: its list becomes choices. Never graded. */
function predict(element: Element, id: string): Element {
  const content = element.children.flatMap((child): ElementContent[] => {
    if (!isElement(child, 'ul') && !isElement(child, 'ol')) return [child]
    return elementsOf(child, (item) => item.tagName === 'li').map((item, index) =>
      h(
        'label',
        { className: ['choice'] },
        h('input', { type: 'radio', name: `predict-${id}`, value: String(index) }),
        h('span', {}, ...flattened(item)),
      ),
    )
  })
  return h(
    'fieldset',
    { className: ['predict'], dataPredict: id },
    h('legend', {}, 'Before you try: what do you expect?'),
    ...content,
  )
}

function debrief(element: Element): Element {
  return h(
    'aside',
    { className: ['debrief'], ariaLabel: 'Debrief' },
    h('p', { className: ['debrief-title'] }, 'Debrief'),
    ...element.children,
  )
}

function note(element: Element): Element {
  return h('aside', { className: ['note'] }, ...element.children)
}
