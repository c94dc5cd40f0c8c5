import type { Simulation } from '../../../sim/index.ts'
import { createPipe, createTty, nullFile, type Blocking, type OpenFile, type Tty } from '../../../os/index.ts'

export type OutputStream = 'stdout' | 'stderr'

/** Somebody who listens to what a process writes. */
export type OutputListener = (stream: OutputStream, text: string) => void

/**
 * The standard streams of a process that is started from outside, and their far ends: a terminal, or pipes. Whoever
 * attaches hears what is written and may type.
 */
export interface StandardStreams {
  readonly files: ReadonlyMap<number, OpenFile>
  readonly tty: Tty | undefined
  /** Gives text to standard input. */
  input(text: string): void
  /** No more will come. A terminal is not closed by this. */
  endInput(): void
  listen(listener: OutputListener): () => void
}

const DEFAULT_COLUMNS = 80
const DEFAULT_ROWS = 24

export function createStandardStreams(options: {
  readonly simulation: Simulation
  readonly tty: boolean
  readonly stdin: boolean
  readonly output?: OutputListener
}): StandardStreams {
  const { simulation, stdin, output } = options
  const listeners = new Set<OutputListener>(output ? [output] : [])
  const tell: OutputListener = (stream, text) => {
    for (const listener of [...listeners]) listener(stream, text)
  }
  const listen = (listener: OutputListener) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  if (options.tty) {
    const tty = createTty({
      simulation,
      columns: DEFAULT_COLUMNS,
      rows: DEFAULT_ROWS,
      output: (text) => tell('stdout', text),
    })
    return { files: new Map(), tty, input: (text) => tty.input(text), endInput() {}, listen }
  }
  const pipe = stdin ? createPipe(Number.MAX_SAFE_INTEGER) : undefined
  const files = new Map([
    [0, pipe?.reader ?? nullFile()],
    [1, writer((text) => tell('stdout', text))],
    [2, writer((text) => tell('stderr', text))],
  ])
  return {
    files,
    tty: undefined,
    // A pipe without a bound never blocks its writer, so the write is done at its first step.
    input: (text) => void pipe?.writer.write(text).next(),
    endInput: () => pipe?.writer.close(),
    listen,
  }
}

function writer(write: (text: string) => void): OpenFile {
  return {
    *read(): Blocking<null> {
      return null
    },

    *write(text) {
      write(text)
    },
    close() {},
  }
}
