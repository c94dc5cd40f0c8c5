import type { Answer, ChannelPeer, StreamSink } from '../../../api/wire.ts'

/** The answers that go on (watches, followed logs, exec), so that they can end with the server. */
export class Connections {
  readonly #open = new Set<() => void>()

  /** The same answer, ended by `closeAll`. */
  keep(answer: Answer): Answer {
    if (answer.kind === 'stream')
      return { ...answer, start: (sink: StreamSink) => this.#stream(answer, sink) }
    if (answer.kind === 'upgrade')
      return { ...answer, start: (client: ChannelPeer) => this.#channels(answer, client) }
    return answer
  }

  closeAll(): void {
    for (const close of [...this.#open]) close()
  }

  #stream(answer: Answer & { kind: 'stream' }, sink: StreamSink): () => void {
    let ended = false
    const forget = () => {
      ended = true
      this.#open.delete(close)
    }
    const close = () => {
      forget()
      cancel()
      sink.end()
    }
    const cancel = answer.start({
      chunk: sink.chunk,
      end: () => {
        forget()
        sink.end()
      },
    })
    // One that ended at once was never open.
    if (!ended) this.#open.add(close)
    return () => {
      forget()
      cancel()
    }
  }

  #channels(answer: Answer & { kind: 'upgrade' }, client: ChannelPeer): ChannelPeer {
    const close = () => {
      this.#open.delete(close)
      server.close()
      client.close()
    }
    this.#open.add(close)
    const server = answer.start({
      message: client.message,
      close: () => {
        this.#open.delete(close)
        client.close()
      },
    })
    return {
      message: (channel, data) => server.message(channel, data),
      close: () => {
        this.#open.delete(close)
        server.close()
      },
    }
  }
}
