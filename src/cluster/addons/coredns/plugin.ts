import type { Endpoint } from '../../../network/sockets.ts'
import type { Process } from '../../../os/index.ts'
import type { DnsMessage, Question } from '../../../os/net/dns.ts'
import { CorefileError, type Directive } from './corefile.ts'

/** One query on its way through the plugins of its server. */
export interface DnsRequest {
  readonly message: DnsMessage
  readonly question: Question
  readonly client: Endpoint
  readonly protocol: 'udp' | 'tcp'
}

/** Answers a request, at once or later, exactly once. */
export type Handler = (request: DnsRequest, reply: (answer: DnsMessage) => void) => void

/** An HTTP endpoint that a plugin opens beside the DNS server. */
export interface HttpEndpoint {
  readonly port: number
  readonly path: string
  respond(): { readonly status: number; readonly body: string }
}

/** What the directive of one server block has become. */
export interface PluginInstance {
  /** Puts itself before `next`: answers what is its own, passes on the rest. */
  handle?(next: Handler): Handler
  readonly endpoint?: HttpEndpoint
  /** Whether it can answer already, for `ready`. */
  ready?(): boolean
  /** The server listens now. */
  started?(): void
  /** The process is to end; how long to go on answering meanwhile, in ms. */
  lameduckMs?: number
  /** Gives up what it holds. */
  stop?(): void
}

/** What a plugin has to work with while it is set up. */
export interface Setup {
  readonly process: Process
  /** The zones of the server block, lower-case, with their final dot. */
  readonly zones: readonly string[]
  readonly port: number
  /** Writes a line such as `[INFO] plugin/reload: ...`. */
  log(level: 'INFO' | 'WARNING' | 'ERROR' | 'FATAL', text: string): void
  /** Ends the process with 1. */
  fatal(text: string): void
  /** The plugins of this server that can say whether they are ready, by name. */
  readonly readiness: ReadonlyMap<string, () => boolean>
  /** Counters of all servers, for `prometheus`. */
  readonly metrics: Map<string, number>
}

/** A plugin: one file of `plugins/`, one line in `plugins.ts`. */
export interface Plugin {
  readonly name: string
  /** @throws CorefileError through `wrong` */
  setUp(directive: Directive, setup: Setup): PluginInstance
}

/** A fault in a directive, as a plugin tells it. */
export function wrong(plugin: string, directive: Directive, message: string): CorefileError {
  return new CorefileError(
    `plugin/${plugin}: /etc/coredns/Corefile:${directive.line} - Error during parsing: ${message}`,
  )
}

export const wrongArguments = (plugin: string, directive: Directive) =>
  wrong(
    plugin,
    directive,
    `Wrong argument count or unexpected line ending after '${directive.args.at(-1) ?? directive.name}'`,
  )

/** With a final dot and lower-case: how zones and names are compared. */
export const normalise = (name: string): string => (name.endsWith('.') ? name : `${name}.`).toLowerCase()

/** Whether `name` is `zone` or below it; both normalised. */
export const isBelow = (name: string, zone: string): boolean =>
  zone === '.' || name === zone || name.endsWith(`.${zone}`)

/** `30`, `5s`, `1m`, in ms; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text)
  if (!match) return undefined
  return Number(match[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[(match[2] ?? 's') as 's']
}

/** Which zones a plugin leaves to the next one when it knows no name: `fallthrough [ZONE...]`. */
export function fallsThrough(fallthrough: readonly string[] | undefined, name: string): boolean {
  if (!fallthrough) return false
  return fallthrough.length === 0 || fallthrough.some((zone) => isBelow(name, normalise(zone)))
}
