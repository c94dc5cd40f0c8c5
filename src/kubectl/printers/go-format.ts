import { GoNumber } from './go-template-constants.ts'

/** Values as Go's fmt prints them: `%v` (`map[a:1]`, `[x y]`) and `%#v` of what JSON decodes to. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (value instanceof GoNumber) return String(value.value)
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`
  if (typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `map[${entries.map(([key, inner]) => `${key}:${goValue(inner)}`).join(' ')}]`
  }
  return String(value)
}

/** `%#v`: Go syntax. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `map[string]interface {}{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${goSyntax(inner)}`).join(', ')}}`
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

/** How Go calls the type of what JSON decodes to. */
export function goTypeOf(value: unknown): string {
  if (value instanceof GoNumber) return value.float ? 'float64' : 'int'
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'object') return 'map[string]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'boolean' ? 'bool' : 'string'
}
