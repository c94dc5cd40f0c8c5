import { isObject, type JsonObject } from '../../../../api/objects.ts'
import { fieldsOf } from '../../../../api/schema.ts'

/**
 * How a value is owned: as a whole (`atomic`), or by parts: the fields of a struct, the keys of a map, the items of a
 * list by their keys or by value.
 */
export type Topology =
  | { readonly kind: 'atomic' }
  | { readonly kind: 'struct'; readonly definition: string }
  | { readonly kind: 'map' }
  | { readonly kind: 'keyed-list'; readonly keys: readonly string[]; readonly definition: string }
  | { readonly kind: 'set' }

/** Lists whose items are owned one by one, by the keys that tell them apart (`x-kubernetes-list-map-keys`). */
const LIST_KEYS: Readonly<Record<string, string>> = {
  'ObjectMeta.ownerReferences': 'uid',
  'PodSpec.containers': 'name',
  'PodSpec.initContainers': 'name',
  'PodSpec.ephemeralContainers': 'name',
  'PodSpec.volumes': 'name',
  'PodSpec.imagePullSecrets': 'name',
  'PodSpec.hostAliases': 'ip',
  'PodSpec.topologySpreadConstraints': 'topologyKey whenUnsatisfiable',
  'PodSpec.schedulingGates': 'name',
  'PodSpec.resourceClaims': 'name',
  'PodStatus.conditions': 'type',
  'PodStatus.podIPs': 'ip',
  'Container.env': 'name',
  'Container.ports': 'containerPort protocol',
  'Container.volumeMounts': 'mountPath',
  'Container.volumeDevices': 'devicePath',
  'EphemeralContainer.env': 'name',
  'EphemeralContainer.ports': 'containerPort protocol',
  'EphemeralContainer.volumeMounts': 'mountPath',
  'EphemeralContainer.volumeDevices': 'devicePath',
  'ResourceRequirements.claims': 'name',
  'ServiceSpec.ports': 'port protocol',
  'ServiceStatus.conditions': 'type',
  'ServiceAccount.secrets': 'name',
  'NodeStatus.addresses': 'type',
  'NodeStatus.conditions': 'type',
  'NamespaceStatus.conditions': 'type',
  'DeploymentStatus.conditions': 'type',
  'ReplicaSetStatus.conditions': 'type',
  'ReplicationControllerStatus.conditions': 'type',
  'StatefulSetStatus.conditions': 'type',
  'DaemonSetStatus.conditions': 'type',
  'PersistentVolumeClaimStatus.conditions': 'type',
  'PodDisruptionBudgetStatus.conditions': 'type',
  'HorizontalPodAutoscalerStatus.conditions': 'type',
  'ServiceCIDRStatus.conditions': 'type',
  'FlowSchemaStatus.conditions': 'type',
  'PriorityLevelConfigurationStatus.conditions': 'type',
  'APIServiceStatus.conditions': 'type',
  'CustomResourceDefinitionStatus.conditions': 'type',
  'CertificateSigningRequestStatus.conditions': 'type',
}

const SETS = new Set([
  'ObjectMeta.finalizers',
  'NodeSpec.podCIDRs',
  'UncountedTerminatedPods.failed',
  'UncountedTerminatedPods.succeeded',
])

const ATOMIC_MAPS = new Set([
  'ServiceSpec.selector',
  'PodSpec.nodeSelector',
  'ReplicationControllerSpec.selector',
])

const ATOMIC_STRUCTS = new Set([
  'OwnerReference',
  'LabelSelector',
  'NodeSelector',
  'NodeSelectorTerm',
  'ObjectReference',
  'LocalObjectReference',
  'TypedLocalObjectReference',
  'SecretReference',
  'ObjectFieldSelector',
  'ResourceFieldSelector',
  'ConfigMapKeySelector',
  'SecretKeySelector',
  'FileKeySelector',
  'RoleRef',
  'ServiceBackendPort',
  'ScopeSelector',
  'TopologySelectorTerm',
])

/** Structs that are no pointers in Go: there even when nobody mentions them. So are all that are required. */
const ALWAYS_THERE = new Set([
  'PodTemplateSpec.metadata',
  'PodTemplateSpec.spec',
  'JobTemplateSpec.metadata',
  'JobTemplateSpec.spec',
  'ReplicaSetSpec.template',
  'DeploymentSpec.strategy',
  'StatefulSetSpec.updateStrategy',
  'DaemonSetSpec.updateStrategy',
  'PersistentVolumeClaimSpec.resources',
  'NetworkPolicySpec.podSelector',
  'ServiceStatus.loadBalancer',
  'IngressStatus.loadBalancer',
  'NodeStatus.daemonEndpoints',
  'NodeStatus.nodeInfo',
  'NodeDaemonEndpoints.kubeletEndpoint',
  'Container.resources',
  'Event.source',
])

/** Texts that are there when empty, too: nobody sets them by leaving them empty. */
const ALWAYS_A_TEXT = new Set(['Event.reportingComponent', 'Event.reportingInstance'])

const ATOMIC: Topology = { kind: 'atomic' }
const MAP: Topology = { kind: 'map' }
const SET: Topology = { kind: 'set' }

interface FieldTopology {
  readonly topology: Topology
  /** What Go holds where nothing was said: an empty struct, a nil list, or nothing at all. */
  readonly absent: unknown
}

const PLAIN: FieldTopology = { topology: ATOMIC, absent: undefined }
const EMPTY: JsonObject = {}
const cache = new Map<string, ReadonlyMap<string, FieldTopology>>()

/** Of a struct's field. @param isRoot whether the struct is an object itself: its metadata, spec and status are always there */
export function topologyOf(definition: string, field: string, isRoot = false): FieldTopology {
  let fields = cache.get(definition)
  if (!fields) {
    const names = [...(fieldsOf(definition)?.keys() ?? [])]
    cache.set(definition, (fields = new Map(names.map((name) => [name, compile(definition, name)]))))
  }
  const found = fields.get(field) ?? PLAIN
  const always = isRoot && (field === 'metadata' || field === 'spec' || field === 'status')
  return always ? { topology: found.topology, absent: EMPTY } : found
}

function compile(definition: string, field: string): FieldTopology {
  const type = fieldsOf(definition)!.get(field)!
  const path = `${definition}.${field}`
  const [wrapper] = type.wrappers
  if (wrapper === 'map') return { topology: ATOMIC_MAPS.has(path) ? ATOMIC : MAP, absent: undefined }
  if (wrapper === 'list') {
    const keys = LIST_KEYS[path]?.split(' ')
    const topology: Topology = keys
      ? { kind: 'keyed-list', keys, definition: type.name }
      : SETS.has(path)
        ? SET
        : ATOMIC
    return { topology, absent: type.required ? null : undefined }
  }
  if (ALWAYS_A_TEXT.has(path)) return { topology: ATOMIC, absent: '' }
  if (!fieldsOf(type.name)) return PLAIN
  const absent = type.required || ALWAYS_THERE.has(path) ? EMPTY : undefined
  return { topology: structTopology(type.name), absent }
}

export const structTopology = (definition: string): Topology =>
  ATOMIC_STRUCTS.has(definition) || !fieldsOf(definition) ? ATOMIC : { kind: 'struct', definition }

/** Values of keys that may be left out. */
const KEY_DEFAULTS: JsonObject = { protocol: 'TCP' }

/** The first of an item's keys that it leaves out, and that nothing stands for. */
export const omittedKey = (item: JsonObject, keys: readonly string[]): string | undefined =>
  keys.find((key) => item[key] === undefined && KEY_DEFAULTS[key] === undefined)

/** The path element of a list's item: `k:{"containerPort":80,"protocol":"TCP"}`. */
export function itemElement(item: unknown, keys: readonly string[]): string {
  const values = isObject(item) ? item : EMPTY
  return `k:${JSON.stringify(Object.fromEntries(keys.map((key) => [key, values[key] ?? KEY_DEFAULTS[key]])))}`
}

export const valueElement = (value: unknown): string => `v:${JSON.stringify(value)}`
