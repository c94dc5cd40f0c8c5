import { stringify } from 'yaml'
import type { Event, Pod, PodStatus } from '../../../../api/generated/types.ts'
import type { Answer, ApiRequest } from '../../../../api/wire.ts'
import { Etcd } from '../../../control-plane/etcd/index.ts'
import { createApiServer, type StoredObject } from '../../../control-plane/kube-apiserver/index.ts'
import { image, type Image } from '../../../images/image.ts'
import type { ImageRegistry } from '../../../images/index.ts'
import { createLoopbackTransport } from '../../../loopback-transport.ts'
import { Network, type Host } from '../../../../network/index.ts'
import { createFileSystem, createMachine, type FileSystem, type Program } from '../../../../os/index.ts'
import { serveHttp, textResponse } from '../../../../os/net/http.ts'
import { Simulation } from '../../../../sim/index.ts'
import { ContainerRuntime } from '../../container-runtime/index.ts'
import { startKubelet, type Kubelet } from '../index.ts'

/** What containers of these tests run: `act exit 3 after 1`, `act sleep`, `act print TEXT`, `act serve PORT`, `act exists PATH`. */
const act: Program = function* (process) {
  const [, verb, ...args] = process.argv
  if (verb === 'print') {
    yield* process.print(`${args.join(' ')}\n`)
    return 0
  }
  if (verb === 'env') {
    yield* process.print([...process.env].map(([name, value]) => `${name}=${value}\n`).join(''))
    return 0
  }
  if (verb === 'cat') {
    for (const path of args) yield* process.print(process.machine.files.read(path))
    return 0
  }
  if (verb === 'exists') return process.machine.files.stat(args[0]!) ? 0 : 1
  if (verb === 'write') {
    process.machine.files.write(args[0]!, args.slice(1).join(' '))
    return 0
  }
  if (verb === 'remove') {
    process.machine.files.remove(args[0]!)
    return 0
  }
  if (verb === 'exit') {
    yield* process.sleep(Number(args[2] ?? 0) * 1000)
    yield* process.print(`exiting ${args[0]}\n`)
    return Number(args[0])
  }
  if (verb === 'wait') {
    process.onSignal('SIGTERM', () => {})
    const { interrupted } = (yield* process.interruptible(process.sleep(1e9))) as { interrupted?: string }
    yield* process.print(`got ${interrupted}\n`)
    return 0
  }
  if (verb === 'echo') {
    for (let text = yield* process.read(); text !== null; text = yield* process.read())
      yield* process.print(`<${text}>`)
    return 0
  }
  if (verb === 'serve') {
    yield* serveHttp(process, {
      port: Number(args[0]),

      *handler() {
        const broken = process.machine.files.stat('/tmp/broken')
        return textResponse(broken ? 503 : 200, `${process.machine.hostname}\n`)
      },
    })
  }
  yield* process.sleep(1e9)
  return 0
}

const actImage = (name: string, sizeBytes = 10_000_000): Image =>
  image({
    name: `docker.io/library/${name}`,
    tags: ['1', 'latest'],
    sizeBytes,
    cmd: ['act', 'sleep'],
    env: { IMAGE: name },
    programs: { '/bin/act': act },
  })

const IMAGES = new Map([actImage('app'), actImage('other', 50_000_000)].map((each) => [each.name, each]))

const registry: ImageRegistry = {
  bandwidth: 100_000_000,
  resolve(reference) {
    const [name = '', tag = 'latest'] = reference.split(':')
    const found = IMAGES.get(`docker.io/library/${name}`)
    const canonical = `docker.io/${name.includes('/') ? name : `library/${name}`}:${tag}`
    if (!found) return { error: 'no-such-repository', canonical }
    return found.tags.includes(tag) ? { image: found, canonical } : { error: 'no-such-tag', canonical }
  },
}

/** One node with its kubelet, and an API server; no scheduler: Pods name their node. */
export class Bench {
  readonly simulation = new Simulation({ seed: 1 })
  readonly network = new Network(this.simulation)
  readonly host: Host
  readonly files: FileSystem
  readonly runtime: ContainerRuntime
  readonly server: { handle(request: ApiRequest): Answer }
  serverRuns = true
  kubelet: Kubelet
  readonly #machine

  constructor(
    options: {
      readonly manifests?: Readonly<Record<string, Pod>>
      readonly serverRuns?: boolean
      readonly preload?: boolean
    } = {},
  ) {
    const { simulation } = this
    this.serverRuns = options.serverRuns ?? true
    this.host = this.network.addHost('node-1', { forwarding: true })
    const link = this.network.addSegment('nodes')
    link.attach(this.host, 'eth0', '192.168.99.11/24')
    this.server = createApiServer({
      simulation,
      etcd: new Etcd<StoredObject>({ simulation }),
      serviceCidr: '10.96.0.0/16',
      advertiseAddress: '192.168.99.10',
      connectToNode: () => ({ at: '192.168.99.11:10250', send: (request) => this.kubelet.handle(request) }),
    })
    this.files = createFileSystem()
    for (const directory of ['/etc/kubernetes/manifests', '/tmp'])
      this.files.makeDirectory(directory, { parents: true })
    this.files.write('/etc/resolv.conf', 'nameserver 192.168.99.1\n')
    for (const [name, pod] of Object.entries(options.manifests ?? {})) {
      this.files.write(`/etc/kubernetes/manifests/${name}.yaml`, stringify(pod))
    }
    this.#machine = createMachine({
      hostname: 'node-1',
      simulation,
      files: this.files,
      network: this.host.sockets,
      init: true,
    })
    this.runtime = new ContainerRuntime({
      simulation,
      network: this.network,
      node: this.host,
      nodeAddress: '192.168.99.11',
      registry,
    })
    this.runtime.cni.configure('10.244.1.0/24')
    if (options.preload !== false) this.runtime.images.preload('app')
    if (options.preload !== false) this.runtime.images.preload('app:1')
    this.kubelet = this.startKubelet()
    simulation.runFor(1000)
    this.api('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
    this.api('POST', '/api/v1/namespaces/default/configmaps', {
      metadata: { name: 'kube-root-ca.crt' },
      data: { 'ca.crt': 'CA' },
    })
  }

  startKubelet(): Kubelet {
    const { simulation, runtime, host } = this
    return startKubelet({
      simulation,
      runtime,
      host,
      machine: this.#machine,
      transport: createLoopbackTransport({
        simulation,
        server: () => (this.serverRuns ? this.server : undefined),
      }),
      node: { name: 'node-1', address: '192.168.99.11' },
      dns: { clusterDNS: ['10.96.0.10'], clusterDomain: 'cluster.local' },
    })
  }

  /** The body of the API server's answer. */
  api<T>(method: ApiRequest['method'], path: string, body?: unknown, query?: ApiRequest['query']): T {
    const answer = this.server.handle({
      method,
      path,
      contentType: 'application/json',
      ...(body !== undefined && { body }),
      ...(query && { query }),
    })
    if (answer.kind !== 'response') throw new Error(`${path} was answered with a ${answer.kind}`)
    return answer.response.body as T
  }

  /** Creates a Pod of this node; `spec` says what differs from one container `c` that sleeps. */
  run(name: string, spec: Partial<NonNullable<Pod['spec']>> = {}, metadata: Pod['metadata'] = {}): void {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, ...metadata },
      spec: {
        nodeName: 'node-1',
        terminationGracePeriodSeconds: 5,
        containers: [{ name: 'c', image: 'app' }],
        ...spec,
      },
    }
    const stored = this.api<Pod & { message?: string }>('POST', '/api/v1/namespaces/default/pods', pod)
    if (!stored.metadata?.uid) throw new Error(stored.message)
  }

  pod(name: string): Pod {
    return this.api('GET', `/api/v1/namespaces/default/pods/${name}`)
  }

  delete(name: string, gracePeriodSeconds?: number): void {
    this.api(
      'DELETE',
      `/api/v1/namespaces/default/pods/${name}`,
      gracePeriodSeconds === undefined
        ? undefined
        : { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds },
    )
  }

  /** Lets seconds pass and tells how a Pod's status changes meanwhile, a line each: `0.6 Running ready c:running`. */
  watch(name: string, seconds: number): string[] {
    const lines: string[] = []
    const answer = this.server.handle({
      method: 'GET',
      path: '/api/v1/namespaces/default/pods',
      query: { watch: 'true', fieldSelector: `metadata.name=${name}` },
    })
    if (answer.kind !== 'stream') throw new Error('no watch')
    const beganMs = this.simulation.nowMs
    const cancel = answer.start({
      chunk: (value) => {
        const { type, object } = value as { type: string; object: Pod }
        const line = `${type === 'DELETED' ? 'gone ' : ''}${describeStatus(object.status ?? {})}`
        const at = ((this.simulation.nowMs - beganMs) / 1000).toFixed(1)
        if (lines.at(-1)?.replace(/^\S+ /, '') !== line) lines.push(`${at} ${line}`)
      },
      end() {},
    })
    this.simulation.runFor(seconds * 1000)
    cancel()
    return lines
  }

  /** The Events about a Pod in their order, with their count when it is more than one. */
  events(name: string): string[] {
    const { items } = this.api<{ items: Event[] }>('GET', '/api/v1/namespaces/default/events')
    return items
      .filter(({ involvedObject }) => involvedObject.name === name)
      .map(
        ({ type, reason, message, count = 1 }) =>
          `${type} ${reason} ${message?.replace(/\([0-9a-f-]{36}\)/, '(UID)')}${count > 1 ? ` (x${count})` : ''}`,
      )
  }

  log(name: string, query: ApiRequest['query'] = {}): string {
    const answer = this.server.handle({
      method: 'GET',
      path: `/api/v1/namespaces/default/pods/${name}/log`,
      query,
    })
    if (answer.kind !== 'response') throw new Error('followed')
    const { body } = answer.response
    return typeof body === 'string' ? body : (body as { message: string }).message
  }
}

/** The lines of `watch` without their times. */
export const states = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/^\S+ /, ''))

/** When a state first shows, in seconds. */
export const timeOf = (lines: readonly string[], state: string): number =>
  Number(lines.find((line) => line.includes(state))?.split(' ')[0])

/** `Running ready c:running`: phase, readiness, each container's state with its reason, exit code and restarts. */
export function describeStatus({
  phase,
  conditions = [],
  initContainerStatuses = [],
  containerStatuses = [],
}: PodStatus): string {
  const ready = conditions.find(({ type }) => type === 'Ready')?.status === 'True'
  const containers = [...initContainerStatuses, ...containerStatuses].map(
    ({ name, state = {}, restartCount }) => {
      const text = state.running
        ? 'running'
        : state.terminated
          ? `${state.terminated.reason}(${state.terminated.exitCode})`
          : (state.waiting?.reason ?? '?')
      return `${name}:${text}${restartCount ? `#${restartCount}` : ''}`
    },
  )
  return [phase, ...(ready ? ['ready'] : []), ...containers].join(' ')
}
