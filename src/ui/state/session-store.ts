/** Sessions in IndexedDB: a record for each, and its inputs appended one by one as they come. */
import type { DBSchema, IDBPDatabase } from 'idb'
import type { SessionStore, StoredSession } from '../../worker/client.ts'
import type { LogEntry } from '../../worker/protocol.ts'

interface Schema extends DBSchema {
  sessions: { key: string; value: Omit<StoredSession, 'log'> & { session: string } }
  inputs: { key: [string, number]; value: { session: string; index: number; entry: LogEntry } }
}

let database: Promise<IDBPDatabase<Schema>> | undefined

function open(): Promise<IDBPDatabase<Schema>> {
  database ??= import('idb').then(({ openDB }) =>
    openDB<Schema>('tabernetes', 1, {
      upgrade(db) {
        db.createObjectStore('sessions', { keyPath: 'session' })
        db.createObjectStore('inputs', { keyPath: ['session', 'index'] })
      },
    }),
  )
  return database
}

const inputsOf = (session: string) => IDBKeyRange.bound([session, -Infinity], [session, Infinity])

export const indexedDbStore: SessionStore = {
  async load(session) {
    const db = await open()
    const record = await db.get('sessions', session)
    if (!record) return undefined
    const inputs = await db.getAll('inputs', inputsOf(session))
    const { session: _, ...rest } = record
    return { ...rest, log: inputs.map(({ entry }) => entry) }
  },
  async begin(session, { log, ...record }) {
    const db = await open()
    const transaction = db.transaction(['sessions', 'inputs'], 'readwrite')
    await transaction.objectStore('inputs').delete(inputsOf(session))
    await transaction.objectStore('sessions').put({ session, ...record })
    for (const entry of log)
      void transaction.objectStore('inputs').put({ session, index: entry.index, entry })
    await transaction.done
  },
  async append(session, entries) {
    const transaction = (await open()).transaction('inputs', 'readwrite', { durability: 'relaxed' })
    for (const entry of entries) void transaction.store.put({ session, index: entry.index, entry })
    await transaction.done
  },
}
