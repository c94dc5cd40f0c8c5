import { resolvePath } from '../../path.ts'
import type { Process } from '../../process.ts'
import { hasPattern, matchesPattern } from './pattern.ts'

/**
 * Pathname expansion: the paths a pattern matches, sorted; none when nothing does. `*` and `?` do not match a leading
 * dot, nor `/`.
 */
export function expandPathname(process: Process, pattern: string): string[] {
  const absolute = pattern.startsWith('/')
  const parts = pattern.split(/\/+/)
  if (absolute) parts.shift()
  let found: string[] = [absolute ? '/' : '']
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1
    const next: string[] = []
    for (const directory of found) next.push(...step(process, directory, part, last))
    found = next
  }
  return found.sort(byName)
}

function step(process: Process, directory: string, part: string, last: boolean): string[] {
  const { files } = process.machine
  const at = resolvePath(process.cwd, directory === '' ? '.' : directory)
  const join = (name: string) => `${directory}${name}${last ? '' : '/'}`
  const isDirectory = (name: string) => files.stat(resolvePath(at, name))?.type === 'directory'
  if (part === '') return [directory]
  if (!hasPattern(part)) {
    const name = part.replace(/\\(.)/gs, '$1')
    const exists = last
      ? files.stat(resolvePath(at, name), { followLinks: false }) !== undefined
      : isDirectory(name)
    return exists ? [join(name)] : []
  }
  if (files.stat(at)?.type !== 'directory') return []
  const hidden = part.startsWith('.') || part.startsWith('\\.')
  return files
    .list(at)
    .filter((name) => hidden || !name.startsWith('.'))
    .filter((name) => matchesPattern(part, name) && (last || isDirectory(name)))
    .map(join)
}

const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
