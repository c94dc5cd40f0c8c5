/** What the map draws, out of the cluster's objects: the same facts as the table, with an order and a key. */
import type { Pod } from '../../api/generated/types.ts'
import type { MapInput } from '../map/layout.ts'
import { cluster, keyOf } from './cluster.svelte.ts'
import { endpointsOf, externalOf, healthOf, portsOf, rolesOf, type PodHealth } from './facts.ts'

export type Selection = { readonly kind: 'Pod' | 'Service' | 'Node'; readonly key: string }

class MapState {
  selection = $state.raw<Selection>()
  showsSystem = $state(true)
  showsWatches = $state(true)

  readonly pods = $derived(cluster.pods.filter((pod) => this.showsSystem || !isSystem(pod)))
  readonly services = $derived(
    cluster.services
      .filter((service) => this.showsSystem || !isSystemService(keyOf(service)))
      .toSorted((a, b) => Number(isSystemService(keyOf(a))) - Number(isSystemService(keyOf(b)))),
  )
  readonly nodes = $derived(
    cluster.nodes.toSorted(
      (a, b) => Number(rolesOf(b) === 'control-plane') - Number(rolesOf(a) === 'control-plane'),
    ),
  )
  /** Name of the node that carries the control plane. */
  readonly controlPlane = $derived(
    cluster.nodes.find((node) => rolesOf(node) === 'control-plane')?.metadata?.name ?? '',
  )
  readonly endpoints = $derived(endpointsOf(cluster.endpointSlices))
  readonly namespaces = $derived(
    [...new Set(this.pods.map(({ metadata }) => metadata?.namespace ?? ''))]
      .filter((name) => name !== 'kube-system')
      .sort(),
  )

  inputFor(size: { readonly width: number; readonly height: number }): MapInput {
    return {
      ...size,
      nodes: this.nodes.map(({ metadata }) => metadata?.name ?? ''),
      pods: this.pods.map((pod) => ({
        key: keyOf(pod),
        name: pod.metadata?.name ?? '',
        node: pod.spec?.nodeName ?? '',
        isSystem: isSystem(pod),
      })),
      services: this.services.map((service) => ({
        key: keyOf(service),
        name: service.metadata?.name ?? '',
        external: externalOf(service),
        isSystem: isSystemService(keyOf(service)),
      })),
    }
  }

  /** What the panel beside the map says of the thing selected. */
  readonly details = $derived.by(() => {
    const { selection } = this
    const facts = selection && FACTS[selection.kind](selection.key)
    return facts && { ...selection, ...facts }
  })
}

interface Facts {
  readonly name: string
  readonly namespace?: string | undefined
  readonly facts: readonly (readonly [string, string])[]
}

const FACTS: Readonly<Record<Selection['kind'], (key: string) => Facts | undefined>> = {
  Pod(key) {
    const pod = cluster.pods.find((one) => keyOf(one) === key)
    if (!pod) return undefined
    const images = (pod.spec?.containers ?? []).map(({ image }) => image).join(', ')
    const labels = Object.entries(pod.metadata?.labels ?? {}).map(([name, value]) => `${name}=${value}`)
    const facts = [
      ['State', describeHealth(healthOf(pod))],
      ['Address', pod.status?.podIP ?? 'none yet'],
      ['Node', pod.spec?.nodeName ?? 'not scheduled'],
      ['Image', images],
      ['Labels', labels.join(', ') || 'none'],
    ] as const
    return { name: pod.metadata?.name ?? '', namespace: pod.metadata?.namespace, facts }
  },
  Service(key) {
    const service = cluster.services.find((one) => keyOf(one) === key)
    if (!service) return undefined
    const { metadata, spec } = service
    const endpoints = mapState.endpoints.filter((one) => `${one.namespace}/${one.service}` === key)
    const ready = endpoints.filter(({ state }) => state === 'ready')
    const selector = Object.entries(spec?.selector ?? {}).map(([name, value]) => `${name}=${value}`)
    const external = externalOf(service)
    const facts: [string, string][] = [
      ['Type', spec?.type ?? ''],
      ['Virtual IP', spec?.clusterIP ?? ''],
      ...(external ? [['External', external] as [string, string]] : []),
      ['Ports', portsOf(service)],
      ['Selector', selector.join(', ') || 'none'],
      [
        'Endpoints',
        `${ready.length} ready of ${endpoints.length}${ready.length > 0 ? `: ${ready.map(({ address }) => address).join(', ')}` : ''}`,
      ],
    ]
    return { name: metadata?.name ?? '', namespace: metadata?.namespace, facts }
  },
  Node(key) {
    const node = cluster.nodes.find(({ metadata }) => metadata?.name === key)
    if (!node) return undefined
    const pods = cluster.pods.filter(({ spec }) => spec?.nodeName === key)
    const facts = [
      ['Role', rolesOf(node)],
      ['Address', node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? ''],
      ['Pod network', node.spec?.podCIDR ?? ''],
      ['Pods', String(pods.length)],
      ['Kubelet', node.status?.nodeInfo?.kubeletVersion ?? ''],
    ] as const
    return { name: key, facts }
  },
}

export const isSystem = ({ metadata }: Pod): boolean => metadata?.namespace === 'kube-system'
export const isSystemService = (key: string): boolean =>
  key.startsWith('kube-system/') || key === 'default/kubernetes'
export const describeHealth = ({ mark, text, state }: PodHealth): string =>
  `${mark} ${text}${state === 'running' ? ', not ready' : ''}`

export const mapState = new MapState()
