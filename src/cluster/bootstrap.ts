import { parseAllDocuments } from 'yaml'
import type { Deployment, Node } from '../api/index.ts'
import {
  clusterRole,
  clusterRoleBinding,
  configMap,
  daemonSet,
  deployment,
  kinds,
  node,
  pod,
  service,
  serviceAccount,
} from '../api/kinds.ts'
import { apiVersionOf, type KubernetesObject, type Resource } from '../api/resource.ts'
import { createClient, Informer, type Client, type Transport } from '../client/index.ts'
import type { Simulation } from '../sim/index.ts'
import { corednsManifests } from './manifests/coredns.ts'
import { kubeProxyManifests } from './manifests/kube-proxy.ts'

export interface BootstrapOptions {
  readonly simulation: Simulation
  readonly transport: Transport
  readonly nodeCount: number
  readonly proxyMode: string
  readonly podCidr: string
  readonly domain: string
  readonly dnsAddress: string
  /** Texts of YAML documents, created after the cluster stands. */
  readonly manifests: readonly string[]
}

const RETRY_MS = 1000

/**
 * The last phases of kubeadm: once the API server answers, the addons are created; once all nodes are Ready and the
 * addons run, the cluster is handed over, with the objects that its user brought.
 */
export class Bootstrap {
  readonly #options: BootstrapOptions
  readonly #client: Client
  readonly #nodes: Informer<Node>
  readonly #deployments: Informer<Deployment>
  readonly #pods: Informer<KubernetesObject>
  #ready = false
  #stands = false

  constructor(options: BootstrapOptions) {
    const { simulation, transport } = options
    this.#options = options
    this.#client = createClient({ transport, simulation, userAgent: 'kubeadm' })
    this.#nodes = new Informer(this.#client, node)
    this.#deployments = new Informer(this.#client, deployment, { namespace: 'kube-system' })
    this.#pods = new Informer(this.#client, pod as Resource, {
      namespace: 'kube-system',
      labelSelector: 'k8s-app=kube-proxy',
    })
    this.#createAll(this.#addons(), () => {
      for (const informer of [this.#nodes, this.#deployments, this.#pods]) {
        informer.onChange(() => this.#look())
        informer.start()
      }
    })
  }

  /** Whether nodes are Ready and addons run; the objects that the user brought are not there yet. */
  get stands(): boolean {
    return this.#stands
  }

  /** Whether the cluster was handed over. */
  get ready(): boolean {
    return this.#ready
  }

  #addons(): readonly (readonly [Resource, KubernetesObject])[] {
    const { proxyMode, podCidr, domain, dnsAddress } = this.#options
    const proxy = kubeProxyManifests({ mode: proxyMode, podCidr })
    const dns = corednsManifests({ domain, clusterIP: dnsAddress })
    return [
      [serviceAccount, proxy.serviceAccount],
      [configMap, proxy.configMap],
      [daemonSet, proxy.daemonSet],
      [serviceAccount, dns.serviceAccount],
      [clusterRole, dns.clusterRole],
      [clusterRoleBinding, dns.clusterRoleBinding],
      [configMap, dns.configMap],
      [deployment, dns.deployment],
      [service, dns.service],
    ]
  }

  #look(): void {
    if (this.#stands) return
    const isReady = ({ status }: Node) =>
      status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
    const dns = this.#deployments.get('kube-system', 'coredns')
    const proxies = this.#pods.list() as readonly { status?: { phase?: string } }[]
    const { nodeCount } = this.#options
    if (this.#nodes.list().filter(isReady).length < nodeCount) return
    if ((dns?.status?.availableReplicas ?? 0) < (dns?.spec?.replicas ?? 1)) return
    if (proxies.filter(({ status }) => status?.phase === 'Running').length < nodeCount) return
    this.#stands = true
    for (const informer of [this.#nodes, this.#deployments, this.#pods]) informer.stop()
    this.#createAll(this.#options.manifests.flatMap(documentsOf), () => (this.#ready = true))
  }

  /** One after the other, each until it is there. */
  #createAll(objects: readonly (readonly [Resource, KubernetesObject])[], done: () => void): void {
    const [first, ...rest] = objects
    if (!first) return done()
    const [resource, object] = first
    this.#client.create(resource, object, (result) => {
      if (result.ok || result.code === 409) this.#createAll(rest, done)
      else if (result.code >= 400 && result.code < 500 && result.code !== 404)
        throw new Error(`${object.kind}: ${result.status.message}`)
      else this.#options.simulation.schedule(RETRY_MS, () => this.#createAll(objects, done))
    })
  }
}

function documentsOf(text: string): (readonly [Resource, KubernetesObject])[] {
  return parseAllDocuments(text).map((document) => {
    const object = document.toJS() as KubernetesObject
    const resource = kinds.find(
      (kind) => kind.kind === object.kind && apiVersionOf(kind) === object.apiVersion,
    )
    if (!resource) throw new Error(`no such kind: ${object.apiVersion} ${object.kind}`)
    return [resource as unknown as Resource, resource.namespaced ? withNamespace(object) : object]
  })
}

const withNamespace = (object: KubernetesObject): KubernetesObject => ({
  ...object,
  metadata: { namespace: 'default', ...object.metadata },
})
