/** The cluster of tests/packets, once more, of the kernel's own network namespaces: the same addresses, routes and servers. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { runIptablesSave, runNft, type Host } from '../../src/network/index.ts'
import { ANNOUNCED, HEALTH_CHECK_PORT, NODES, PODS, TCP_PORTS } from '../packets/cluster.ts'

/** What a namespace is asked to send, and where. */
export interface Probe {
  readonly from: string
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  readonly port: number
  /** The port to send from; any, if absent. */
  readonly fromPort?: number
}

/** A script that fails where the cluster cannot stand, and the packages it takes. */
export const NEEDS = [
  'ip netns add tabernetes-probe && ip netns del tabernetes-probe && nft list ruleset && iptables --version | grep nf_tables',
  'iptables nftables iproute2 procps',
] as const

/** How long a probe waits for an answer. Nothing here is far away: what has not come by then was dropped. */
export const WAIT_MS = 700

export class KernelCluster {
  readonly #prefix = `tabernetes-${process.pid}-`
  readonly #agents = new Map<string, Agent>()

  /** Makes the namespaces, and starts a server and prober in each. */
  async start(): Promise<void> {
    this.#run(this.#topology().join('\n'))
    const servers = (name: string) => {
      if (name in PODS) return [TCP_PORTS.join(), '53']
      return [name in NODES ? String(HEALTH_CHECK_PORT) : '', '']
    }
    for (const name of ['lan', ...Object.keys(NODES), ...Object.keys(PODS)]) {
      const agent = new Agent(this.#namespace(name), [name, ...servers(name)])
      this.#agents.set(name, agent)
    }
    await Promise.all([...this.#agents.values()].map((agent) => agent.ready))
  }

  /** Takes everything away again. */
  stop(): void {
    for (const agent of this.#agents.values()) agent.stop()
    for (const name of this.#names()) spawnSync('ip', ['netns', 'del', this.#namespace(name)])
  }

  /** Gives a node's namespace the rules of ours, and nothing else. */
  load(node: string, { netfilter, routeLocalnet }: Host): void {
    this.#in(node, `sysctl -qw net.ipv4.conf.all.route_localnet=${Number(routeLocalnet)}`)
    const iptables = withoutAccounting(runIptablesSave([], netfilter).stdout)
    const nft = runNft(['list', 'ruleset'], netfilter).stdout
    this.#in(node, 'nft flush ruleset')
    this.#in(node, 'iptables-restore', iptables)
    this.#in(node, 'nft -f -', nft)
  }

  send({ from, fromPort, ...probe }: Probe): Promise<string> {
    return this.#agents.get(from)!.send({ ...probe, waitMs: WAIT_MS, ...(fromPort && { from: fromPort }) })
  }

  #names(): string[] {
    return ['router', 'lan', ...Object.keys(NODES), ...Object.keys(PODS)]
  }

  #namespace(name: string): string {
    return this.#prefix + name
  }

  #in(name: string, command: string, input = ''): void {
    const result = spawnSync('ip', ['netns', 'exec', this.#namespace(name), 'sh', '-c', command], {
      input,
      encoding: 'utf8',
    })
    if (result.status !== 0) throw new Error(`${name}: ${command}: ${result.stderr}`)
  }

  #run(script: string): void {
    const { status, stderr } = spawnSync('sh', ['-e'], { input: script, encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
  }

  /** The script that makes them: a bridge in the router's namespace is the LAN. */
  #topology(): string[] {
    const ns = (name: string) => `ip -n ${this.#namespace(name)}`
    const sysctl = (name: string, ...settings: string[]) =>
      `ip netns exec ${this.#namespace(name)} sysctl -qw ${settings.join(' ')}`
    const script = this.#names().flatMap((name) => [
      `ip netns add ${this.#namespace(name)}`,
      `${ns(name)} link set lo up`,
      sysctl(
        name,
        'net.ipv4.conf.all.rp_filter=0',
        'net.ipv4.conf.default.rp_filter=0',
        'net.ipv4.icmp_ratelimit=0',
        'net.ipv6.conf.all.disable_ipv6=1',
      ),
    ])
    script.push(
      `${ns('router')} link add lan type bridge`,
      `${ns('router')} addr add 192.168.99.1/24 dev lan`,
    )
    script.push(`${ns('router')} link set lan up`, sysctl('router', 'net.ipv4.ip_forward=1'))
    const plug = (name: string, address: string) => [
      `${ns('router')} link add to-${name} type veth peer name eth0 netns ${this.#namespace(name)}`,
      `${ns('router')} link set to-${name} master lan up`,
      `${ns(name)} addr add ${address}/24 dev eth0`,
      `${ns(name)} link set eth0 up`,
      `${ns(name)} route add default via 192.168.99.1`,
    ]
    script.push(...plug('lan', '192.168.99.200'))
    for (const address of ANNOUNCED) script.push(`${ns('lan')} route add ${address} via ${NODES['node-1']}`)
    for (const [name, address] of Object.entries(NODES)) {
      script.push(...plug(name, address), sysctl(name, 'net.ipv4.ip_forward=1'))
      script.push(`${ns(name)} link add cni0 type bridge`, `${ns(name)} link set cni0 up`)
      script.push(`${ns(name)} addr add 10.244.${name.at(-1)}.1/24 dev cni0`)
      for (const [other, via] of Object.entries(NODES))
        if (other !== name) script.push(`${ns(name)} route add 10.244.${other.at(-1)}.0/24 via ${via}`)
    }
    for (const [name, [node, address]] of Object.entries(PODS)) {
      const gateway = `10.244.${node.at(-1)}.1`
      script.push(
        `${ns(node)} link add veth-${name} type veth peer name eth0 netns ${this.#namespace(name)}`,
        `${ns(node)} addr add ${gateway}/32 dev veth-${name}`,
        `${ns(node)} link set veth-${name} up`,
        `${ns(name)} addr add ${address}/32 dev eth0`,
        `${ns(name)} link set eth0 up`,
        `${ns(name)} route add ${gateway} dev eth0 scope link`,
        `${ns(name)} route add default via ${gateway}`,
        `${ns(node)} route add ${address} dev veth-${name} src ${gateway}`,
      )
    }
    return script
  }
}

/** Counters of `nfacct` have to be made before a rule may name them, with a tool that few machines have. */
export const withoutAccounting = (rules: string) => rules.replace(/ -m nfacct --nfacct-name {2}\S+/g, '')

/** `agent.mjs` in a namespace. */
class Agent {
  readonly ready: Promise<void>
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, (result: string) => void>()
  #next = 0

  constructor(namespace: string, argv: readonly string[]) {
    const script = join(import.meta.dirname, 'agent.mjs')
    this.#process = spawn('ip', ['netns', 'exec', namespace, process.execPath, script, ...argv], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.ready = new Promise((resolve) => {
      createInterface({ input: this.#process.stdout! }).on('line', (line) => {
        const { ready, id, result } = JSON.parse(line) as { ready?: boolean; id: number; result: string }
        if (ready) return resolve()
        this.#waiting.get(id)?.(result)
        this.#waiting.delete(id)
      })
    })
  }

  send(probe: object): Promise<string> {
    const id = this.#next++
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#process.stdin!.write(`${JSON.stringify({ id, ...probe })}\n`)
    })
  }

  stop(): void {
    this.#process.stdin!.end()
    this.#process.kill()
  }
}
