import type { Socket } from '../../../net/sockets.ts'
import { sleepIn, wakeAll } from '../../../pipe.ts'
import type { Blocking } from '../../../process.ts'

/**
 * What ssh(1) and sshd(8) say to each other. To the network it is text in a TCP stream like any other; nothing is
 * encrypted here, and whoever asks for root is believed to have root's key.
 */
export type SshMessage =
  | {
      readonly kind: 'session'
      readonly user: string
      readonly command?: string
      readonly terminal?: SshTerminal
    }
  | { readonly kind: 'denied' }
  /** Of descriptor 0 towards the server, of 1 and 2 towards the client. */
  | { readonly kind: 'data'; readonly stream: number; readonly text: string }
  /** Standard input has ended. */
  | { readonly kind: 'end' }
  /** Who received `data` has used that many characters of it: as many more may come. */
  | { readonly kind: 'used'; readonly size: number }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'exit'; readonly code: number }

export interface SshTerminal {
  readonly type: string
  readonly columns: number
  readonly rows: number
}

/** How each side introduces itself, before anything else. */
export const BANNER = 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n'

/** How much may be on its way in one direction before the sender waits, in characters: SSH's channel window. */
const WINDOW = 65_536

/** Longer lines are not of this protocol. */
const MAX_LINE = 16 * WINDOW

/** One side of an SSH connection with its one session. */
export class SshChannel {
  readonly #socket: Socket
  readonly #room = new Set<() => void>()
  #window = WINDOW
  #lines: string[] = []
  #rest = ''

  constructor(socket: Socket) {
    this.#socket = socket
    this.#sendLine(BANNER)
  }

  /** Never blocks. @throws SystemError when the connection is gone */
  send(message: SshMessage): void {
    this.#sendLine(`${JSON.stringify(message)}\n`)
  }

  /** Sends text of a stream as fast as the peer uses it. @throws SystemError when the connection is gone */
  *write(stream: number, text: string): Blocking<void> {
    for (let rest = text; rest !== '';) {
      while (this.#window === 0) yield* sleepIn(this.#room)
      const part = rest.slice(0, this.#window)
      rest = rest.slice(part.length)
      this.#window -= part.length
      this.send({ kind: 'data', stream, text: part })
    }
  }

  /** The next message; undefined at the end, or when the peer does not speak SSH. @throws SystemError ECONNRESET ... */
  *receive(): Blocking<SshMessage | undefined> {
    for (;;) {
      const line = yield* this.#line()
      if (line === undefined) return undefined
      if (line.startsWith('SSH-2.0-')) continue
      const message = parse(line)
      if (message?.kind !== 'used') return message
      this.#window += message.size
      wakeAll(this.#room)
    }
  }

  *#line(): Blocking<string | undefined> {
    while (this.#lines.length === 0) {
      const text = yield* this.#socket.read()
      if (text === null || this.#rest.length > MAX_LINE) return undefined
      const [first, ...more] = text.split('\n')
      this.#rest += first
      for (const next of more) {
        this.#lines.push(this.#rest)
        this.#rest = next
      }
    }
    return this.#lines.shift()
  }

  /** A socket takes what it is given, so the write is done at its first step. */
  #sendLine(line: string): void {
    this.#socket.write(line).next()
  }
}

/** What must be there, by kind: anybody can connect to the port and type. */
const FIELDS: Readonly<Record<SshMessage['kind'], Readonly<Record<string, string>>>> = {
  session: { user: 'string' },
  denied: {},
  data: { stream: 'number', text: 'string' },
  end: {},
  used: { size: 'number' },
  resize: { columns: 'number', rows: 'number' },
  exit: { code: 'number' },
}

function parse(line: string): SshMessage | undefined {
  try {
    const message = JSON.parse(line) as SshMessage
    const fields = Object.hasOwn(FIELDS, message.kind) ? FIELDS[message.kind] : undefined
    const isWhole =
      fields && Object.entries(fields).every(([name, type]) => typeof message[name as never] === type)
    return isWhole ? message : undefined
  } catch {
    return undefined
  }
}
