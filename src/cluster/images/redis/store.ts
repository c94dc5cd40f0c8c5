import { globToRegex } from '../../../os/programs/glob.ts'
import { OK, type Reply } from './protocol.ts'

interface Entry {
  readonly value: string
  /** Virtual time in ms; absent: never. */
  readonly expiresMs?: number
}

const wrongArity = (name: string): Reply => ({
  error: `ERR wrong number of arguments for '${name.toLowerCase()}' command`,
})
const NOT_AN_INTEGER: Reply = { error: 'ERR value is not an integer or out of range' }

/** The keys of one server: strings, and when each is forgotten. */
export class Store {
  readonly #entries = new Map<string, Entry>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  get(key: string): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry?.expiresMs === undefined || entry.expiresMs > this.#now()) return entry
    this.#entries.delete(key)
    return undefined
  }

  set(key: string, value: string, expiresMs?: number): void {
    this.#entries.set(key, { value, ...(expiresMs !== undefined && { expiresMs }) })
  }

  delete(key: string): boolean {
    const existed = this.get(key) !== undefined
    this.#entries.delete(key)
    return existed
  }

  keys(): string[] {
    return [...this.#entries.keys()].filter((key) => this.get(key) !== undefined)
  }

  clear(): void {
    this.#entries.clear()
  }

  get nowMs(): number {
    return this.#now()
  }
}

interface Verb {
  /** How many words after the name there may be. */
  readonly words: readonly [least: number, most: number]
  readonly run: (store: Store, words: readonly string[]) => Reply
}

const count = (keys: readonly string[], holds: (key: string) => boolean): number => keys.filter(holds).length

function add(store: Store, key: string, amount: number): Reply {
  const entry = store.get(key)
  const value = entry ? Number(entry.value) : 0
  if (!Number.isSafeInteger(value) || !Number.isSafeInteger(amount)) return NOT_AN_INTEGER
  store.set(key, String(value + amount), entry?.expiresMs)
  return value + amount
}

function set(store: Store, [key = '', value = '', option, seconds]: readonly string[]): Reply {
  const unit = { EX: 1000, PX: 1 }[option?.toUpperCase() ?? '']
  if (option !== undefined && unit === undefined) return { error: 'ERR syntax error' }
  if (unit !== undefined && !Number.isSafeInteger(Number(seconds ?? NaN))) return NOT_AN_INTEGER
  store.set(key, value, unit && store.nowMs + Number(seconds) * unit)
  return OK
}

function expire(store: Store, [key = '', seconds]: readonly string[]): Reply {
  const entry = store.get(key)
  if (!Number.isSafeInteger(Number(seconds))) return NOT_AN_INTEGER
  if (!entry) return 0
  store.set(key, entry.value, store.nowMs + Number(seconds) * 1000)
  return 1
}

function timeToLive(store: Store, [key = '']: readonly string[]): Reply {
  const entry = store.get(key)
  if (!entry) return -2
  return entry.expiresMs === undefined ? -1 : Math.round((entry.expiresMs - store.nowMs) / 1000)
}

function matching(store: Store, [pattern = '*']: readonly string[]): Reply {
  const expression = globToRegex(pattern, {})
  return store.keys().filter((key) => expression.test(key))
}

const VERBS: Readonly<Record<string, Verb>> = {
  PING: { words: [0, 1], run: (_, [text]) => text ?? { status: 'PONG' } },
  ECHO: { words: [1, 1], run: (_, [text = '']) => text },
  GET: { words: [1, 1], run: (store, [key = '']) => store.get(key)?.value ?? null },
  SET: { words: [2, 4], run: set },
  DEL: { words: [1, Infinity], run: (store, keys) => count(keys, (key) => store.delete(key)) },
  EXISTS: { words: [1, Infinity], run: (store, keys) => count(keys, (key) => store.get(key) !== undefined) },
  INCR: { words: [1, 1], run: (store, [key = '']) => add(store, key, 1) },
  DECR: { words: [1, 1], run: (store, [key = '']) => add(store, key, -1) },
  INCRBY: { words: [2, 2], run: (store, [key = '', by]) => add(store, key, Number(by)) },
  EXPIRE: { words: [2, 2], run: expire },
  TTL: { words: [1, 1], run: timeToLive },
  KEYS: { words: [1, 1], run: matching },
  DBSIZE: { words: [0, 0], run: (store) => store.keys().length },
  FLUSHALL: {
    words: [0, 1],
    run: (store) => {
      store.clear()
      return OK
    },
  },
}

/** Does one command. Wrong ones are answered with Redis' errors. */
export function execute(store: Store, [name = '', ...words]: readonly string[]): Reply {
  const verb = Object.hasOwn(VERBS, name.toUpperCase()) ? VERBS[name.toUpperCase()] : undefined
  if (!verb) {
    const shown = words.map((word) => `'${word}' `).join('')
    return { error: `ERR unknown command '${name}', with args beginning with: ${shown}` }
  }
  const [least, most] = verb.words
  if (words.length < least || words.length > most) return wrongArity(name)
  return verb.run(store, words)
}
