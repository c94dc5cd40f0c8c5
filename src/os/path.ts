/** Joins `path` with the working directory and takes `.`, `..` and doubled slashes out, by the text alone. */
export function resolvePath(cwd: string, path: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** dirname(1) of an absolute path. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}

/** basename(1) without a suffix. */
export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, '')
  return trimmed === '' ? path.slice(0, 1) : trimmed.slice(trimmed.lastIndexOf('/') + 1)
}
