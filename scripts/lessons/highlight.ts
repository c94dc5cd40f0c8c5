/** Code in colour, at build time. Colours are custom properties, so one HTML serves the light and the dark theme. */
import { createCssVariablesTheme, createHighlighter, type Highlighter } from 'shiki'
import type { Element, ElementContent } from './tree.ts'

const LANGUAGES = ['sh', 'yaml', 'json', 'html', 'ini']
const theme = createCssVariablesTheme({ name: 'page', variablePrefix: '--code-', fontStyle: false })

let highlighter: Promise<Highlighter> | undefined

/** The lines of `code` as elements to put into a `<code>`. An unknown language comes back as plain text. */
export async function highlight(code: string, language: string): Promise<ElementContent[]> {
  if (!LANGUAGES.includes(language)) return [{ type: 'text', value: code }]
  highlighter ??= createHighlighter({ langs: LANGUAGES, themes: [theme] })
  const tree = (await highlighter).codeToHast(code, { lang: language, theme: 'page' })
  const pre = tree.children[0] as unknown as Element
  const lines = pre.children[0] as Element
  return plainWhereUncoloured(lines.children)
}

/** Shiki wraps every token; a token in the colour of the text needs no wrapper, which halves the page. */
function plainWhereUncoloured(children: readonly ElementContent[]): ElementContent[] {
  return children.flatMap((child): ElementContent[] => {
    if (child.type !== 'element') return [child]
    if (child.properties['class'] === 'line') return plainWhereUncoloured(child.children)
    const style = String(child.properties['style'] ?? '')
    return style === '' || style.includes('--code-foreground') ? child.children : [child]
  })
}
