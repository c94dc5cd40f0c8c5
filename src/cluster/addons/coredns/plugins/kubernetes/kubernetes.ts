import { createClient, type Transport } from '../../../../../client/index.ts'
import { dnsQuery, dnsResponse } from '../../../../../os/net/dns.ts'
import type { Directive } from '../../corefile.ts'
import {
  fallsThrough,
  isBelow,
  normalise,
  parseDuration,
  wrong,
  type Handler,
  type Plugin,
  type Setup,
} from '../../plugin.ts'
import { answer, type LookUpOutside, type Zone } from './answer.ts'
import { WatchedData } from './data.ts'
import { addressOfReverse, reverse, type PodMode } from './lookup.ts'

interface Options {
  readonly zones: readonly string[]
  readonly podMode: PodMode
  readonly ttl: number
  readonly fallthrough: readonly string[] | undefined
}

const DEFAULT_TTL = 5
const MAX_TTL = 3600

/** Properties that are read and change nothing that can be seen here. */
const WITHOUT_EFFECT = new Set([
  'upstream',
  'endpoint_pod_names',
  'kubeconfig',
  'endpoint',
  'tls',
  'noendpoints',
  'ignore',
])

/** `kubernetes [ZONE...]`: the cluster's names, from its API. */
export const kubernetes: Plugin = {
  name: 'kubernetes',
  setUp(directive, setup) {
    const options = readOptions(directive, setup)
    const data = watch(options, setup)
    const isReverse = (zone: string) => zone.endsWith('in-addr.arpa.') || zone.endsWith('ip6.arpa.')
    const primary = options.zones.find((zone) => !isReverse(zone)) ?? 'cluster.local.'
    const zoneAt = (name: string): Zone => ({
      name,
      ttl: options.ttl,
      data,
      podMode: options.podMode,
      ownAddresses: ownAddresses(setup),
    })
    return {
      ready: () => data.synced,
      stop: () => data.stop(),
      handle: (next): Handler => {
        const handler: Handler = (request, reply) => {
          const { question, message } = request
          const name = normalise(question.name)
          const within = options.zones
            .filter((each) => isBelow(name, each))
            .sort((a, b) => b.length - a.length)[0]
          if (within === undefined) return next(request, reply)
          if (!data.synced) return reply(dnsResponse(message, { rcode: 'SERVFAIL' }))
          if (isReverse(within)) {
            const address = question.type === 'PTR' ? addressOfReverse(name) : undefined
            const names = address === undefined ? [] : reverse(address, primary, data)
            if (names.length === 0 && fallsThrough(options.fallthrough, name)) return next(request, reply)
            const answers = names.map((target) => ({
              name: question.name,
              ttl: options.ttl,
              type: 'PTR' as const,
              target,
            }))
            return reply(
              dnsResponse(message, {
                authoritative: true,
                answers,
                ...(names.length === 0 && { rcode: 'NXDOMAIN' as const }),
              }),
            )
          }
          const outside: LookUpOutside = (target, type, done) => {
            const query = dnsQuery(message.id, target, type)
            next({ ...request, message: query, question: query.question[0]! }, done)
          }
          answer(zoneAt(within), question.name, question.type, outside, (sections) => {
            if (sections.rcode === 'NXDOMAIN' && fallsThrough(options.fallthrough, name))
              return next(request, reply)
            reply(dnsResponse(message, { ...sections, authoritative: true }))
          })
        }
        return handler
      },
    }
  },
}

function readOptions(directive: Directive, setup: Setup): Options {
  const zones = (directive.args.length > 0 ? directive.args : setup.zones).map(normalise)
  let podMode: PodMode = 'disabled'
  let ttl = DEFAULT_TTL
  let fallthrough: readonly string[] | undefined
  for (const property of directive.block) {
    const [value = ''] = property.args
    if (property.name === 'pods') {
      if (value !== 'disabled' && value !== 'insecure' && value !== 'verified') {
        throw wrong(
          'kubernetes',
          property,
          `wrong value for pods: ${value},  must be one of: disabled, verified, insecure`,
        )
      }
      podMode = value
    } else if (property.name === 'ttl') {
      ttl = Number(value)
      if (!(ttl >= 0 && ttl <= MAX_TTL))
        throw wrong('kubernetes', property, `ttl must be in range [0, ${MAX_TTL}]: ${value}`)
    } else if (property.name === 'fallthrough') fallthrough = property.args
    else if (property.name === 'resyncperiod') {
      if (parseDuration(value) === undefined)
        throw wrong('kubernetes', property, `unable to parse resync duration value: '${value}'`)
    } else if (!WITHOUT_EFFECT.has(property.name))
      throw wrong('kubernetes', property, `unknown property '${property.name}'`)
  }
  return { zones, podMode, ttl, fallthrough }
}

function watch({ podMode }: Options, { process }: Setup): WatchedData {
  const transport = process.machine.facilities.get('in-cluster-api') as Transport | undefined
  if (!transport) {
    throw new Error(
      'plugin/kubernetes: unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
    )
  }
  const user = {
    username: 'system:serviceaccount:kube-system:coredns',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  }
  const client = createClient({
    transport,
    simulation: process.machine.simulation,
    userAgent: 'coredns/1.10.0',
    user,
  })
  return new WatchedData(client, { watchPods: podMode === 'verified' })
}

/** The Pod's addresses, which its hosts file gives its name. */
function ownAddresses({ process }: Setup): string[] {
  const { files, hostname } = process.machine
  const text = files.stat('/etc/hosts')?.type === 'file' ? files.read('/etc/hosts') : ''
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.split(/\s+/)
    return names.includes(hostname) ? [address] : []
  })
}
