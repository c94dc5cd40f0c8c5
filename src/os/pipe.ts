import { SystemError, wait } from './process.ts'
import type { Blocking, OpenFile } from './process.ts'

/** What a pipe of Linux holds before its writer blocks. */
export const PIPE_CAPACITY = 65_536

/**
 * A pipe: text written to one end comes out of the other, in order. Writers block while it is full, readers while it
 * is empty; a reader sees the end once every writer has closed, a writer gets EPIPE once every reader has.
 */
export function createPipe(capacity = PIPE_CAPACITY): {
  readonly reader: OpenFile
  readonly writer: OpenFile
} {
  let chunks: string[] = []
  let size = 0
  let writable = true
  let readable = true
  const readers = new Set<() => void>()
  const writers = new Set<() => void>()

  const reader: OpenFile = {
    *read() {
      while (size === 0) {
        if (!writable) return null
        yield* sleepIn(readers)
      }
      const text = chunks.length === 1 ? chunks[0]! : chunks.join('')
      chunks = []
      size = 0
      wakeAll(writers)
      return text
    },
    unread(text) {
      if (text === '') return
      chunks.unshift(text)
      size += text.length
      wakeAll(readers)
    },
    // eslint-disable-next-line require-yield
    *write() {
      throw new SystemError('EBADF')
    },
    close() {
      readable = false
      wakeAll(writers)
    },
  }

  const writer: OpenFile = {
    // eslint-disable-next-line require-yield
    *read() {
      throw new SystemError('EBADF')
    },
    *write(text) {
      for (let rest = text; rest !== '';) {
        while (readable && size >= capacity) yield* sleepIn(writers)
        if (!readable) throw new SystemError('EPIPE')
        const part = rest.slice(0, capacity - size)
        rest = rest.slice(part.length)
        chunks.push(part)
        size += part.length
        wakeAll(readers)
      }
    },
    close() {
      writable = false
      wakeAll(readers)
    },
  }
  return { reader, writer }
}

/** Blocks until somebody wakes the set. */
export function* sleepIn(sleepers: Set<() => void>): Blocking<void> {
  yield* wait<void>((resume) => {
    const wake = () => resume()
    sleepers.add(wake)
    return () => sleepers.delete(wake)
  })
}

/** Wakes all who sleep in the set; each finds out for itself whether what it waits for is there. */
export function wakeAll(sleepers: Set<() => void>): void {
  const sleeping = [...sleepers]
  sleepers.clear()
  for (const wake of sleeping) wake()
}
