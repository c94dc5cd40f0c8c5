/** Code blocks: coloured, and where they say `{insert=main}`, with buttons that put them into that terminal. */
import { highlight } from './highlight.ts'
import { h, isElement, textOf, type Element } from './tree.ts'

/** Characters no author writes: they carry live names through the colouring as one word. */
const OPEN = '\uE000'
const CLOSE = '\uE001'

/** A block that can be inserted becomes a row for each command in it; any other is only coloured. */
export async function commandBlock(pre: Element): Promise<Element> {
  const code = pre.children.find((child) => isElement(child, 'code'))
  if (!code) return pre
  const language = languageOf(code)
  const source = textOf(code).replace(/\n$/, '')
  const terminal = code.properties['dataInsert']
  if (terminal === undefined || terminal === null) return coloured(source, language)
  const rows = await Promise.all(
    commandsIn(source).map((command) => row(command, language, String(terminal))),
  )
  return rows.length === 1 ? rows[0]! : h('div', { className: ['commands'] }, ...rows)
}

async function coloured(source: string, language: string): Promise<Element> {
  const lines = await highlight(hideLiveNames(source), language)
  for (const line of lines) showLiveNames(line)
  return h('pre', { tabIndex: 0, dataLanguage: language }, h('code', {}, ...lines))
}

async function row(command: string, language: string, terminal: string): Promise<Element> {
  const actions = [
    button('insert', 'Insert', 'Put this command into the terminal'),
    button('run', 'Run', 'Put this command into the terminal and press Enter'),
  ]
  return h(
    'div',
    { className: ['command'], dataTerminal: terminal },
    await coloured(command, language),
    h('div', { className: ['command-actions'] }, ...actions),
  )
}

/** One line is one command, unless something visibly goes on to the next: then the block stays whole. */
function commandsIn(source: string): string[] {
  const goesOn = /\\$|<<|^\s|^(for|while|until|if|case|do|done|then|else|fi|esac|\}|\{)\b|[|&{(]$/m.test(
    source,
  )
  const isOneLiner = !source.includes('\n')
  return goesOn || isOneLiner ? [source] : source.split('\n').filter((line) => line.trim() !== '')
}

const button = (action: string, label: string, title: string) =>
  h('button', { type: 'button', dataAction: action, title, hidden: true }, label)

function languageOf(code: Element): string {
  const classes = code.properties['className']
  const name =
    (Array.isArray(classes) ? classes : []).find((value) => value.startsWith('language-'))?.slice(9) ?? 'text'
  return name === 'bash' || name === 'shell' || name === 'console' ? 'sh' : name
}

const hideLiveNames = (text: string) =>
  text.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, expression: string) => OPEN + hex(expression) + CLOSE)

function showLiveNames(node: Element['children'][number]): void {
  if (node.type === 'element') return node.children.forEach(showLiveNames)
  node.value = node.value.replace(/\uE000([0-9a-z]+)\uE001/g, (_, text: string) => `{{${unhex(text)}}}`)
}

const hex = (text: string) =>
  [...text].map((letter) => letter.codePointAt(0)!.toString(16).padStart(4, '0')).join('')
const unhex = (text: string) =>
  text.replace(/[0-9a-f]{4}/g, (code) => String.fromCodePoint(Number.parseInt(code, 16)))
