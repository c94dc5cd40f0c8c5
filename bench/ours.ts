import type { Deployment, EndpointSlice, Pod } from '../src/api/index.ts'
import type { KubernetesList } from '../src/api/resource.ts'
import type { ApiRequest } from '../src/api/wire.ts'
import { Session } from '../src/session/session.ts'
import { clientPod, requestMany, until } from './ours-requests.ts'
import { deploymentManifest, measure, serviceManifest, type Subject } from './subject.ts'

class Ours implements Subject {
  #session!: Session

  async boot(nodes: number): Promise<void> {
    this.#session = new Session({ seed: 1, nodes })
    this.#session.boot()
  }

  async deploy(replicas: number): Promise<void> {
    this.#post(
      '/apis/apps/v1/namespaces/default/deployments',
      deploymentManifest(replicas, 'hashicorp/http-echo:1.0'),
    )
    this.#post('/api/v1/namespaces/default/services', serviceManifest(5678))
    this.#post('/api/v1/namespaces/default/pods', clientPod)
    this.#until(() => {
      const { status } = this.#get<Deployment>('/apis/apps/v1/namespaces/default/deployments/web')
      return status?.readyReplicas === replicas && this.#session.cluster.machine('pod/client') !== undefined
    })
    this.#session.simulation.runFor(2000)
  }

  async deletePod(): Promise<void> {
    const [pod] = this.#get<KubernetesList<Pod>>('/api/v1/namespaces/default/pods', {
      labelSelector: 'app=web',
    }).items
    const address = pod!.status!.podIP!
    this.#handle({ method: 'DELETE', path: `/api/v1/namespaces/default/pods/${pod!.metadata!.name}` })
    const isReady = (slice: EndpointSlice) =>
      slice.endpoints?.some(({ addresses, conditions }) => addresses.includes(address) && conditions?.ready)
    this.#until(
      () =>
        !this.#get<KubernetesList<EndpointSlice>>(
          '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
        ).items.some(isReady),
    )
    const nodes = [...this.#session.cluster.nodes.values()]
    this.#until(() => nodes.every((node) => !node.rules().includes(`${address}:`)))
  }

  async request(count: number): Promise<void> {
    requestMany(this.#session, 'web', count)
  }

  async list(): Promise<number> {
    return this.#get<KubernetesList<Pod>>('/api/v1/namespaces/default/pods').items.length
  }

  #handle(request: ApiRequest): unknown {
    const answer = this.#session.cluster.handle(request)
    if (answer.kind !== 'response' || answer.response.status >= 400)
      throw new Error(`${request.path}: ${JSON.stringify(answer)}`)
    return answer.response.body
  }

  #get<T>(path: string, query?: Record<string, string>): T {
    return this.#handle({ method: 'GET', path, query }) as T
  }

  #post(path: string, body: unknown): void {
    this.#handle({ method: 'POST', path, body, contentType: 'application/json' })
  }

  #until(reached: () => boolean): void {
    until(this.#session, reached)
  }
}

const [nodes, replicas] = process.argv.slice(2).map(Number)
process.stdout.write(JSON.stringify(await measure(new Ours(), { nodes: nodes!, replicas: replicas! })))
