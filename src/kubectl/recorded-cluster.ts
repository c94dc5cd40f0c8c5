import type { ApiRequest, ApiResponse } from '../api/wire.ts'
import type { Transport } from '../client/transport.ts'
import type { Machine } from '../os/machine.ts'

/** One command of a recorded session, with the requests beneath it. */
export interface Step {
  readonly n: number
  readonly cmd: string
  readonly at: string
  readonly files?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdout?: string
  readonly stderr?: string
  readonly exitCode?: number
  readonly chance?: boolean
  readonly requests: readonly Exchange[]
}

export interface Exchange {
  readonly method: string
  readonly url: string
  readonly accept?: string
  readonly contentType?: string
  readonly body?: unknown
  readonly status: number
  readonly answer?: unknown
  readonly type?: string
  readonly warnings?: readonly string[]
  readonly upgrade?: boolean
}

/** The aggregated discovery documents of the recorded server. */
export interface RecordedDiscovery {
  readonly api: unknown
  readonly apis: unknown
}

/** Words of a command line as bash splits it; undefined when it is more than one plain command. */
export function plainCommand(cmd: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  for (let i = 0; i < cmd.length; i++) {
    const char = cmd[i]!
    if (char === "'") {
      const end = cmd.indexOf("'", i + 1)
      word = (word ?? '') + cmd.slice(i + 1, end)
      i = end
    } else if (char === '"') {
      word ??= ''
      for (i++; cmd[i] !== '"' && i < cmd.length; i++) {
        if (cmd[i] === '$' || cmd[i] === '`') return undefined
        if (cmd[i] === '\\' && /["\\$`]/.test(cmd[i + 1] ?? '')) i++
        word += cmd[i]
      }
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (/[|&;<>$`(){}#]/.test(char) && !/[{}#]/.test(char)) return undefined
    else word = (word ?? '') + (char === '\\' ? cmd[++i] : char)
  }
  if (word !== undefined) words.push(word)
  return words[0] === 'kubectl' ? words : undefined
}

/** Same request: method, path, and the query without what chance decides. */
export function requestKey(
  method: string,
  path: string,
  query: readonly (readonly [string, string])[],
): string {
  const pairs = query
    .filter(
      ([name]) =>
        name !== 'timeoutSeconds' &&
        !(name === 'timeout' && query.some(([other]) => other === 'timeoutSeconds')),
    )
    .map(([name, value]) => `${name}=${name === 'fieldSelector' ? value.split(',').sort().join(',') : value}`)
  return `${method} ${decodeURIComponent(path)}?${pairs.sort().join('&')}`
}

export function keyOfUrl(method: string, url: string): string {
  const [path = '', search = ''] = url.split('?')
  const query = search
    .split('&')
    .filter(Boolean)
    .map(
      (pair) =>
        pair.split('=').map((part) => decodeURIComponent(part.replace(/\+/g, ' '))) as [string, string],
    )
  return requestKey(method, path, query)
}

function keyOfRequest(request: ApiRequest): string {
  const query = Object.entries(request.query ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as string[]) : [value as string]).map((one) => [name, one] as const),
  )
  return requestKey(request.method, request.path, query)
}

/** Answers what the recording answered: each request in its turn, the last answer again when asked once more. */
export class RecordedCluster implements Transport {
  readonly seen: {
    key: string
    body: unknown
    contentType?: string | undefined
    accept?: string | undefined
  }[] = []
  readonly unknown: string[] = []
  private readonly answers = new Map<string, Exchange[]>()
  private readonly simulation: Machine['simulation']
  private readonly step: Step
  private readonly discovery: RecordedDiscovery
  /** What the recorder did when a watch without an end had shown enough: it interrupted the command. */
  interrupt: () => void = () => {}

  constructor(step: Step, simulation: Machine['simulation'], discovery: RecordedDiscovery) {
    this.discovery = discovery
    this.simulation = simulation
    this.step = step
    for (const exchange of step.requests) {
      const key = keyOfUrl(exchange.method, exchange.url)
      this.answers.set(key, [...(this.answers.get(key) ?? []), exchange])
    }
  }

  request(request: ApiRequest, done: (response: ApiResponse) => void): () => void {
    const timer = this.simulation.schedule(1, () => done(this.answer(request)))
    return () => timer.cancel()
  }

  stream(request: ApiRequest, handlers: Parameters<Transport['stream']>[1]): () => void {
    const response = this.answer(request)
    const chunks =
      (response.body as { __stream?: unknown[] } | undefined)?.__stream ??
      (response.status < 400 ? [response.body] : [])
    const timer = this.simulation.schedule(1, () => {
      handlers.open?.(response)
      for (const chunk of chunks) if (chunk !== undefined && chunk !== '') handlers.chunk(chunk)
      const { watch, sendInitialEvents, timeout } = request.query ?? {}
      if (watch === undefined || timeout !== undefined) handlers.end()
      else if (sendInitialEvents === undefined) this.interrupt()
    })
    return () => timer.cancel()
  }

  upgrade(request: ApiRequest, handlers: Parameters<Transport['upgrade']>[1]): () => void {
    const response = this.answer(request)
    const timer = this.simulation.schedule(1, () => {
      if (response.status !== 101) return handlers.refused(this.refusal(response))
      handlers.open({ message: () => {}, close: () => {} })
      if (this.step.stdout) handlers.message(1, this.step.stdout)
      const stderr = (this.step.stderr ?? '').replace(
        /command terminated with exit code \d+\n|Defaulted container.*\n|Unable to use a TTY.*\n|All commands and output.*\n|If you don't see.*\n/g,
        '',
      )
      if (stderr && !/^error: /m.test(stderr)) handlers.message(2, stderr)
      const code = this.step.exitCode ?? 0
      const internal = /^error: (Internal error occurred: .*)$/m.exec(this.step.stderr ?? '')?.[1]
      const failed = {
        status: 'Failure',
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
      }
      const error = internal ? { status: 'Failure', reason: 'InternalError', message: internal } : failed
      handlers.message(3, JSON.stringify(code === 0 ? { status: 'Success' } : error))
      handlers.close()
    })
    return () => timer.cancel()
  }

  /** Some refusals were recorded without their text; what kubectl printed of it says it. */
  private refusal(response: ApiResponse): ApiResponse {
    const message = /unable to upgrade connection: (.*)/.exec(this.step.stderr ?? '')?.[1]
    return !response.body && message !== undefined ? { ...response, body: message } : response
  }

  private answer(request: ApiRequest): ApiResponse {
    if (request.path === '/api' || request.path === '/apis')
      return respond(200, this.discovery[request.path.slice(1) as 'api'])
    const key = keyOfRequest(request)
    this.seen.push({ key, body: request.body, contentType: request.contentType, accept: request.accept })
    const waiting = this.answers.get(key)
    const exchange = waiting && (waiting.length > 1 ? waiting.shift()! : waiting[0]!)
    if (!exchange) {
      this.unknown.push(key)
      return respond(404, {
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        reason: 'NotFound',
        message: `not recorded: ${key}`,
        code: 404,
      })
    }
    return {
      ...respond(exchange.status, exchange.answer),
      contentType: exchange.type ?? 'application/json',
      warnings: (exchange.warnings ?? []).map((text) => text.replace(/\\(.)/g, '$1')),
    }
  }
}

function respond(status: number, body: unknown): ApiResponse {
  return { status, contentType: 'application/json', warnings: [], body }
}
