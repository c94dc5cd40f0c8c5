import type { Blocking } from '../../../os/index.ts'
import { utf8Length } from '../../../encoding/utf8.ts'
import { indexOfByte } from '../../../os/net/bytes.ts'
import type { Socket } from '../../../os/net/sockets.ts'

/** A value of RESP2, the protocol that Redis speaks; `status` is a simple string such as OK. */
export type Reply =
  { readonly status: string } | { readonly error: string } | number | string | null | readonly Reply[]

export const OK: Reply = { status: 'OK' }

export function encode(reply: Reply): string {
  if (reply === null) return '$-1\r\n'
  if (typeof reply === 'number') return `:${reply}\r\n`
  if (typeof reply === 'string') return `$${utf8Length(reply)}\r\n${reply}\r\n`
  if ('status' in reply) return `+${reply.status}\r\n`
  if ('error' in reply) return `-${reply.error}\r\n`
  return `*${reply.length}\r\n${reply.map(encode).join('')}`
}

/** What the other side sent that is not of the protocol. */
export class ProtocolError extends Error {}

/** Reads values, and commands as typed by hand (`PING` and a line's end), from a socket. */
export class RespReader {
  readonly #socket: Socket
  #buffer = ''

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** The words of the next command; null at the end. @throws ProtocolError */
  *command(): Blocking<readonly string[] | null> {
    for (;;) {
      const line = yield* this.#line()
      if (line === null) return null
      if (!line.startsWith('*')) {
        const words = line.split(' ').filter(Boolean)
        if (words.length > 0) return words
        continue
      }
      const words: string[] = []
      for (let left = Number(line.slice(1)); left > 0; left--) {
        const header = yield* this.#line()
        if (!header?.startsWith('$')) throw new ProtocolError(`expected '$', got '${header?.[0] ?? ''}'`)
        words.push(yield* this.#bulk(Number(header.slice(1))))
      }
      return words
    }
  }

  /** The next value; undefined at the end. @throws ProtocolError */
  *reply(): Blocking<Reply | undefined> {
    const line = yield* this.#line()
    if (line === null) return undefined
    const rest = line.slice(1)
    switch (line[0]) {
      case '+':
        return { status: rest }
      case '-':
        return { error: rest }
      case ':':
        return Number(rest)
      case '$':
        return rest === '-1' ? null : yield* this.#bulk(Number(rest))
      case '*': {
        const replies: Reply[] = []
        for (let left = Number(rest); left > 0; left--) replies.push((yield* this.reply()) ?? null)
        return replies
      }
      default:
        throw new ProtocolError(`unexpected '${line}'`)
    }
  }

  *#line(): Blocking<string | null> {
    for (;;) {
      const end = this.#buffer.indexOf('\n')
      if (end >= 0) {
        const line = this.#buffer.slice(0, end).replace(/\r$/, '')
        this.#buffer = this.#buffer.slice(end + 1)
        return line
      }
      const more = yield* this.#socket.read()
      if (more === null) return null
      this.#buffer += more
    }
  }

  /** A string whose length is told in bytes, and the line's end after it. */
  *#bulk(bytes: number): Blocking<string> {
    for (;;) {
      const end = indexOfByte(this.#buffer, bytes)
      if (end !== undefined && this.#buffer.length >= end + 2) {
        const text = this.#buffer.slice(0, end)
        this.#buffer = this.#buffer.slice(end + 2)
        return text
      }
      const more = yield* this.#socket.read()
      if (more === null) throw new ProtocolError('the connection ended within a string')
      this.#buffer += more
    }
  }
}
