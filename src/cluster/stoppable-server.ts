import type { Answer, ApiRequest, StreamSink } from '../api/wire.ts'

export interface StoppableServer {
  handle(request: ApiRequest): Answer
  /** Ends every open stream, as a process that dies closes its connections. */
  stop(): void
}

/** Keeps account of the streams that a server has open. */
export function stoppable(server: { handle(request: ApiRequest): Answer }): StoppableServer {
  const open = new Set<() => void>()
  return {
    handle(request) {
      const answer = server.handle(request)
      if (answer.kind !== 'stream') return answer
      return {
        ...answer,
        start(sink: StreamSink) {
          const close = () => {
            open.delete(close)
            cancel()
            sink.end()
          }
          const cancel = answer.start({
            chunk: sink.chunk,
            end: () => {
              open.delete(close)
              sink.end()
            },
          })
          open.add(close)
          return () => {
            open.delete(close)
            cancel()
          }
        },
      }
    },
    stop() {
      for (const close of [...open]) close()
    },
  }
}
