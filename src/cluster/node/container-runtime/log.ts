import { formatTimestamp } from '../../../encoding/time.ts'

export interface LogLine {
  readonly timeMs: number
  readonly stream: 'stdout' | 'stderr'
  /** With its newline, where it had one. */
  readonly text: string
  /** Lines of one container are numbered: makes their time stamps differ, and tells a follower where it is. */
  readonly sequence: number
}

/** containerLogMaxSize times containerLogMaxFiles of a kubelet's defaults would be 50 MiB; a tab keeps less. */
const MAX_CHARACTERS = 2 * 1024 * 1024
/** What a line takes besides its text. */
const LINE_CHARACTERS = 80

/** What one run of a container has written, line by line, the oldest dropped when there is too much. */
export class ContainerLog {
  readonly #now: () => number
  readonly #followers = new Set<(line: LogLine) => void>()
  readonly #partial = { stdout: '', stderr: '' }
  #lines: LogLine[] = []
  #size = 0
  #sequence = 0

  constructor(now: () => number) {
    this.#now = now
  }

  get lines(): readonly LogLine[] {
    return this.#lines
  }

  /** Takes the carriage return off the end of a line, as containerd does: the log of a terminal has none. */
  write(stream: 'stdout' | 'stderr', text: string): void {
    const all = this.#partial[stream] + text
    let start = 0
    for (let end = all.indexOf('\n'); end >= 0; end = all.indexOf('\n', start)) {
      this.#add(stream, `${all.slice(start, end).replace(/\r$/, '')}\n`)
      start = end + 1
    }
    this.#partial[stream] = all.slice(start)
  }

  /** The container has ended: what it left without a newline becomes a line. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#partial[stream] !== '') this.#add(stream, this.#partial[stream])
      this.#partial[stream] = ''
    }
  }

  /** Told of each new line. @returns a function that stops it. */
  follow(listener: (line: LogLine) => void): () => void {
    this.#followers.add(listener)
    return () => this.#followers.delete(listener)
  }

  #add(stream: 'stdout' | 'stderr', text: string): void {
    const line = { timeMs: this.#now(), stream, text, sequence: this.#sequence++ }
    this.#lines.push(line)
    this.#size += text.length + LINE_CHARACTERS
    if (this.#size > MAX_CHARACTERS) this.#dropOldest()
    for (const follower of [...this.#followers]) follower(line)
  }

  #dropOldest(): void {
    let dropped = 0
    while (this.#size > MAX_CHARACTERS / 2 && dropped < this.#lines.length)
      this.#size -= this.#lines[dropped++]!.text.length + LINE_CHARACTERS
    this.#lines = this.#lines.slice(dropped)
  }
}

/** RFC 3339 with nanoseconds, as the log file has it; the clock's missing digits are the line's number. */
export function logTimestamp({ timeMs, sequence }: LogLine): string {
  const micros = Math.floor((timeMs - Math.floor(timeMs / 1000) * 1000) * 1000)
  const nanoseconds = micros * 1000 + (sequence % 1000)
  return `${formatTimestamp(timeMs).slice(0, 19)}.${String(nanoseconds).padStart(9, '0')}Z`
}
