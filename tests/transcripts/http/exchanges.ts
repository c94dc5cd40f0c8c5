import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { ApiRequest, ApiResponse } from '../../../src/api/wire.ts'
import type { Transport } from '../../../src/client/transport.ts'
import type { HeadlessShell } from '../../../src/serve/headless-shell.ts'
import type { RecordedStep } from '../replay.ts'
import { judge, judgedSteps } from '../scenarios.ts'
import { TABLE_ACCEPT } from '../../../src/kubectl/api.ts'
import { answerOf, isCompared, keyOf, type Exchange } from './exchange.ts'

/** A recorded exchange, and what became of the same request here. */
export interface ExchangeResult {
  readonly step: RecordedStep
  /** Its place among the exchanges of its step, from 1. */
  readonly index: number
  readonly request: string
  readonly equal: boolean
  readonly expected: string
  /** `not asked` when our kubectl makes no such request, and it is none that can be made after the step as well. */
  readonly actual: string
}

/**
 * The exchanges beneath a scenario's judged steps, each with ours: the first of the step that asks the same and was not
 * taken yet. What our kubectl had no need to read is read when the step is over. Answers are compared where the
 * recording has one that can be read.
 */
export function judgeExchanges(scenario: string): readonly ExchangeResult[] {
  const recorded = recording(scenario)
  const results = new Map<RecordedStep, readonly ExchangeResult[]>()
  const listener = new Listener()
  const judged = judge(scenario, {
    began: (shell) => listener.attach(shell),
    done(step, renamed) {
      const own = listener.take()
      const exchanges = recorded.get(step.n) ?? []
      results.set(
        step,
        compare(step, exchanges, own, (exchange) => listener.ask(exchange, renamed)),
      )
    },
  })
  return judged.flatMap(({ step }) => results.get(step) ?? [])
}

/** How many exchanges a scenario's judged steps have. */
export function judgedExchanges(scenario: string): number {
  const recorded = recording(scenario)
  return judgedSteps(scenario).reduce((sum, { n }) => sum + (recorded.get(n)?.length ?? 0), 0)
}

function compare(
  step: RecordedStep,
  recorded: readonly Exchange[],
  own: readonly Exchange[],
  ask: (exchange: Exchange) => Exchange | undefined,
): ExchangeResult[] {
  const left = [...own]
  return recorded.map((exchange, position) => {
    const request = keyOf(exchange)
    const at = left.findIndex((one) => keyOf(one) === request)
    const found = at === -1 ? ask(exchange) : left.splice(at, 1)[0]
    const expected = answerOf(exchange)
    const actual = found
      ? answerOf(exchange.body === undefined ? { ...found, body: undefined } : found)
      : 'not asked'
    return { step, index: position + 1, request, equal: expected === actual, expected, actual }
  })
}

/** `recordings/NAME.jsonl.gz`: first all bodies, then by step the exchanges, each with its body's place. */
function recording(scenario: string): ReadonlyMap<number, readonly Exchange[]> {
  const file = new URL(`recordings/${scenario}.jsonl.gz`, import.meta.url)
  if (!existsSync(file)) return new Map()
  const [head, ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n')
  const { bodies } = JSON.parse(head!) as { readonly bodies: readonly unknown[] }
  return new Map(
    lines.map((line) => {
      const { n, exchanges } = JSON.parse(line) as { n: number; exchanges: readonly Exchange[] }
      const whole = exchanges.map((one) =>
        one.body === undefined ? one : { ...one, body: bodies[one.body as number] },
      )
      return [n, whole]
    }),
  )
}

/** Hears what the laptop's kubectl and the API server say to each other. */
class Listener {
  #heard: Exchange[] = []
  #cluster: HeadlessShell['session']['cluster'] | undefined

  attach({ session }: HeadlessShell): void {
    this.#cluster = session.cluster
    const facilities = session.cluster.laptop.facilities as Map<string, unknown>
    const dial = facilities.get('dial-api') as (server: string) => Transport | undefined
    facilities.set('dial-api', (server: string) => {
      const transport = dial(server)
      return transport && this.#overheard(transport)
    })
  }

  take(): readonly Exchange[] {
    const heard = this.#heard
    this.#heard = []
    return heard
  }

  /** Makes a recorded read here and now, beside virtual time; undefined for what is more than a read. */
  ask({ method, url, table }: Exchange, renamed: (text: string) => string): Exchange | undefined {
    const [path, query = ''] = url.split('?') as [string, string?]
    const parameters = new URLSearchParams(query)
    if (method !== 'GET' || parameters.has('watch') || parameters.has('follow')) return undefined
    const answer = this.#cluster!.handle({
      method: 'GET',
      path: renamed(path),
      query: Object.fromEntries([...parameters].map(([name, value]) => [name, renamed(value)])),
      managedFields: true,
      ...(table && { accept: TABLE_ACCEPT }),
    })
    if (answer.kind !== 'response') return undefined
    const { status, warnings, body } = answer.response
    return { method, url, status, warnings, body }
  }

  #overheard(transport: Transport): Transport {
    return {
      request: (request, done) =>
        transport.request(request, (response) => {
          this.#note(request, response)
          done(response)
        }),
      stream: (request, handlers) =>
        transport.stream(request, {
          ...handlers,
          open: (response) => {
            this.#note(request, response)
            handlers.open?.(response)
          },
          chunk: (value) => handlers.chunk(value),
          end: () => handlers.end(),
        }),
      upgrade: (request, handlers) =>
        transport.upgrade(request, {
          open: (server) => {
            this.#note(request, { status: 101, contentType: '', warnings: [], body: undefined })
            handlers.open(server)
          },
          message: (channel, data) => handlers.message(channel, data),
          close: () => handlers.close(),
          refused: (response) => {
            this.#note(request, response)
            handlers.refused(response)
          },
        }),
    }
  }

  #note(request: ApiRequest, response: ApiResponse): void {
    const { method, path, query = {} } = request
    const parameters = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, one])),
    ).toString()
    const url = parameters === '' ? path : `${path}?${parameters}`
    const { status, warnings, body } = response
    if (isCompared({ url })) {
      const table = request.accept?.includes('as=Table') === true
      this.#heard.push({ method, url, table, status, warnings, body })
    }
  }
}
