import { sortKeys } from './json.ts'
import { resolvePlain } from '../resources/yaml-scalars.ts'

/** KYAML: the dialect of YAML with every bracket and quote written out, which no reader can misunderstand. */
export function toKyaml(object: unknown): string {
  return `---\n${render(sortKeys(object), 0)}\n`
}

function render(value: unknown, indent: number): string {
  const inner = '  '.repeat(indent + 1)
  const outer = '  '.repeat(indent)
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    if (value.every((item) => typeof item === 'object' && item !== null)) {
      return `[${value.map((item) => render(item, indent)).join(', ')}]`
    }
    return `[\n${value.map((item) => `${inner}${render(item, indent + 1)},\n`).join('')}${outer}]`
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    if (entries.length === 0) return '{}'
    return `{\n${entries.map(([key, item]) => `${inner}${keyText(key)}: ${render(item, indent + 1)},\n`).join('')}${outer}}`
  }
  return typeof value === 'string' ? stringText(value, inner) : String(value)
}

function keyText(key: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(key) && resolvePlain(key) === key ? key : JSON.stringify(key)
}

/** Several lines are folded in one quoted string, a line each. */
function stringText(text: string, indent: string): string {
  const quoted = JSON.stringify(text)
  if (!text.includes('\n')) return quoted
  const lines = text.split('\n')
  const parts = lines.map(
    (line, i) => JSON.stringify(line).slice(1, -1) + (i < lines.length - 1 ? '\\n' : ''),
  )
  if (parts.at(-1) === '') parts.pop()
  return `"\\\n${parts.map((part) => `${indent} ${part}\\\n`).join('')}${indent}"`
}
