import { createInflate, constants } from 'node:zlib'
import { DICTIONARY } from './dictionary.ts'

const CONTROL = 0x8000
const VERSION = 3
const SYN_STREAM = 1
const SYN_REPLY = 2
const RST_STREAM = 3
const PING = 6
const FIN = 1
const FRAME_HEAD = 8

/** An empty list of headers as zlib stores what it cannot compress, then a flush; the very first begins the format. */
const ZLIB_HEAD = Buffer.from([0x78, 0x01])
const NO_HEADERS = Buffer.from([0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff])

/** One stream that the client opened. The peer's bytes go where `handlers` say. */
export interface SpdyStream {
  readonly headers: ReadonlyMap<string, string>
  handlers: { data?(bytes: Buffer): void; end?(): void }
  write(bytes: Uint8Array): void
  /** Nothing more comes from here. */
  end(): void
}

/**
 * The server's side of SPDY/3.1, as far as Kubernetes' streaming uses it: the client opens streams with headers, both
 * send, each side ends its own half. No flow control: no client of Kubernetes has it either.
 */
export class SpdySession {
  readonly #send: (bytes: Buffer) => void
  readonly #opened: (stream: SpdyStream) => void
  readonly #streams = new Map<number, SpdyStream>()
  readonly #inflate = createInflate({ dictionary: DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH })
  #unread: Buffer = Buffer.alloc(0)
  /** Frames are taken one after the other: headers are uncompressed beside the event loop. */
  #work: Promise<void> = Promise.resolve()
  #hasReplied = false

  /** @param send the bytes of a frame, to the client */
  constructor(send: (bytes: Buffer) => void, opened: (stream: SpdyStream) => void) {
    this.#send = send
    this.#opened = opened
  }

  /** Bytes from the client, however they were cut. @returns rejects when they are no SPDY */
  receive(bytes: Buffer): Promise<void> {
    return (this.#work = this.#work.then(async () => {
      this.#unread = Buffer.concat([this.#unread, bytes])
      for (let size = this.#frameSize(); size <= this.#unread.length; size = this.#frameSize()) {
        const frame = this.#unread.subarray(0, size)
        this.#unread = this.#unread.subarray(size)
        await this.#take(frame)
      }
    }))
  }

  /** The connection is over: so is every stream. */
  close(): void {
    for (const stream of this.#streams.values()) stream.handlers.end?.()
    this.#streams.clear()
    this.#inflate.close()
  }

  #frameSize(): number {
    return this.#unread.length < FRAME_HEAD
      ? Infinity
      : FRAME_HEAD + (this.#unread.readUInt32BE(4) & 0xffffff)
  }

  async #take(frame: Buffer): Promise<void> {
    const flags = frame[4]!
    const payload = frame.subarray(FRAME_HEAD)
    if ((frame[0]! & 0x80) === 0) return this.#data(frame.readUInt32BE(0), payload, flags)
    if (frame.readUInt16BE(0) !== (CONTROL | VERSION)) throw new Error('this is not SPDY/3')
    const type = frame.readUInt16BE(2)
    if (type === SYN_STREAM) await this.#open(payload, flags)
    else if (type === RST_STREAM) this.#ended(payload.readUInt32BE(0))
    else if (type === PING) this.#send(frame)
  }

  #data(id: number, bytes: Buffer, flags: number): void {
    const stream = this.#streams.get(id)
    if (bytes.length > 0) stream?.handlers.data?.(bytes)
    if (flags & FIN) this.#ended(id)
  }

  #ended(id: number): void {
    const stream = this.#streams.get(id)
    this.#streams.delete(id)
    stream?.handlers.end?.()
  }

  async #open(payload: Buffer, flags: number): Promise<void> {
    const id = payload.readUInt32BE(0)
    const headers = readHeaders(await this.#uncompressed(payload.subarray(10)))
    const stream: SpdyStream = {
      headers,
      handlers: {},
      write: (bytes) => this.#send(dataFrame(id, bytes, 0)),
      end: () => this.#send(dataFrame(id, new Uint8Array(0), FIN)),
    }
    this.#streams.set(id, stream)
    this.#reply(id)
    this.#opened(stream)
    if (flags & FIN) this.#ended(id)
  }

  #reply(id: number): void {
    const payload = [uint32(id), ...(this.#hasReplied ? [] : [ZLIB_HEAD]), NO_HEADERS]
    this.#hasReplied = true
    this.#send(controlFrame(SYN_REPLY, Buffer.concat(payload)))
  }

  #uncompressed(block: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#inflate.once('error', reject)
      this.#inflate.write(block, () => {
        this.#inflate.off('error', reject)
        resolve((this.#inflate.read() as Buffer | null) ?? Buffer.alloc(0))
      })
    })
  }
}

/** A count, then each name and value after its length. */
function readHeaders(block: Buffer): ReadonlyMap<string, string> {
  let at = 4
  const text = () => {
    const length = block.readUInt32BE(at)
    at += 4 + length
    return block.toString('utf8', at - length, at)
  }
  const headers = new Map<string, string>()
  for (let left = block.readUInt32BE(0); left > 0; left--) headers.set(text(), text())
  return headers
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

const controlFrame = (type: number, payload: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x80, VERSION, 0, type]), uint32(payload.length), payload])

const dataFrame = (id: number, bytes: Uint8Array, flags: number): Buffer =>
  Buffer.concat([uint32(id), uint32(((flags << 24) | bytes.length) >>> 0), bytes])
