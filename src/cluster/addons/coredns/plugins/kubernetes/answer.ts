import {
  isIPv4,
  isIPv6,
  type DnsMessage,
  type QuestionType,
  type Rcode,
  type ResourceRecord,
} from '../../../../../os/net/dns.ts'
import { isBelow, normalise } from '../../plugin.ts'
import type { KubernetesData } from './data.ts'
import { lookUp, type Found, type PodMode } from './lookup.ts'

export interface Zone {
  /** With its final dot. */
  readonly name: string
  readonly ttl: number
  readonly data: KubernetesData
  readonly podMode: PodMode
  /** Addresses of this server itself: its Service is the zone's name server. */
  readonly ownAddresses: readonly string[]
}

export interface Sections {
  readonly rcode: Rcode
  readonly answers: readonly ResourceRecord[]
  readonly authority: readonly ResourceRecord[]
  readonly additional: readonly ResourceRecord[]
}

/** Asks this server itself for the target of an alias outside of the zone. */
export type LookUpOutside = (name: string, type: QuestionType, done: (answer: DnsMessage) => void) => void

const MAX_ALIASES = 8

/** The answer to a question below the zone; `done` is called later only when an alias leads out of the zone. */
export function answer(
  zone: Zone,
  name: string,
  type: QuestionType,
  outside: LookUpOutside,
  done: (sections: Sections) => void,
): void {
  const special = apexOrSpecial(zone, name, type)
  if (special) return done(special)
  const found = find(zone, name)
  if (found === 'no-name') return done(denial(zone, 'NXDOMAIN'))
  if (found === 'no-data') return done(denial(zone, 'NOERROR'))
  const external = found.find(({ host }) => !isIPv4(host) && !isIPv6(host))
  if (external) return alias(zone, name, type, external.host, outside, done)
  if (type === 'SRV') return done(services(zone, name, found))
  const answers = type === 'A' || type === 'AAAA' ? addresses(zone, name, found, type) : []
  done(answers.length > 0 ? positive(answers) : denial(zone, 'NOERROR'))
}

function find(zone: Zone, name: string) {
  const lower = normalise(name)
  const inner = lower === zone.name ? '' : lower.slice(0, -zone.name.length - 1)
  return lookUp(inner === '' ? [] : inner.split('.'), zone.name, zone.data, zone.podMode)
}

const positive = (
  answers: readonly ResourceRecord[],
  additional: readonly ResourceRecord[] = [],
): Sections => ({
  rcode: 'NOERROR',
  answers,
  authority: [],
  additional,
})

/** No such name, or nothing of that type: the zone's SOA tells how long that may be believed. */
const denial = (zone: Zone, rcode: Rcode): Sections => ({
  rcode,
  answers: [],
  authority: [soa(zone)],
  additional: [],
})

const soa = ({ name, ttl, data }: Zone): ResourceRecord => ({
  name,
  ttl,
  type: 'SOA',
  primary: `ns.dns.${name}`,
  mailbox: `hostmaster.${name}`,
  serial: data.serial,
  refresh: 7200,
  retry: 1800,
  expire: 86_400,
  minimum: ttl,
})

/** The zone itself, its version, its name server. */
function apexOrSpecial(zone: Zone, name: string, type: QuestionType): Sections | undefined {
  const lower = normalise(name)
  const { ttl } = zone
  if (lower === zone.name) {
    if (type === 'SOA') return positive([soa(zone)])
    if (type !== 'NS') return denial(zone, 'NOERROR')
    const { target, hosts } = nameServer(zone)
    return positive(
      [{ name, ttl, type: 'NS', target }],
      hosts.map((address) => ({ name: target, ttl, type: addressType(address), address })),
    )
  }
  if (lower === `dns-version.${zone.name}`) {
    return type === 'TXT' ? positive([{ name, ttl, type: 'TXT', text: ['1.1.0'] }]) : denial(zone, 'NOERROR')
  }
  if (lower === `ns.dns.${zone.name}`) {
    const answers = nameServer(zone).hosts.filter((address) => addressType(address) === type)
    return answers.length > 0
      ? positive(answers.map((address) => ({ name, ttl, type: addressType(address), address })))
      : denial(zone, 'NOERROR')
  }
  return undefined
}

const addressType = (address: string) => (isIPv4(address) ? 'A' : 'AAAA')

/** The Service that this server is an endpoint of; without one, its own address under `ns.dns`. */
function nameServer({ name, data, ownAddresses }: Zone): {
  readonly target: string
  readonly hosts: readonly string[]
} {
  for (const address of ownAddresses) {
    const key = data.endpointsWithAddress(address)[0]?.service
    const [namespace = '', service = ''] = key?.split('/') ?? []
    const { clusterIP, clusterIPs } = data.service(namespace, service)?.spec ?? {}
    if (clusterIP && clusterIP !== 'None')
      return { target: `${service}.${namespace}.svc.${name}`, hosts: clusterIPs ?? [clusterIP] }
  }
  return { target: `ns.dns.${name}`, hosts: ownAddresses }
}

function addresses(
  { ttl }: Zone,
  name: string,
  found: readonly Found[],
  type: 'A' | 'AAAA',
): ResourceRecord[] {
  const hosts = new Set(found.map(({ host }) => host).filter((host) => addressType(host) === type))
  return [...hosts].map((address) => ({ name, ttl, type, address }))
}

function services({ ttl }: Zone, name: string, found: readonly Found[]): Sections {
  const weight = Math.max(1, Math.floor(100 / found.length))
  const seen = new Set<string>()
  const additional: ResourceRecord[] = []
  for (const { host, target } of found) {
    if (seen.has(`${target} ${host}`)) continue
    seen.add(`${target} ${host}`)
    additional.push({ name: target, ttl, type: addressType(host), address: host })
  }
  return positive(
    found.map(({ port, target }) => ({ name, ttl, type: 'SRV', priority: 0, weight, port, target })),
    additional,
  )
}

/** An ExternalName: a CNAME, followed inside of the zone, and outside of it with the help of the whole server. */
function alias(
  zone: Zone,
  name: string,
  type: QuestionType,
  externalName: string,
  outside: LookUpOutside,
  done: (sections: Sections) => void,
  depth = 0,
): void {
  const target = normalise(externalName)
  const record: ResourceRecord = { name, ttl: zone.ttl, type: 'CNAME', target }
  if (type === 'CNAME') return done(positive([record]))
  if (type !== 'A' && type !== 'AAAA') return done(denial(zone, 'NOERROR'))
  if (depth >= MAX_ALIASES || normalise(name) === target) return done(denial(zone, 'NOERROR'))
  if (!isBelow(target, zone.name)) {
    return outside(target, type, ({ answers }) => done(positive([record, ...answers])))
  }
  const found = find(zone, target)
  const next =
    typeof found === 'string' ? undefined : found.find(({ host }) => !isIPv4(host) && !isIPv6(host))
  if (next) {
    return alias(
      zone,
      target,
      type,
      next.host,
      outside,
      ({ answers }) => done(positive([record, ...answers])),
      depth + 1,
    )
  }
  done(positive([record, ...(typeof found === 'string' ? [] : addresses(zone, target, found, type))]))
}
