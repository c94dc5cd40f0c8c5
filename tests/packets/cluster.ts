import { installFirewall } from '../../src/cluster/node/kubelet/index.ts'
import { writerFor, type Mode } from '../../src/cluster/node/kube-proxy/modes.ts'
import { planService } from '../../src/cluster/node/kube-proxy/plan.ts'
import type { ServiceWriter } from '../../src/cluster/node/kube-proxy/service-writer.ts'
import type { EndpointSlice, Service } from '../../src/api/generated/types.ts'
import { Network, type Host, type Interface } from '../../src/network/index.ts'
import { Simulation } from '../../src/sim/index.ts'

export const NODES = { 'node-1': '192.168.99.11', 'node-2': '192.168.99.12' } as const

/** Pods by name, with their node and address. */
export type Pods = Readonly<Record<string, readonly [node: string, address: string]>>

export const PODS: Pods = {
  client: ['node-1', '10.244.1.9'],
  a: ['node-1', '10.244.1.2'],
  b: ['node-2', '10.244.2.2'],
  c: ['node-2', '10.244.2.3'],
}

export const TCP_PORTS: readonly number[] = [80, 8080]
export const HEALTH_CHECK_PORT = 31_104

/** Addresses that the machine on the LAN sends to node-1, as a load balancer's announcement would make it. */
export const ANNOUNCED = ['203.0.113.10', '192.0.2.1']

/**
 * Two nodes with kubelet's and kube-proxy's rules, three Pods, a machine on the nodes' LAN, and the router behind
 * which nothing answers. Each Pod listens on the ports of `TCP_PORTS` and 53 (UDP) and answers with its name and what
 * it takes for the client's address; nodes answer on the port of a health check.
 */
export function cluster(
  services: readonly { service: Service; slices: readonly EndpointSlice[] }[],
  options: {
    readonly seed?: number
    readonly mode?: Mode
    readonly nodes?: Readonly<Record<string, string>>
    readonly pods?: Pods
  } = {},
) {
  const { seed = 1, mode = 'iptables', pods = PODS } = options
  const nodes: Readonly<Record<string, string>> = options.nodes ?? NODES
  const simulation = new Simulation({ seed })
  const network = new Network(simulation)
  const lan = network.addSegment('lan', { latencyMs: 0.5 })
  const hosts: Record<string, Host> = {}
  const writers: Record<string, ServiceWriter> = {}
  const cables: Record<string, Interface> = {}

  const join = (name: string, address: string, forwarding = false) => {
    const host = network.addHost(name, { forwarding, routeLocalnet: forwarding && mode === 'iptables' })
    cables[name] = lan.attach(host, 'eth0', `${address}/24`)
    if (name !== 'router')
      host.routes.add({ destination: '0.0.0.0/0', via: '192.168.99.1', interface: 'eth0' })
    return (hosts[name] = host)
  }
  join('router', '192.168.99.1', true)
  const { routes } = join('lan', '192.168.99.200')
  for (const address of ANNOUNCED)
    routes.add({ destination: `${address}/32`, via: NODES['node-1'], interface: 'eth0' })
  const answer = (host: Host, port: number) =>
    host.sockets.listenTcp({ address: '0.0.0.0', port }, (connection) => {
      connection.send(`${host.name} saw ${connection.remote.address}`)
      connection.end()
    })
  for (const [name, ip] of Object.entries(nodes)) {
    const node = join(name, ip, true)
    for (const [other, via] of Object.entries(nodes)) {
      if (other !== name)
        node.routes.add({ destination: `10.244.${via.at(-1)}.0/24`, via, interface: 'eth0' })
    }
    node.addInterface('cni0', undefined)
    node.addAddress('cni0', `10.244.${ip.at(-1)}.1/24`)
    answer(node, HEALTH_CHECK_PORT)
    installFirewall(node.netfilter)
    writers[name] = writerFor(mode, node, { clusterCidr: '10.244.0.0/16' })
  }
  for (const [name, [nodeName, ip]] of Object.entries(pods)) {
    const node = hosts[nodeName]!
    const gateway = `10.244.${nodes[nodeName]!.at(-1)}.1`
    const pod = (hosts[name] = network.addHost(name))
    const veth = network.addSegment(`veth-${name}`)
    veth.attach(node, `veth-${name}`, `${gateway}/32`)
    veth.attach(pod, 'eth0', `${ip}/32`)
    pod.routes.add({ destination: `${gateway}/32`, interface: 'eth0' })
    pod.routes.add({ destination: '0.0.0.0/0', via: gateway, interface: 'eth0' })
    node.routes.add({ destination: `${ip}/32`, interface: `veth-${name}`, source: gateway })
    for (const port of TCP_PORTS) answer(pod, port)
    const udp = pod.sockets.bindUdp({ address: '0.0.0.0', port: 53 })
    udp.handlers = { datagram: ({ from }) => udp.send(from, `${name} saw ${from.address}`, 20) }
  }

  /** What kube-proxy does on both nodes when Services have changed; without the flows it forgets. */
  const sync = (next: typeof services) => {
    for (const [name, ip] of Object.entries(nodes)) {
      const node = { name, ip }
      const plans = next.map(({ service, slices }) => {
        const { namespace, name: own } = service.metadata!
        return [`${namespace}/${own}`, planService(node, service, slices)] as const
      })
      writers[name]!.fullSync(new Map(plans), { node, serviceCidrs: ['10.96.0.0/16'] })
    }
  }
  sync(services)

  const elapsed = (since: number) => Math.round((simulation.nowMs - since) / 1000)

  /** `a saw 10.244.1.9`, or how it failed and after how many seconds: `ECONNREFUSED after 0 s`. */
  const tcp = (from: string, address: string, port: number, waitMs = 200_000): string => {
    const since = simulation.nowMs
    let result: string | undefined
    const connection = hosts[from]!.sockets.connectTcp(
      { address, port },
      {
        data: (text) => void (result ??= text),
        error: (error) => void (result ??= `${error} after ${elapsed(since)} s`),
        end: () => connection.end(),
      },
    )
    while (result === undefined && simulation.nowMs - since < waitMs) simulation.runFor(100)
    simulation.runFor(1)
    return result ?? 'nothing'
  }

  const udp = (from: string, address: string, port: number, waitMs = 5000, fromPort = 0): string => {
    let result: string | undefined
    const socket = hosts[from]!.sockets.bindUdp({ address: '0.0.0.0', port: fromPort })
    socket.handlers = {
      datagram: ({ payload, from: answerer }) =>
        void (result ??= `${payload as string} via ${answerer.address}`),
      error: (error) => void (result ??= error),
    }
    socket.send({ address, port }, '?', 1)
    simulation.runFor(waitMs)
    socket.close()
    return result ?? 'nothing'
  }

  return { simulation, network, hosts, cables, lan, sync, tcp, udp }
}

/** A Service `shop/web` with the given `spec`, and a slice of endpoints written `pod`, `pod:unready`, `pod:terminating`. */
export function web(spec: Partial<NonNullable<Service['spec']>>, endpoints: readonly string[]) {
  const ports = spec.ports ?? [{ port: 80, targetPort: 80, protocol: 'TCP' }]
  const service: Service = {
    metadata: { namespace: 'shop', name: 'web' },
    spec: { type: 'ClusterIP', clusterIP: '10.96.0.80', clusterIPs: ['10.96.0.80'], ...spec, ports },
    status: {
      loadBalancer: spec.type === 'LoadBalancer' ? { ingress: [{ ip: '203.0.113.10', ipMode: 'VIP' }] } : {},
    },
  }
  const slice: EndpointSlice = {
    addressType: 'IPv4',
    ports: ports.map(({ name, protocol, targetPort }) => ({
      ...(name && { name }),
      protocol,
      port: Number(targetPort),
    })),
    endpoints: endpoints.map((text) => {
      const [pod = '', condition] = text.split(':')
      const [nodeName, ip] = PODS[pod]!
      const ready = condition === undefined
      const terminating = condition === 'terminating'
      return { addresses: [ip], nodeName, conditions: { ready, serving: ready || terminating, terminating } }
    }),
  }
  return { service, slices: [slice] }
}
