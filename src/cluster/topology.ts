import { Network, runIptables, type Host, type Segment } from '../network/index.ts'
import type { Simulation } from '../sim/index.ts'
import { serveInternetNames } from './internet.ts'

/** The wires of the default cluster, and who has which address on them. */
export interface Topology {
  readonly network: Network
  /** Joins the node network, the internet and the learner's home. */
  readonly router: Host
  /** 192.168.99.0/24: the nodes, and the router at .1. */
  readonly nodeSegment: Segment
  /** Where load balancers have their addresses. */
  readonly internetSegment: Segment
  readonly laptopHost: Host
  /** Adds a node's host with the next address from .10 on. */
  addNode(name: string): { readonly host: Host; readonly address: string }
}

/** One way, in ms: a switch in a rack; a data centre across the country. */
const NODE_LATENCY_MS = 0.25
const INTERNET_LATENCY_MS = 4

const FIRST_NODE = 10

/** Where the resolver is: for the nodes, for the laptop. */
export const NODE_RESOLVER = '192.168.99.1'
export const HOME_RESOLVER = '198.51.100.1'

/** Pods reach the outside and get their answers, but nobody outside may begin: the router's firewall sees to it. */
const POD_NETWORK = '10.244.0.0/16'
/** Virtual addresses mean nothing outside of the nodes. */
const SERVICE_NETWORK = '10.96.0.0/16'

/**
 * laptop 198.51.100.20 ── router ── nodes 192.168.99.10, .11 ... and, on the internet's side, 203.0.113.0/24 for load
 * balancers. What the laptop sends to Pods or virtual addresses ends at the router.
 */
export function layOut(simulation: Simulation): Topology {
  const network = new Network(simulation)
  const router = network.addHost('router', { forwarding: true })
  const laptopHost = network.addHost('laptop')
  const nodeSegment = network.addSegment('node-network', { latencyMs: NODE_LATENCY_MS })
  const internetSegment = network.addSegment('internet', { latencyMs: NODE_LATENCY_MS })
  const homeSegment = network.addSegment('home', { latencyMs: INTERNET_LATENCY_MS })

  nodeSegment.attach(router, 'eth0', '192.168.99.1/24')
  internetSegment.attach(router, 'eth1', '203.0.113.1/24')
  homeSegment.attach(router, 'eth2', '198.51.100.1/24')
  homeSegment.attach(laptopHost, 'eth0', '198.51.100.20/24')
  serveInternetNames(router)
  router.routes.add({ destination: SERVICE_NETWORK, interface: 'lo', unreachable: true })
  runIptables(
    [
      '-A',
      'FORWARD',
      '-i',
      'eth2',
      '-d',
      POD_NETWORK,
      '-j',
      'REJECT',
      '--reject-with',
      'icmp-host-unreachable',
    ],
    router.netfilter,
  )
  laptopHost.routes.add({ destination: '0.0.0.0/0', via: '198.51.100.1', interface: 'eth0' })

  let nodes = 0
  return {
    network,
    router,
    nodeSegment,
    internetSegment,
    laptopHost,
    addNode(name) {
      const address = `192.168.99.${FIRST_NODE + nodes++}`
      const host = network.addHost(name, { forwarding: true, routeLocalnet: true })
      nodeSegment.attach(host, 'eth0', `${address}/24`)
      host.routes.add({ destination: '0.0.0.0/0', via: '192.168.99.1', interface: 'eth0' })
      return { host, address }
    },
  }
}

/** Whether packets can leave the host at all: its interface and cable are up. */
export const isConnected = (host: Host): boolean => {
  const uplink = host.interfaces.get('eth0')
  return uplink !== undefined && uplink.up && uplink.segment?.up === true
}
