import { normalise } from '../normalise.ts'

/** A request and its answer as a recording keeps them. Bodies are decoded JSON, or text. */
export interface Exchange {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly status: number
  /** A Table was asked for. */
  readonly table?: boolean
  /** The texts of the Warning headers. */
  readonly warnings?: readonly string[]
  /** Left out where the recording has none that can be compared: streams, upgrades, text, protobuf. */
  readonly body?: unknown
}

/** What is compared apart: discovery and the schema, and what a client asks of them depends on its cache. */
const APART = /^\/(?:api|apis|openapi)(?:\/v\d)?(?:\?|$)|^\/openapi\//

export const isCompared = ({ url }: { readonly url: string }): boolean => !APART.test(url)

/** How long a client waits it draws itself, and from which version on it watches the answer before told. */
const CHOSEN_BY_CHANCE = new Set(['timeout', 'timeoutSeconds', 'resourceVersion'])

/** By this a recorded request and one of ours are the same: what it asks, but for names that no two clusters share. */
export function keyOf({ method, url, table = false }: Exchange): string {
  const [path, query = ''] = url.split('?') as [string, string?]
  const parameters = [...new URLSearchParams(query)]
    .filter(([name]) => !CHOSEN_BY_CHANCE.has(name))
    .map(([name, value]) => `${name}=${shown(value)}`)
  return `${method} ${table ? 'table of ' : ''}${shown(path)}${parameters.length > 0 ? `?${parameters.sort().join('&')}` : ''}`
}

/** The answer as text, after the one normalisation of every text in it. */
export function answerOf({ status, warnings = [], body }: Exchange): string {
  const text = body === undefined ? '' : JSON.stringify(comparable(body), null, 1)
  return [`${status}`, ...warnings.map((warning) => `Warning: ${shown(warning)}`), text].join('\n')
}

const shown = (text: string): string => normalise(text).text

/** What of a body is compared: keys in order; every text in classes; what is named by chance in the order of its classes. */
export function comparable(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return key === 'resourceVersion' ? 'RV' : shown(value)
  if (typeof value === 'number') {
    const text = shown(`${value}`)
    return text === `${value}` ? value : text
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item))
    if (key === 'managedFields') return sorted(items)
    return key === 'rows' || key === 'items' ? inOrder(items) : items
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    // A column's description is prose of Kubernetes.
    .filter(([name]) => !(name === 'description' && 'priority' in value))
    .map(([name, item]) => [shown(name), comparable(item, name)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function inOrder(items: readonly unknown[]): readonly unknown[] {
  const isByChance = (item: unknown) => /<SUFFIX>|<EVENT>/.test(JSON.stringify(item))
  return items.some(isByChance) ? sorted(items) : items
}

/** Who manages what is listed by the time of the last write: times are a class, and so is the order that they make. */
function sorted(items: readonly unknown[]): readonly unknown[] {
  const texts = items.map((item) => ({ item, text: JSON.stringify(item) }))
  return texts.sort((a, b) => (a.text < b.text ? -1 : 1)).map(({ item }) => item)
}
