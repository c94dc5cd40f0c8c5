import type { Check, CommandSpec, DeadEnd, Lesson, Probe, Query, Step, Task } from './lesson.ts'

/** A fault in a lesson file, with the path of the field: `steps[0].tasks[1].mode`. */
export class LessonFault extends Error {
  readonly path: readonly (string | number)[]
  constructor(path: readonly (string | number)[], message: string) {
    super(message)
    this.path = path
  }
}

/**
 * Reads the `spec` of a `lesson.yaml` strictly: unknown keys, missing ones and wrong types are faults.
 * @throws LessonFault
 */
export function decodeLesson(spec: unknown): Lesson {
  const from = new Fields(spec, [])
  const lesson: Lesson = {
    difficulty: from.optional('difficulty', oneOf('beginner', 'intermediate', 'advanced')),
    duration: from.optional('duration', text),
    seed: from.optional('seed', integer) ?? 1,
    cluster: from.optional('cluster', cluster) ?? {},
    targets: from.optional('targets', listOf(oneOf('simulator', 'cluster'))) ?? ['simulator'],
    layout: from.optional('layout', layout),
    steps: from.required('steps', listOf(step)),
  }
  from.end()
  for (const [index, { tasks }] of lesson.steps.entries()) checkNeeds(tasks, ['steps', index, 'tasks'])
  return lesson
}

function checkNeeds(tasks: readonly Task[], path: readonly (string | number)[]): void {
  const seen = new Set<string>()
  for (const [index, task] of tasks.entries()) {
    for (const need of task.needs) {
      if (!seen.has(need))
        throw new LessonFault([...path, index, 'needs'], `no task "${need}" comes before "${task.id}"`)
    }
    if (seen.has(task.id)) throw new LessonFault([...path, index, 'id'], `two tasks are called "${task.id}"`)
    seen.add(task.id)
  }
}

type Path = readonly (string | number)[]
type Decoder<T> = (value: unknown, path: Path) => T

/** The keys of one mapping, each to be taken once; `end` faults what was not. */
class Fields {
  readonly #path: Path
  readonly #left: Map<string, unknown>

  constructor(value: unknown, path: Path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new LessonFault(path, 'must be a mapping')
    this.#path = path
    this.#left = new Map(Object.entries(value))
  }

  has(key: string): boolean {
    return this.#left.has(key)
  }

  optional<T>(key: string, decode: Decoder<T>): T | undefined {
    if (!this.#left.has(key)) return undefined
    const value = this.#left.get(key)
    this.#left.delete(key)
    return decode(value, [...this.#path, key])
  }

  required<T>(key: string, decode: Decoder<T>): T {
    if (!this.#left.has(key)) throw new LessonFault(this.#path, `"${key}" is missing`)
    return this.optional(key, decode) as T
  }

  end(): void {
    const [unknown] = this.#left.keys()
    if (unknown !== undefined) throw new LessonFault([...this.#path, unknown], `unknown key "${unknown}"`)
  }
}

const mapping =
  <T>(decode: (from: Fields) => T): Decoder<T> =>
  (value, path) => {
    const from = new Fields(value, path)
    const result = decode(from)
    from.end()
    return result
  }

const text: Decoder<string> = (value, path) => {
  if (typeof value !== 'string') throw new LessonFault(path, 'must be a string')
  return value
}

const integer: Decoder<number> = (value, path) => {
  if (!Number.isInteger(value)) throw new LessonFault(path, 'must be a whole number')
  return value as number
}

const oneOf =
  <T extends string>(...allowed: readonly T[]): Decoder<T> =>
  (value, path) => {
    if (!allowed.includes(value as T)) throw new LessonFault(path, `must be one of ${allowed.join(', ')}`)
    return value as T
  }

const listOf =
  <T>(decode: Decoder<T>): Decoder<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw new LessonFault(path, 'must be a list')
    return value.map((item, index) => decode(item, [...path, index]))
  }

const mapOf =
  <T>(decode: Decoder<T>): Decoder<Readonly<Record<string, T>>> =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new LessonFault(path, 'must be a mapping')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item, [...path, key])]))
  }

const anything: Decoder<unknown> = (value) => value

const cluster = mapping((from) => ({
  nodes: from.optional('nodes', integer),
  proxyMode: from.optional('proxyMode', oneOf('iptables', 'nftables', 'ipvs')),
}))

const layout = mapping((from) => ({
  top: from.optional('top', text),
  bottom: from.optional('bottom', listOf(text)),
}))

const step = mapping<Step>((from) => ({
  id: from.required('id', text),
  capture: from.optional('capture', mapOf(capture)) ?? {},
  tasks: from.required('tasks', listOf(task)),
  deadEnds: from.optional('deadEnds', listOf(deadEnd)) ?? [],
}))

const task = mapping<Task>((from) => ({
  id: from.required('id', text),
  mode: from.optional('mode', oneOf('latch', 'hold')) ?? 'latch',
  needs: from.optional('needs', listOf(text)) ?? [],
  checks: from.required('checks', listOf(check)),
}))

const queryFields = (from: Fields): Query => ({
  kind: from.required('kind', text),
  namespace: from.optional('namespace', text),
  name: from.optional('name', text),
  labels: from.optional('labels', mapOf(text)),
})

const query = mapping<Query>(queryFields)

const capture = mapping((from) => ({ ...queryFields(from), cel: from.required('cel', text) }))

const deadEnd = mapping<DeadEnd>((from) => ({
  absent: from.required('absent', query),
  message: from.required('message', text),
  offer: from.optional('offer', listOf(oneOf('rewind', 'reset'))) ?? ['rewind', 'reset'],
}))

const probe = mapping<Probe>((from) => ({
  from: from.required('from', text),
  http: from.optional('http', text),
  status: from.optional('status', integer),
  dns: from.optional('dns', text),
}))

const command = mapping<CommandSpec>((from) => ({
  on: from.optional('on', text) ?? 'laptop',
  cel: from.required('cel', text),
  exitCode: from.optional('exitCode', integer) ?? 0,
}))

/** The key that a check has tells which of the kinds it is. */
const check = mapping<Check>((from) => {
  const message = from.optional('message', text)
  if (from.has('probe')) return { type: 'probe', message, probe: from.required('probe', probe) }
  if (from.has('command')) return { type: 'command', message, command: from.required('command', command) }
  if (from.has('absent')) return { type: 'absent', message, absent: from.required('absent', query) }
  if (from.has('matches'))
    return { type: 'matches', message, ...queryFields(from), matches: from.required('matches', anything) }
  return { type: 'cel', message, ...queryFields(from), cel: from.required('cel', text) }
})
