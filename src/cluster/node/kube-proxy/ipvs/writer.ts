import {
  formatAddress,
  IpSet,
  parseAddress,
  type Host,
  type Scheduler,
  type VirtualServer,
} from '../../../../network/index.ts'
import type { PortPlan } from '../plan.ts'
import type { ServiceEndpoint } from '../service-port.ts'
import type { ServiceWriter, Surroundings } from '../service-writer.ts'
import { removeRules, writeRules } from './rules.ts'
import { boundAddresses, entriesOf, SETS, type SetName } from './sets.ts'

/** The dummy interface that makes virtual addresses the node's own. */
const INTERFACE = 'kube-ipvs0'

/** What a Service needs: virtual servers, addresses, entries of sets. */
interface Wanted {
  readonly servers: readonly VirtualServer[]
  readonly addresses: readonly string[]
  readonly entries: readonly (readonly [SetName, string])[]
}

/**
 * Keeps a node's virtual servers, the addresses of its dummy interface, and ipsets; its iptables rules never change.
 * As in life, every sync looks at everything.
 */
export class IpvsWriter implements ServiceWriter {
  readonly #host: Host
  readonly #clusterCidr: string
  readonly #scheduler: Scheduler
  readonly #plans = new Map<string, readonly PortPlan[]>()
  #surroundings: Surroundings | undefined

  constructor(host: Host, clusterCidr: string, scheduler: Scheduler) {
    this.#host = host
    this.#clusterCidr = clusterCidr
    this.#scheduler = scheduler
  }

  get flushed(): boolean {
    return !this.#host.netfilter.tables.get('nat')?.chain('KUBE-SERVICES')
  }

  partialSync(changed: ReadonlyMap<string, readonly PortPlan[]>): number {
    return this.#surroundings ? this.fullSync(changed, this.#surroundings) : 0
  }

  fullSync(changed: ReadonlyMap<string, readonly PortPlan[]>, surroundings: Surroundings): number {
    this.#surroundings = surroundings
    for (const [service, plans] of changed) {
      if (plans.length > 0) this.#plans.set(service, plans)
      else this.#plans.delete(service)
    }
    const wanted = [...this.#plans.values()].flat().map((plan) => this.#wantedBy(plan, surroundings))
    this.#writeSets(wanted.flatMap(({ entries }) => entries))
    writeRules(this.#host.netfilter, this.#clusterCidr)
    this.#bind(new Set(wanted.flatMap(({ addresses }) => addresses)))
    const servers = wanted.flatMap((one) => one.servers)
    const { ipvs } = this.#host
    const isWanted = new Set(servers.map(idOf))
    for (const one of ipvs.virtualServers) if (!isWanted.has(idOf(one))) ipvs.delete(one)
    for (const one of servers) ipvs.set(one)
    return servers.length
  }

  #wantedBy(plan: PortPlan, { node }: Surroundings): Wanted {
    const { port, reach, internal, external } = plan
    const virtual = (
      address: string,
      number: number,
      endpoints: readonly ServiceEndpoint[],
    ): VirtualServer => ({
      protocol: port.protocol,
      address: parseAddress(address),
      port: number,
      scheduler: this.#scheduler,
      ...(port.affinitySeconds > 0 && { persistentS: port.affinitySeconds }),
      servers: endpoints.map((endpoint) => ({ address: parseAddress(endpoint.ip), port: endpoint.port })),
    })
    const servers = [virtual(port.clusterIP, port.port, internal.endpoints)]
    // With policy Local and no endpoint here Pods still get through; strangers are answered under another address, in vain.
    const forExternal = external.endpoints.length > 0 ? external.endpoints : reach.cluster
    for (const ip of [...port.externalIPs, ...port.loadBalancerVIPs])
      servers.push(virtual(ip, port.port, forExternal))
    if (port.nodePort !== 0)
      for (const ip of this.#nodeAddresses()) servers.push(virtual(ip, port.nodePort, forExternal))
    return { servers, addresses: boundAddresses(plan), entries: entriesOf(plan, node) }
  }

  /** Where node ports are met: every address of the node but those of lo and our own interface. */
  #nodeAddresses(): string[] {
    return [...this.#host.interfaces.values()]
      .filter(({ name }) => name !== 'lo' && name !== INTERFACE)
      .flatMap(({ addresses }) => addresses.map(({ address }) => formatAddress(address)))
      .filter((address, index, all) => all.indexOf(address) === index)
  }

  #writeSets(entries: Wanted['entries']): void {
    const { ipSets } = this.#host.netfilter
    for (const [name, type] of Object.entries(SETS)) ipSets.set(name, new IpSet(name, type))
    for (const [name, entry] of entries) ipSets.get(name)!.entries.add(entry)
  }

  #bind(wanted: ReadonlySet<string>): void {
    const host = this.#host
    const dummy = host.interfaces.get(INTERFACE) ?? host.addInterface(INTERFACE, undefined)
    const bound = new Set(dummy.addresses.map(({ address }) => formatAddress(address)))
    for (const address of bound) if (!wanted.has(address)) host.removeAddress(INTERFACE, `${address}/32`)
    for (const address of wanted) if (!bound.has(address)) host.addAddress(INTERFACE, `${address}/32`)
  }
}

const idOf = ({ protocol, address, port }: VirtualServer) => `${protocol} ${address} ${port}`

/** Takes everything of this mode away. */
export function removeIpvs(host: Host): void {
  if (!host.interfaces.has(INTERFACE)) return
  for (const virtual of host.ipvs.virtualServers) host.ipvs.delete(virtual)
  host.removeInterface(INTERFACE)
  removeRules(host.netfilter)
  for (const name of Object.keys(SETS)) host.netfilter.ipSets.delete(name)
}
