import type { Process } from '../../../os/index.ts'
import { dnsResponse } from '../../../os/net/dns.ts'
import { CorefileError, parseCorefile, type ServerBlock } from './corefile.ts'
import { normalise, type Handler, type HttpEndpoint, type PluginInstance, type Setup } from './plugin.ts'
import { PLUGINS } from './plugins.ts'
import type { Zones } from './server.ts'

/** A Corefile put into effect: what serves which zones on which port, and what belongs to it. */
export interface Configuration {
  readonly ports: ReadonlyMap<number, Zones>
  readonly endpoints: readonly HttpEndpoint[]
  readonly lameduckMs: number
  readonly reloads: boolean
  readonly synced: () => boolean
  started(): void
  stop(): void
}

export interface Surroundings {
  readonly log: Setup['log']
  readonly fatal: Setup['fatal']
  readonly metrics: Map<string, number>
}

const DEFAULT_PORT = 53

/** Reads a Corefile and sets up its plugins. @throws CorefileError, or an Error of a plugin that cannot work here */
export function configure(process: Process, text: string, surroundings: Surroundings): Configuration {
  const blocks = parseCorefile(text, process.env)
  const ports = new Map<number, Map<string, Handler>>()
  const instances: PluginInstance[] = []
  const readiness = new Map<string, () => boolean>()
  try {
    for (const block of blocks) {
      for (const [port, zones] of zonesByPort(block)) {
        const setup: Setup = { process, zones, port, readiness, ...surroundings }
        const own = setUpBlock(block, setup, instances)
        const chain = own.reduceRight<Handler>((next, { handle }) => handle?.(next) ?? next, refuse)
        const handlers = ports.get(port) ?? new Map<string, Handler>()
        for (const zone of zones) {
          if (handlers.has(zone))
            throw new CorefileError(`cannot serve dns://${zone}:${port} - it is already defined`)
          handlers.set(zone, chain)
        }
        ports.set(port, handlers)
      }
    }
  } catch (error) {
    for (const { stop } of instances) stop?.()
    throw error
  }
  return {
    ports,
    endpoints: instances.flatMap(({ endpoint }) => endpoint ?? []),
    lameduckMs: Math.max(0, ...instances.map(({ lameduckMs }) => lameduckMs ?? 0)),
    reloads: blocks.some(({ directives }) => directives.some(({ name }) => name === 'reload')),
    synced: () => [...readiness.values()].every((isReady) => isReady()),
    started: () => instances.forEach(({ started }) => started?.()),
    stop: () => instances.forEach(({ stop }) => stop?.()),
  }
}

const refuse: Handler = ({ message }, reply) => reply(dnsResponse(message, { rcode: 'REFUSED' }))

/** `.:53` → port 53, zone `.`; `cluster.local` → port 53. */
function zonesByPort({ keys }: ServerBlock): Map<number, string[]> {
  const byPort = new Map<number, string[]>()
  for (const key of keys) {
    const [, zone = '.', port] = /^(?:dns:\/\/)?(.*?)(?::(\d+))?$/.exec(key) ?? []
    const number = port === undefined ? DEFAULT_PORT : Number(port)
    byPort.set(number, [...(byPort.get(number) ?? []), normalise(zone)])
  }
  return byPort
}

function setUpBlock(
  { directives }: ServerBlock,
  setup: Setup,
  instances: PluginInstance[],
): PluginInstance[] {
  const known = new Set(PLUGINS.map(({ name }) => name))
  const stranger = directives.find(({ name }) => !known.has(name))
  if (stranger) {
    throw new CorefileError(
      `/etc/coredns/Corefile:${stranger.line} - Error during parsing: Unknown directive '${stranger.name}'`,
    )
  }
  return PLUGINS.flatMap((plugin) =>
    directives
      .filter(({ name }) => name === plugin.name)
      .map((directive) => {
        const instance = plugin.setUp(directive, setup)
        if (instance.ready) (setup.readiness as Map<string, () => boolean>).set(plugin.name, instance.ready)
        instances.push(instance)
        return instance
      }),
  )
}
