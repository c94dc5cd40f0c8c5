import type { Blocking, Process } from '../process.ts'

/** A line as `read` takes it: without its delimiter, and whether that was there. */
export interface Line {
  readonly text: string
  readonly terminated: boolean
}

/**
 * Takes one line (or what comes before `delimiter`) from a descriptor and leaves the rest for whoever reads next.
 * @returns undefined at the end of the file
 */
export function* readLine(
  process: Process,
  fd: number,
  delimiter = '\n',
  limit = Infinity,
): Blocking<Line | undefined> {
  const parts: string[] = []
  let size = 0
  for (;;) {
    const chunk = yield* process.read(fd)
    if (chunk === null) return parts.length === 0 ? undefined : { text: parts.join(''), terminated: false }
    const end = chunk.indexOf(delimiter)
    const room = limit - size
    if (end >= 0 && end < room) {
      process.files.get(fd)?.unread?.(chunk.slice(end + 1))
      parts.push(chunk.slice(0, end))
      return { text: parts.join(''), terminated: true }
    }
    parts.push(chunk.slice(0, room))
    size += chunk.length
    if (chunk.length >= room) {
      process.files.get(fd)?.unread?.(chunk.slice(room))
      return { text: parts.join(''), terminated: true }
    }
  }
}
