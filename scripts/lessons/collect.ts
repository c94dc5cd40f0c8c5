/**
 * Finds the lessons below a folder: `lessons/**\/lesson.md` with `lesson.yaml` beside it. Numbered folders give the
 * order; what a `folder.yaml` on the way down says is inherited.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { parse } from 'yaml'

export interface LessonFolder {
  /** The path below the root: `services/10-hands-on/10-session`. */
  readonly id: string
  readonly folder: string
  readonly markdown: string
  /** `spec` of lesson.yaml over those of the folders above. */
  readonly spec: Readonly<Record<string, unknown>>
  readonly setup: readonly TextFile[]
  readonly files: readonly TextFile[]
}

export interface TextFile {
  readonly path: string
  readonly text: string
}

/** All lessons in the order of a course. None when the folder does not exist. */
export function collectLessons(root: string): LessonFolder[] {
  if (!existsSync(root)) return []
  return walk(root)
    .filter((path) => path.endsWith(`${sep}lesson.md`))
    .map((path) => dirname(path))
    .sort()
    .map((folder) => ({
      id: relative(root, folder).split(sep).join('/'),
      folder,
      markdown: readFileSync(join(folder, 'lesson.md'), 'utf8'),
      spec: inheritedSpec(root, folder),
      setup: textFiles(join(folder, 'setup')),
      files: textFiles(join(folder, 'files')),
    }))
}

function walk(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? walk(path) : [path]
  })
}

function textFiles(folder: string): TextFile[] {
  if (!existsSync(folder)) return []
  return walk(folder)
    .sort()
    .map((path) => ({ path: relative(folder, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }))
}

/** Later folders win; `cluster` and `layout` are merged field by field, as a lesson changes one setting at a time. */
function inheritedSpec(root: string, folder: string): Record<string, unknown> {
  const above: string[] = []
  for (let at = dirname(folder); at.startsWith(root); at = dirname(at)) above.unshift(join(at, 'folder.yaml'))
  const specs = [...above, join(folder, 'lesson.yaml')].filter(existsSync).map(readSpec)
  return specs.reduce((merged, spec) => {
    const next: Record<string, unknown> = { ...merged, ...spec }
    for (const field of ['cluster', 'layout']) {
      if (isRecord(merged[field]) && isRecord(spec[field])) next[field] = { ...merged[field], ...spec[field] }
    }
    return next
  }, {})
}

function readSpec(path: string): Record<string, unknown> {
  const document: unknown = parse(readFileSync(path, 'utf8'))
  const spec = isRecord(document) ? document['spec'] : undefined
  if (!isRecord(spec)) throw new Error(`${path}: no spec`)
  return spec
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
