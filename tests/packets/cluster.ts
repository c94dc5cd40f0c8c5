import { installFirewall } from '../../src/cluster/node/kubelet/index.ts'
import { writerFor, type Mode } from '../../src/cluster/node/kube-proxy/modes.ts'
import { planService } from '../../src/cluster/node/kube-proxy/plan.ts'
import type { EndpointSlice, Service } from '../../src/api/generated/types.ts'
import { Network, type Host, type Interface } from '../../src/network/index.ts'
import { Simulation } from '../../src/sim/index.ts'

const NODES = { 'node-1': '192.168.99.11', 'node-2': '192.168.99.12' } as const
type NodeName = keyof typeof NODES

/** Pods by name, with their node and address. */
const PODS: Readonly<Record<string, readonly [NodeName, string]>> = {
  client: ['node-1', '10.244.1.9'],
  a: ['node-1', '10.244.1.2'],
  b: ['node-2', '10.244.2.2'],
}

/**
 * Two nodes with kubelet's and kube-proxy's rules, three Pods, a machine on the nodes' LAN, and the router behind
 * which nothing answers. Each Pod listens on port 80 (TCP) and 53 (UDP) and answers with its name and what it takes
 * for the client's address.
 */
export function cluster(
  services: readonly { service: Service; slices: readonly EndpointSlice[] }[],
  { seed = 1, mode = 'iptables' }: { readonly seed?: number; readonly mode?: Mode } = {},
) {
  const simulation = new Simulation({ seed })
  const network = new Network(simulation)
  const lan = network.addSegment('lan', { latencyMs: 0.5 })
  const hosts: Record<string, Host> = {}
  const cables: Record<string, Interface> = {}

  const join = (name: string, address: string, forwarding = false) => {
    const host = network.addHost(name, { forwarding, routeLocalnet: forwarding && mode === 'iptables' })
    cables[name] = lan.attach(host, 'eth0', `${address}/24`)
    if (name !== 'router')
      host.routes.add({ destination: '0.0.0.0/0', via: '192.168.99.1', interface: 'eth0' })
    return (hosts[name] = host)
  }
  join('router', '192.168.99.1', true)
  join('lan', '192.168.99.200')
  for (const [name, ip] of Object.entries(NODES)) {
    const node = join(name, ip, true)
    for (const [other, via] of Object.entries(NODES)) {
      if (other !== name)
        node.routes.add({ destination: `10.244.${other.at(-1)}.0/24`, via, interface: 'eth0' })
    }
    node.addInterface('cni0', undefined)
    node.addAddress('cni0', `10.244.${name.at(-1)}.1/24`)
    installFirewall(node.netfilter)
    const proxyNode = { name, ip }
    const plans = services.map(
      ({ service, slices }) =>
        [
          `${service.metadata!.namespace}/${service.metadata!.name}`,
          planService(proxyNode, service, slices),
        ] as const,
    )
    const surroundings = { node: proxyNode, serviceCidrs: ['10.96.0.0/16'] }
    writerFor(mode, node, '10.244.0.0/16').fullSync(new Map(plans), surroundings)
  }
  for (const [name, [nodeName, ip]] of Object.entries(PODS)) {
    const node = hosts[nodeName]!
    const gateway = `10.244.${nodeName.at(-1)}.1`
    const pod = (hosts[name] = network.addHost(name))
    const veth = network.addSegment(`veth-${name}`)
    veth.attach(node, `veth-${name}`)
    veth.attach(pod, 'eth0', `${ip}/32`)
    pod.routes.add({ destination: `${gateway}/32`, interface: 'eth0' })
    pod.routes.add({ destination: '0.0.0.0/0', via: gateway, interface: 'eth0' })
    node.routes.add({ destination: `${ip}/32`, interface: `veth-${name}`, source: gateway })
    pod.sockets.listenTcp({ address: '0.0.0.0', port: 80 }, (connection) => {
      connection.send(`${name} saw ${connection.remote.address}`)
      connection.end()
    })
    const udp = pod.sockets.bindUdp({ address: '0.0.0.0', port: 53 })
    udp.handlers = { datagram: ({ from }) => udp.send(from, `${name} saw ${from.address}`, 20) }
  }

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

  const udp = (from: string, address: string, port: number, waitMs = 5000): string => {
    let result: string | undefined
    const socket = hosts[from]!.sockets.bindUdp({ address: '0.0.0.0', port: 0 })
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

  return { simulation, network, hosts, cables, lan, tcp, udp }
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
