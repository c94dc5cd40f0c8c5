import type {
  Endpoint,
  EndpointSlice,
  EndpointSlicePort,
  Namespace,
  Pod,
  Service,
} from '../../../../../api/generated/types.ts'
import { endpointSlice } from '../../../../../api/kinds/endpoint-slice.ts'
import { namespace as namespaceKind } from '../../../../../api/kinds/namespace.ts'
import { pod as podKind } from '../../../../../api/kinds/pod.ts'
import { service as serviceKind } from '../../../../../api/kinds/service.ts'
import { Informer, type Client } from '../../../../../client/index.ts'

/** One endpoint of a Service, with the port it is asked for. */
export interface ServiceEndpoint {
  readonly address: string
  /** Its label below the Service's name: the Pod's hostname, or the address with dashes. */
  readonly label: string
  readonly ports: readonly EndpointSlicePort[]
  /** `namespace/name` of the Service. */
  readonly service: string
}

/** What is known of the cluster. */
export interface KubernetesData {
  hasNamespace(name: string): boolean
  service(namespace: string, name: string): Service | undefined
  endpoints(namespace: string, name: string): readonly ServiceEndpoint[]
  servicesWithAddress(address: string): readonly Service[]
  endpointsWithAddress(address: string): readonly ServiceEndpoint[]
  hasPod(namespace: string, address: string): boolean
  /** When something last changed, in seconds: the serial of the zone. */
  readonly serial: number
}

const SERVICE_NAME = 'kubernetes.io/service-name'

/** The same, kept by watching Services, EndpointSlices and Namespaces (and Pods, where their names are verified). */
export class WatchedData implements KubernetesData {
  readonly #services: Informer<Service>
  readonly #slices: Informer<EndpointSlice>
  readonly #namespaces: Informer<Namespace>
  readonly #pods: Informer<Pod> | undefined
  #serial: number

  constructor(client: Client, options: { readonly watchPods: boolean }) {
    const { simulation } = client
    this.#serial = Math.floor(simulation.nowMs / 1000)
    this.#services = new Informer(client, serviceKind)
    this.#slices = new Informer(client, endpointSlice)
    this.#namespaces = new Informer(client, namespaceKind)
    this.#pods = options.watchPods ? new Informer(client, podKind) : undefined
    this.#services.addIndex('address', ({ spec }) => [
      ...(spec?.clusterIPs ?? (spec?.clusterIP ? [spec.clusterIP] : [])),
    ])
    this.#slices.addIndex('service', (slice) => [serviceOf(slice)])
    this.#slices.addIndex('address', ({ endpoints }) =>
      (endpoints ?? []).flatMap(({ addresses }) => addresses),
    )
    this.#pods?.addIndex('address', ({ status }) => (status?.podIPs ?? []).flatMap(({ ip }) => ip ?? []))
    const changed = () => {
      this.#serial = Math.floor(simulation.nowMs / 1000)
    }
    this.#services.onChange(changed)
    this.#slices.onChange(changed)
    for (const informer of this.#informers()) informer.start()
  }

  get synced(): boolean {
    return this.#informers().every(({ synced }) => synced)
  }

  get serial(): number {
    return this.#serial
  }

  stop(): void {
    for (const informer of this.#informers()) informer.stop()
  }

  hasNamespace(name: string): boolean {
    return this.#namespaces.get(undefined, name) !== undefined
  }

  service(namespace: string, name: string): Service | undefined {
    return this.#services.get(namespace, name)
  }

  endpoints(namespace: string, name: string): readonly ServiceEndpoint[] {
    return this.#slices.byIndex('service', `${namespace}/${name}`).flatMap(endpointsIn)
  }

  servicesWithAddress(address: string): readonly Service[] {
    return this.#services.byIndex('address', address)
  }

  endpointsWithAddress(address: string): readonly ServiceEndpoint[] {
    const all = this.#slices.byIndex('address', address).flatMap(endpointsIn)
    return all.filter((endpoint) => endpoint.address === address)
  }

  hasPod(namespace: string, address: string): boolean {
    return (
      this.#pods?.byIndex('address', address).some(({ metadata }) => metadata?.namespace === namespace) ??
      false
    )
  }

  #informers(): readonly Informer<never>[] {
    const all = [this.#services, this.#slices, this.#namespaces, ...(this.#pods ? [this.#pods] : [])]
    return all as unknown as readonly Informer<never>[]
  }
}

const serviceOf = ({ metadata }: EndpointSlice) =>
  `${metadata?.namespace}/${metadata?.labels?.[SERVICE_NAME] ?? ''}`

/** A slice without ports has endpoints all the same: those of a headless Service without ports. */
const NO_PORTS: readonly EndpointSlicePort[] = [{}]

/** The endpoints of a slice that DNS speaks of: those that are ready, or of which nothing is said. */
export function endpointsIn(slice: EndpointSlice): ServiceEndpoint[] {
  const ports = slice.ports && slice.ports.length > 0 ? slice.ports : NO_PORTS
  const service = serviceOf(slice)
  return (slice.endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap((endpoint) =>
      endpoint.addresses.map((address) => ({ address, label: labelOf(endpoint, address), ports, service })),
    )
}

const labelOf = ({ hostname }: Endpoint, address: string) => hostname || address.replace(/[.:]/g, '-')
