import * as api from '../../../api/index.ts'
import type { KubernetesObject, Resource } from '../../../api/index.ts'
import { createClient, type Client, type Transport } from '../../../client/index.ts'
import { Simulation } from '../../../sim/index.ts'
import { createLoopbackTransport } from '../../loopback-transport.ts'
import { Etcd, type EtcdEvent } from '../etcd/etcd.ts'
import { createApiServer, type StoredObject } from '../kube-apiserver/index.ts'
import { startKubeControllerManager } from '../kube-controller-manager/index.ts'
import { startKubeScheduler } from '../kube-scheduler/index.ts'
import { HollowNode, type HollowNodeOptions } from './hollow-node.ts'

export interface Commit {
  readonly atMs: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubernetesObject & { readonly [field: string]: unknown }
}

/** A control plane over a real API server, for tests: writes are logged, requests answered in virtual time. */
export class ControlPlane {
  readonly simulation: Simulation
  readonly transport: Transport
  readonly client: Client
  readonly commits: Commit[] = []
  readonly nodes: HollowNode[] = []

  constructor(options: { readonly seed?: number; readonly components?: boolean } = {}) {
    this.simulation = new Simulation({ seed: options.seed ?? 1 })
    const { simulation } = this
    const etcd = new Etcd<StoredObject>({ simulation, onCommit: (event) => this.#log(event) })
    const server = createApiServer({
      simulation,
      etcd,
      connectToNode: () => ({ error: 'there are no nodes' }),
    })
    this.transport = createLoopbackTransport({ simulation, server: () => server })
    this.client = createClient({ transport: this.transport, simulation, userAgent: 'test' })
    if (options.components === false) return
    startKubeControllerManager({ transport: this.transport, simulation, podCidr: '10.244.0.0/16' })
    startKubeScheduler({ transport: this.transport, simulation })
  }

  /** `control-plane`, tainted, and workers `node-1` ... */
  addNodes(count: number, options: Partial<HollowNodeOptions> = {}): this {
    for (let index = 1; index <= count; index++) {
      const name = `node-${index}`
      const place = { name, address: `192.168.99.${10 + index}`, podNetwork: `10.244.${index}` }
      this.nodes.push(new HollowNode(this.client, { stopMs: 300 + 40 * index, ...place, ...options }))
    }
    this.run(2000)
    return this
  }

  run(ms: number): this {
    this.simulation.runFor(ms)
    return this
  }

  /** Creates objects and waits for the answers. @throws Error with the server's message when one is refused */
  create(...objects: readonly KubernetesObject[]): this {
    for (const object of objects) {
      let failure: string | undefined
      const withNamespace = resourceOf(object).namespaced
        ? { ...object, metadata: { namespace: 'default', ...object.metadata } }
        : object
      this.client.create(resourceOf(object), withNamespace, (result) => {
        if (!result.ok) failure = result.status.message
      })
      this.run(20)
      if (failure !== undefined) throw new Error(failure)
    }
    return this
  }

  get<T extends KubernetesObject>(resource: Resource<T>, name: string, namespace = 'default'): T | undefined {
    let found: T | undefined
    this.client.get(resource, resource.namespaced ? namespace : undefined, name, (result) => {
      if (result.ok) found = result.object
    })
    this.run(10)
    return found
  }

  list<T extends KubernetesObject>(resource: Resource<T>, namespace?: string): readonly T[] {
    let found: readonly T[] = []
    this.client.list(resource, namespace, {}, (result) => {
      if (!result.ok) throw new Error(result.status.message)
      found = result.object.items
    })
    this.run(10)
    return found
  }

  /** Strategic merge patch. @throws Error */
  patch<T extends KubernetesObject>(resource: Resource<T>, name: string, body: object): this {
    let failure: string | undefined
    const namespace = resource.namespaced ? 'default' : undefined
    this.client.patch(resource, namespace, name, { type: 'strategic', body }, (result) => {
      if (!result.ok) failure = result.status.message
    })
    this.run(6)
    if (failure !== undefined) throw new Error(failure)
    return this
  }

  delete(resource: Resource, name: string, propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'): this {
    const namespace = resource.namespaced ? 'default' : undefined
    this.client.delete(resource, namespace, name, propagationPolicy ? { propagationPolicy } : {})
    return this.run(6)
  }

  /** What was written since the last call. */
  take(...kinds: readonly string[]): Commit[] {
    const taken = this.commits.splice(0)
    return kinds.length === 0 ? taken : taken.filter(({ object }) => kinds.includes(object.kind ?? ''))
  }

  /** Event messages of an object kind, as `Reason: message`, oldest first. */
  events(kind: string): string[] {
    return this.list(api.event)
      .filter(({ involvedObject }) => involvedObject.kind === kind)
      .map(({ reason, message }) => `${reason}: ${message}`)
  }

  #log({ type, value, previous }: EtcdEvent): void {
    const object = (value ?? previous?.value) as Commit['object']
    const kind = type === 'DELETE' ? 'DELETED' : previous ? 'MODIFIED' : 'ADDED'
    this.commits.push({ atMs: this.simulation.nowMs, type: kind, object })
  }
}

function resourceOf({ apiVersion, kind }: KubernetesObject): Resource {
  const found = api.kinds.find(
    (candidate) => candidate.kind === kind && api.apiVersionOf(candidate) === apiVersion,
  )
  if (!found) throw new Error(`no kind ${apiVersion} ${kind}`)
  return found as Resource
}
