import { fnv1a } from '../../../api/hash.ts'
import { fieldsOf } from '../../../api/schema.ts'
import type { Kind } from '../../../api/kind.ts'
import { apiVersionOf } from '../../../api/resource.ts'
import type { Answer, ApiRequest } from '../../../api/wire.ts'
import type { Server } from './context.ts'
import { respondCacheable } from './respond.ts'

/**
 * `/openapi/v3`: an index of group-versions, and a document for each, made from the same schema that decodes requests.
 * Undefined for any other path.
 */
export function openapi(server: Server, request: ApiRequest): Answer | undefined {
  const path = request.path.replace(/\/$/, '')
  if (path === '/openapi/v3')
    return respondCacheable(request, hashOf(server, path), () => ({ paths: index(server) }))
  if (!path.startsWith('/openapi/v3/')) return undefined
  const root = path.slice('/openapi/v3/'.length)
  const kinds = server.kinds.filter((kind) => rootOf(kind) === root)
  if (kinds.length === 0) return undefined
  return respondCacheable(request, hashOf(server, root), () => documentOf(server, kinds))
}

const rootOf = (kind: Kind) => `${kind.group === '' ? 'api' : 'apis'}/${apiVersionOf(kind)}`

function index(server: Server): object {
  const roots = [...new Set(server.kinds.map(rootOf))]
  return Object.fromEntries(
    roots.map((root) => [root, { serverRelativeURL: `/openapi/v3/${root}?hash=${hashOf(server, root)}` }]),
  )
}

/** Changes when a document may: with the release, and when the descriptions arrive. */
export function hashOf(server: Server, root: string): string {
  const hash = fnv1a(
    0x811c9dc5,
    `${root} ${server.version.gitVersion} ${server.descriptions() ? 'described' : 'bare'}`,
  )
  return (hash >>> 0).toString(16).toUpperCase().padStart(8, '0')
}

function documentOf(server: Server, kinds: readonly Kind[]): object {
  const schemas: Record<string, object> = {}
  for (const kind of kinds) addSchema(server, kind.definition, schemas)
  for (const kind of kinds) {
    const name = schemaName(kind.definition)
    schemas[name] = { ...schemas[name], 'x-kubernetes-group-version-kind': [groupVersionKind(kind)] }
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: server.version.gitVersion },
    paths: Object.fromEntries(kinds.flatMap(pathsOf)),
    components: { schemas },
  }
}

const groupVersionKind = ({ group, version, kind }: Kind) => ({ group, version, kind })

/** Clients learn from the paths which kind lives where, and that writes take `dryRun` and `fieldValidation`. */
function pathsOf(kind: Kind): readonly (readonly [string, object])[] {
  const base = `/${rootOf(kind)}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}`
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
  }))
  const operation = (action: string, writes: boolean) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': groupVersionKind(kind),
    ...(writes ? { parameters } : {}),
  })
  const collection = { get: operation('list', false), post: operation('post', true) }
  const item = {
    get: operation('get', false),
    put: operation('put', true),
    patch: operation('patch', true),
    delete: operation('delete', false),
  }
  return [
    [base, collection],
    [`${base}/{name}`, item],
  ]
}

const META = new Set([
  'ObjectMeta',
  'ListMeta',
  'LabelSelector',
  'LabelSelectorRequirement',
  'OwnerReference',
  'ManagedFieldsEntry',
  'Status',
  'StatusCause',
  'StatusDetails',
  'DeleteOptions',
  'Preconditions',
  'Condition',
  'APIResource',
  'APIResourceList',
])

/** Groups whose definitions are told by what they begin with; the rest are core's. */
const PACKAGES: readonly (readonly [RegExp, string])[] = [
  [/^(Deployment|ReplicaSet|StatefulSet|DaemonSet|ControllerRevision|RollingUpdate)/, 'io.k8s.api.apps.v1'],
  [/^(Job|CronJob|PodFailurePolicy|SuccessPolicy|UncountedTerminatedPods)/, 'io.k8s.api.batch.v1'],
  [/^(EndpointSlice|Endpoint$|EndpointConditions|EndpointHints|ForNode|ForZone)/, 'io.k8s.api.discovery.v1'],
  [
    /^(Ingress|NetworkPolicy|HTTPIngress|IPBlock|IPAddress|ServiceCIDR|ServiceBackendPort|ParentReference)/,
    'io.k8s.api.networking.v1',
  ],
  [/^(PodDisruptionBudget|Eviction)/, 'io.k8s.api.policy.v1'],
  [/^(HorizontalPodAutoscaler|HPA|Metric|CrossVersion)/, 'io.k8s.api.autoscaling.v2'],
  [/^Scale/, 'io.k8s.api.autoscaling.v1'],
  [/^Lease/, 'io.k8s.api.coordination.v1'],
  [/^StorageClass/, 'io.k8s.api.storage.v1'],
  [/^PriorityClass/, 'io.k8s.api.scheduling.v1'],
  [/^(Role|ClusterRole|PolicyRule|Subject|AggregationRule)/, 'io.k8s.api.rbac.v1'],
]

function schemaName(definition: string): string {
  if (META.has(definition)) return `io.k8s.apimachinery.pkg.apis.meta.v1.${definition}`
  const found = PACKAGES.find(([pattern]) => pattern.test(definition))
  return `${found?.[1] ?? 'io.k8s.api.core.v1'}.${definition === 'EndpointSlicePort' ? 'EndpointPort' : definition}`
}

/** Types that the wire shows as plain values. */
const VALUE_TYPES: Readonly<Record<string, readonly [name: string, schema: object]>> = {
  quantity: [
    'io.k8s.apimachinery.pkg.api.resource.Quantity',
    { oneOf: [{ type: 'string' }, { type: 'number' }] },
  ],
  'int-or-string': [
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  ],
  time: ['io.k8s.apimachinery.pkg.apis.meta.v1.Time', { type: 'string', format: 'date-time' }],
  'micro-time': ['io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime', { type: 'string', format: 'date-time' }],
}

const SCALARS: Readonly<Record<string, object>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
  any: { type: 'object' },
}

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` })

function addSchema(server: Server, definition: string, schemas: Record<string, object>): void {
  const name = schemaName(definition)
  if (schemas[name]) return
  schemas[name] = {}
  const prose = server.descriptions()?.[definition]
  const fields = fieldsOf(definition) ?? new Map()
  const properties: Record<string, object> = {}
  for (const [field, type] of fields) {
    let schema = typeSchema(server, type.name, schemas)
    for (const wrapper of [...type.wrappers].reverse()) {
      const inner = '$ref' in schema ? { allOf: [schema] } : schema
      schema =
        wrapper === 'list' ? { type: 'array', items: inner } : { type: 'object', additionalProperties: inner }
    }
    const described = { description: prose?.[field] ?? '' }
    properties[field] = '$ref' in schema ? { ...described, allOf: [schema] } : { ...described, ...schema }
  }
  const required = [...fields].filter(([, type]) => type.required).map(([field]) => field)
  schemas[name] = {
    description: prose?.[''] ?? '',
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    properties,
  }
}

function typeSchema(server: Server, type: string, schemas: Record<string, object>): object {
  if (SCALARS[type]) return SCALARS[type]
  const value = VALUE_TYPES[type]
  if (value) schemas[value[0]] = value[1]
  else addSchema(server, type, schemas)
  return reference(value ? value[0] : schemaName(type))
}
