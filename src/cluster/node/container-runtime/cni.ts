import {
  formatAddress,
  formatPrefix,
  parseAddress,
  parsePrefix,
  type Host,
  type Network,
} from '../../../network/index.ts'
import { networkOf } from '../../../network/address.ts'
import type { Simulation } from '../../../sim/index.ts'

/** A Pod's place in the network, as the plugin's answer tells it. */
export interface PodNetwork {
  readonly host: Host
  readonly address: string
}

/** The name of the node's interface that has the gateway's address of its Pods. */
const BRIDGE = 'cni0'

/**
 * The network plugin of one node: gives each Pod a network namespace, joined to the node's by a veth pair, with an
 * address of the node's Pod network. Addresses are given out in turn and come again only after all others, as
 * host-local IPAM does it; .1 is the node's own, the gateway of its Pods.
 *
 * The Pod's interface has the whole network on its link, as with a bridge; the node answers ARP for the others
 * (proxy_arp), so that all between two Pods passes its FORWARD chain.
 */
export class Cni {
  readonly #network: Network
  readonly #node: Host
  #prefix: { readonly first: number; readonly last: number; readonly length: number } | undefined
  readonly #taken = new Map<number, Host>()
  readonly #simulation: Simulation
  #lastAddress = 0

  constructor(options: { readonly network: Network; readonly node: Host }) {
    this.#network = options.network
    this.#node = options.node
    this.#simulation = options.network.simulation
    options.node.addInterface(BRIDGE, undefined)
    options.node.forwarding = true
  }

  /** Whether it knows the node's share of the Pod network: until then the node is not ready. */
  get ready(): boolean {
    return this.#prefix !== undefined
  }

  /**
   * UpdateRuntimeConfig: the share that the Node's `spec.podCIDR` says (`10.244.1.0/24`). Pods that have an address keep
   * theirs.
   */
  configure(podCIDR: string): void {
    const prefix = rangeOf(podCIDR)
    const before = this.#prefix
    if (before) {
      if (prefix.first === before.first && prefix.length === before.length) return
      this.#node.removeAddress(BRIDGE, `${this.gateway}/${before.length}`)
    }
    this.#prefix = prefix
    this.#lastAddress = prefix.first - 1
    this.#node.addAddress(BRIDGE, `${this.gateway}/${prefix.length}`)
  }

  /** The gateway of this node's Pods: `10.244.1.1`; empty before it is ready. */
  get gateway(): string {
    return this.#prefix ? formatAddress(this.#prefix.first - 1) : ''
  }

  /** ADD: @returns undefined when no address is left */
  add(podName: string): PodNetwork | undefined {
    const address = this.#nextAddress()
    if (address === undefined || !this.#prefix) return undefined
    const text = formatAddress(address)
    const host = this.#network.addHost(this.#uniqueName(podName))
    const veth = `veth${this.#simulation.random('veth names').string(8, '0123456789abcdef')}`
    const pair = this.#network.addSegment(`${this.#node.name}/${veth}`)
    const nodeSide = pair.attach(this.#node, veth)
    nodeSide.proxyArp = true
    pair.attach(host, 'eth0', `${text}/${this.#prefix.length}`)
    host.routes.add({ destination: '0.0.0.0/0', via: this.gateway, interface: 'eth0' })
    this.#node.routes.add({ destination: `${text}/32`, interface: veth, source: this.gateway })
    this.#taken.set(address, host)
    return { host, address: text }
  }

  /** DEL */
  remove({ host, address }: PodNetwork): void {
    const number = parseAddress(address)
    if (this.#taken.get(number) !== host) return
    this.#taken.delete(number)
    const pair = host.interfaces.get('eth0')?.segment
    this.#network.removeHost(host)
    if (pair) this.#network.removeSegment(pair)
  }

  /** Another node's Pods are behind that node: a route, as a host-gw backend keeps it. */
  addNodeRoute(podCIDR: string, nodeAddress: string, interfaceName: string): void {
    const destination = formatPrefix(networkOf(parsePrefix(podCIDR)))
    this.#node.routes.remove(destination)
    this.#node.routes.add({ destination, via: nodeAddress, interface: interfaceName })
  }

  #nextAddress(): number | undefined {
    if (!this.#prefix) return undefined
    const { first, last } = this.#prefix
    const count = last - first + 1
    for (let step = 1; step <= count; step++) {
      const candidate = first + ((this.#lastAddress - first + step) % count)
      if (this.#taken.has(candidate)) continue
      this.#lastAddress = candidate
      return candidate
    }
    return undefined
  }

  /** A Pod of that name may still be ending elsewhere: names of hosts are told apart by a number then. */
  #uniqueName(podName: string): string {
    if (!this.#network.hosts.has(podName)) return podName
    let number = 2
    while (this.#network.hosts.has(`${podName}#${number}`)) number++
    return `${podName}#${number}`
  }
}

function rangeOf(podCIDR: string) {
  const { address, length } = networkOf(parsePrefix(podCIDR))
  return { first: address + 2, last: address + 2 ** (32 - length) - 2, length }
}
