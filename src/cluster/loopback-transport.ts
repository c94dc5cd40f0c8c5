import type { Answer, ApiRequest, ApiResponse, Cancel, ChannelPeer } from '../api/wire.ts'
import {
  CONNECTION_FAILED,
  type StreamHandlers,
  type Transport,
  type UpgradeHandlers,
} from '../client/transport.ts'
import type { Simulation } from '../sim/index.ts'
import { latencies } from './latencies.ts'

export interface LoopbackOptions {
  readonly simulation: Simulation
  /** The API server as this client reaches it now; undefined: nobody listens, or no way there. */
  readonly server: () => { handle(request: ApiRequest): Answer } | undefined
  /** Put into requests that do not say themselves. */
  readonly identity?: Pick<ApiRequest, 'user' | 'userAgent'>
  /** Told of every watch that the server takes. @returns what is called when it is over. */
  readonly watchOpened?: (request: ApiRequest) => () => void
}

/**
 * A connection from a component to the API server in the same engine. Objects are handed over by reference; what a
 * network and a server take is modelled as time alone, so that the order of things is the order of a real cluster's.
 */
export function createLoopbackTransport(options: LoopbackOptions): Transport {
  const { simulation, server } = options
  const identified = (request: ApiRequest): ApiRequest =>
    request.user && request.userAgent ? request : { ...options.identity, ...request }

  /** Delivers a request; the answer's first byte travels back through `back`, unless cancelled meanwhile. */
  const send = (request: ApiRequest, back: (answer: Answer) => void): Cancel => {
    let cancelled = false
    simulation.schedule(latencies.apiRequestMs, () => {
      if (!cancelled) back(server()?.handle(identified(request)) ?? unreachable)
    })
    return () => void (cancelled = true)
  }

  return {
    request(request, done) {
      let cancelled = false
      let giveUp: Cancel = () => {}
      const answered = (response: ApiResponse) =>
        void simulation.schedule(latencies.apiResponseMs, () => {
          if (!cancelled) done(response)
        })
      const cancel = send(request, (answer) => {
        if (answer.kind === 'later') giveUp = answer.start(answered)
        else answered(answer.kind === 'response' ? answer.response : notAnAnswer(answer))
      })
      return () => {
        cancelled = true
        cancel()
        giveUp()
      }
    },

    stream(request, handlers) {
      let stop: Cancel | undefined
      let over: (() => void) | undefined
      const line = new DeliveryLine(simulation, latencies.watchEventMs)
      const end = () => {
        over?.()
        handlers.end()
      }
      const cancel = send(request, (answer) => {
        if (answer.kind === 'stream' && request.query?.['watch'] === 'true')
          over = options.watchOpened?.(identified(request))
        stop = answer.kind === 'stream' ? openStream(answer, { ...handlers, end }, line) : undefined
        if (answer.kind === 'response') refuseStream(answer.response, handlers, line)
        if (answer.kind === 'later') stop = answer.start((response) => refuseStream(response, handlers, line))
      })
      return () => {
        cancel()
        line.cut()
        stop?.()
        over?.()
      }
    },

    upgrade(request, handlers) {
      let serverEnd: ChannelPeer | undefined
      const line = new DeliveryLine(simulation, latencies.streamChunkMs)
      const cancel = send(request, (answer) => {
        if (answer.kind === 'upgrade') serverEnd = openChannels(answer, handlers, line, simulation)
        else if (answer.kind === 'response') line.deliver(() => handlers.refused(answer.response))
      })
      return () => {
        cancel()
        line.cut()
        serverEnd?.close()
      }
    },
  }
}

function openStream(
  answer: Answer & { kind: 'stream' },
  handlers: StreamHandlers,
  line: DeliveryLine,
): Cancel {
  line.deliver(() => handlers.open?.({ ...answer.response, body: undefined }))
  return answer.start({
    chunk: (value) => line.deliver(() => handlers.chunk(value)),
    end: () => line.deliver(() => handlers.end()),
  })
}

function refuseStream(response: ApiResponse, handlers: StreamHandlers, line: DeliveryLine): void {
  line.deliver(() => handlers.open?.(response))
  line.deliver(() => handlers.end())
}

/** Both directions keep their order: two lines, one a way. */
function openChannels(
  answer: Answer & { kind: 'upgrade' },
  handlers: UpgradeHandlers,
  toClient: DeliveryLine,
  simulation: Simulation,
): ChannelPeer {
  const toServer = new DeliveryLine(simulation, latencies.streamChunkMs)
  const serverEnd = answer.start({
    message: (channel, data) => toClient.deliver(() => handlers.message(channel, data)),
    close: () => toClient.deliver(() => handlers.close()),
  })
  toClient.deliver(() =>
    handlers.open({
      message: (channel, data) => toServer.deliver(() => serverEnd.message(channel, data)),
      close: () => toServer.deliver(() => serverEnd.close()),
    }),
  )
  return serverEnd
}

const AT_A_TIME = 50

/** One direction of a connection: what is sent arrives later, in order. What is sent while something is under way travels with it. */
class DeliveryLine {
  readonly #simulation: Simulation
  readonly #delayMs: number
  #waiting: (() => void)[] = []
  #open = true

  constructor(simulation: Simulation, delayMs: number) {
    this.#simulation = simulation
    this.#delayMs = delayMs
  }

  deliver(run: () => void): void {
    this.#waiting.push(run)
    if (this.#waiting.length === 1) this.#simulation.schedule(this.#delayMs, () => this.#flush())
  }

  cut(): void {
    this.#open = false
    this.#waiting = []
  }

  #flush(): void {
    const arrived = this.#waiting
    this.#waiting = []
    this.#hand(arrived, 0)
  }

  /** So many at a time: a thousand events would be too much for one step. What is sent meanwhile comes later anyway. */
  #hand(arrived: readonly (() => void)[], from: number): void {
    const until = Math.min(from + AT_A_TIME, arrived.length)
    for (let index = from; index < until; index++) if (this.#open) arrived[index]!()
    if (this.#open && until < arrived.length) this.#simulation.schedule(0, () => this.#hand(arrived, until))
  }
}

/** What a client finds where no API server listens. */
export const unreachable: Answer = {
  kind: 'response',
  response: {
    status: CONNECTION_FAILED,
    contentType: 'text/plain',
    warnings: [],
    body: 'connection refused',
  },
}

function notAnAnswer(answer: Answer): never {
  throw new Error(`a request with one answer was met with a ${answer.kind}: use stream or upgrade`)
}
