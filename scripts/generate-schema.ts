/**
 * Turns the OpenAPI models that `@kubernetes/client-node` carries (Kubernetes 1.36) into what the engine needs:
 *
 * - `types.ts`: a readonly interface per definition, for the compiler;
 * - `schema.ts`: the fields of each definition as data, for strict decoding and validation by type;
 * - `descriptions.json`: the prose of each field, for `kubectl explain` and the editor; loaded apart, as it is large.
 *
 * Only definitions reachable from `ROOTS` are kept. The output is not committed; `npm ci` makes it.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Classes of client-node from which everything the API server serves is reachable. */
const ROOTS = [
  'V1Namespace V1Node V1Pod V1Service V1Endpoints V1ConfigMap V1Secret V1ServiceAccount CoreV1Event V1ResourceQuota',
  'V1LimitRange V1ComponentStatus V1ReplicationController V1PodTemplate V1PersistentVolume V1PersistentVolumeClaim V1Binding',
  'V1Deployment V1ReplicaSet V1StatefulSet V1DaemonSet V1ControllerRevision V1Job V1CronJob',
  'V1EndpointSlice V1Ingress V1IngressClass V1NetworkPolicy V1ServiceCIDR V1IPAddress V1PodDisruptionBudget V1Eviction',
  'V1HorizontalPodAutoscaler V2HorizontalPodAutoscaler V1Scale V1Lease V1StorageClass V1PriorityClass',
  'V1Role V1RoleBinding V1ClusterRole V1ClusterRoleBinding',
  'V1Status V1APIResourceList V1APIGroupList V1APIVersions V1DeleteOptions AuthenticationV1TokenRequest',
  'V1SelfSubjectAccessReview V1SelfSubjectReview V1SubjectAccessReview V1SelfSubjectRulesReview EventsV1Event',
  'V1CSIDriver V1CSINode V1CSIStorageCapacity V1VolumeAttachment V1VolumeAttributesClass V1RuntimeClass',
  'V1CertificateSigningRequest V1FlowSchema V1PriorityLevelConfiguration V1CustomResourceDefinition V1APIService',
  'V1MutatingWebhookConfiguration V1ValidatingWebhookConfiguration V1MutatingAdmissionPolicy V1MutatingAdmissionPolicyBinding',
  'V1ValidatingAdmissionPolicy V1ValidatingAdmissionPolicyBinding V1DeviceClass ResourceV1ResourceClaim V1ResourceClaimTemplate V1ResourceSlice',
]
  .join(' ')
  .split(' ')

/** Names that are not simply the class without its version. */
const RENAMED: Readonly<Record<string, string>> = {
  CoreV1Event: 'Event',
  CoreV1EventSeries: 'EventSeries',
  CoreV1EndpointPort: 'EndpointPort',
  DiscoveryV1EndpointPort: 'EndpointSlicePort',
  EventsV1Event: 'EventsV1Event',
  EventsV1EventSeries: 'EventsV1EventSeries',
  RbacV1Subject: 'Subject',
  CoreV1ResourceClaim: 'ContainerResourceClaim',
  ResourceV1ResourceClaim: 'ResourceClaim',
  AuthenticationV1TokenRequest: 'TokenRequest',
  V1HorizontalPodAutoscaler: 'HorizontalPodAutoscalerV1',
  V1HorizontalPodAutoscalerSpec: 'HorizontalPodAutoscalerSpecV1',
  V1HorizontalPodAutoscalerStatus: 'HorizontalPodAutoscalerStatusV1',
}
const nameOf = (className: string): string => RENAMED[className] ?? className.replace(/^V[12](?=[A-Z])/, '')

interface Field {
  readonly name: string
  readonly type: string
  /** OpenAPI's: `int32`, `int64`, `double`, `byte`, `date-time` or empty. */
  readonly format: string
  readonly required: boolean
  readonly description: string
}
interface Definition {
  readonly className: string
  readonly description: string
  readonly fields: readonly Field[]
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const models = join(
  dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')),
  'gen',
  'models',
)
const available = new Set(readdirSync(models))

function prose(comment: string | undefined): string {
  if (!comment) return ''
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim()
    .replace(/\\(['"])/g, '$1')
}

/** Fields that are resource quantities: written as numbers too, stored in canonical form. The models call them strings. */
const QUANTITIES = new Set(
  [
    'ResourceRequirements.limits ResourceRequirements.requests VolumeResourceRequirements.limits VolumeResourceRequirements.requests',
    'PodSpec.overhead EmptyDirVolumeSource.sizeLimit ResourceFieldSelector.divisor NodeStatus.capacity NodeStatus.allocatable',
    'ResourceQuotaSpec.hard ResourceQuotaStatus.hard ResourceQuotaStatus.used LimitRangeItem.default LimitRangeItem.defaultRequest',
    'LimitRangeItem.max LimitRangeItem.min LimitRangeItem.maxLimitRequestRatio PersistentVolumeSpec.capacity',
    'PersistentVolumeClaimStatus.capacity PersistentVolumeClaimStatus.allocatedResources ContainerStatus.allocatedResources',
    'CSIStorageCapacity.capacity CSIStorageCapacity.maximumVolumeSize',
    'PodStatus.allocatedResources MetricTarget.averageValue MetricTarget.value MetricValueStatus.averageValue MetricValueStatus.value',
  ]
    .join(' ')
    .split(' '),
)

/** client-node renames what JavaScript reserves (`_continue`, `_default`); its map of attributes knows the real names. */
function attributes(source: string): Map<string, { name: string; format: string }> {
  const found = source.matchAll(
    /"name": "([^"]+)",\s*"baseName": "([^"]+)",\s*"type": "[^"]*",\s*"format": "([^"]*)"/g,
  )
  return new Map([...found].map((match) => [match[1]!, { name: match[2]!, format: match[3]! }]))
}

function parse(className: string): Definition | undefined {
  if (!available.has(`${className}.d.ts`)) return undefined
  const text = readFileSync(join(models, `${className}.d.ts`), 'utf8')
  const known = attributes(readFileSync(join(models, `${className}.js`), 'utf8'))
  const head = text.indexOf('export declare class')
  const description = prose([...text.slice(0, head).matchAll(/\/\*\*([\s\S]*?)\*\//g)].at(-1)?.[1])
  const body = text.slice(head, text.indexOf('static readonly discriminator'))
  const fields = [
    ...body.matchAll(/(?:\/\*\*([\s\S]*?)\*\/\s*)?'([^']+)'(\?)?: ((?:\{[^}]*\}|[^;{])+);/g),
  ].map((match) => ({
    name: known.get(match[2]!)?.name ?? match[2]!,
    format: known.get(match[2]!)?.format ?? '',
    type: match[4]!.replace(/\s+/g, ' '),
    required: match[3] !== '?',
    description: prose(match[1]),
  }))
  return { className, description, fields }
}

function collect(): Map<string, Definition> {
  const found = new Map<string, Definition>()
  const waiting = [...ROOTS]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue
    const definition = parse(next)
    if (!definition) continue
    found.set(next, definition)
    for (const field of definition.fields) {
      for (const word of field.type.matchAll(/[A-Z]\w+/g))
        if (available.has(`${word[0]}.d.ts`)) waiting.push(word[0])
    }
  }
  return new Map([...found].sort(([a], [b]) => (nameOf(a) < nameOf(b) ? -1 : 1)))
}

/** The TypeScript type of a field. Times are RFC 3339 strings, as on the wire. */
function typescript(type: string): string {
  const array = /^Array<(.+)>$/.exec(type)
  if (array) return `readonly ${typescript(array[1]!)}[]`
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)
  if (map) return `Readonly<Record<string, ${typescript(map[1]!)}>>`
  if (available.has(`${type}.d.ts`)) return nameOf(type)
  if (type === 'IntOrString') return 'number | string'
  if (type === 'Date' || type === 'V1MicroTime') return 'string'
  if (type === 'any' || type === 'object') return 'unknown'
  return type
}

/**
 * A field's type as data, one string: `string`, `int32`, `int64`, `double`, `boolean`, `bytes` (base64), `quantity`,
 * `int-or-string`, `time`, `micro-time`, `any`, a definition's name, with `[]` behind for a list and `{}` for a map, innermost first: `ServicePort[]`, `string{}`, `string[]{}`.
 */
function notation(owner: string, { name, type, format }: Pick<Field, 'name' | 'type' | 'format'>): string {
  const of = (inner: string) => notation(owner, { name, type: inner, format })
  const array = /^Array<(.+)>$/.exec(type)
  if (array) return `${of(array[1]!)}[]`
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)
  if (map) return `${of(map[1]!)}{}`
  if (available.has(`${type}.d.ts`)) return nameOf(type)
  if (type === 'number') return ['int32', 'int64', 'double'].includes(format) ? format : 'int64'
  if (type === 'string' && QUANTITIES.has(`${owner}.${name}`)) return 'quantity'
  if (type === 'string' && format === 'byte') return 'bytes'
  const plain: Record<string, string> = {
    string: 'string',
    boolean: 'boolean',
    IntOrString: 'int-or-string',
    Date: 'time',
    V1MicroTime: 'micro-time',
  }
  return plain[type] ?? 'any'
}

const definitions = collect()
const types = [...definitions.values()].map(({ className, fields }) => {
  const rows = fields.map(
    (field) =>
      `  readonly ${/^\w+$/.test(field.name) ? field.name : `'${field.name}'`}${field.required ? '' : '?'}: ${typescript(field.type)}`,
  )
  return `export interface ${nameOf(className)} {\n${rows.join('\n')}\n}\n`
})
const schema = Object.fromEntries(
  [...definitions.values()].map(({ className, fields }) => [
    nameOf(className),
    Object.fromEntries(
      fields.map((field) => [field.name, notation(nameOf(className), field) + (field.required ? '!' : '')]),
    ),
  ]),
)
const descriptions = Object.fromEntries(
  [...definitions.values()].map(({ className, description, fields }) => [
    nameOf(className),
    { '': description, ...Object.fromEntries(fields.map((field) => [field.name, field.description])) },
  ]),
)

const out = join(root, 'src/api/generated')
mkdirSync(out, { recursive: true })
const banner =
  '// Made by scripts/generate-schema.ts from the OpenAPI models of Kubernetes 1.36. Not committed.\n'
writeFileSync(join(out, 'types.ts'), `${banner}\n${types.join('\n')}`)
/** A definition a line: its name, then its fields; a field's type goes unsaid where it is a string. */
const lines = Object.entries(schema).map(([name, fields]) =>
  [
    name,
    ...Object.entries(fields).map(([field, type]) => `${field}:${type}`.replace(/:string(!?)$/, '$1')),
  ].join(' '),
)
writeFileSync(
  join(out, 'schema.ts'),
  `${banner}
/** Definition name to field name to type notation; \`!\` marks a required field. See \`src/api/schema.ts\`. */
export const definitions: Readonly<Record<string, Readonly<Record<string, string>>>> = Object.fromEntries(
  ${JSON.stringify(lines.join('\n'))}.split('\\n').map((line) => {
    const [name, ...fields] = line.split(' ')
    return [
      name,
      Object.fromEntries(
        fields.map((field) => {
          const [key, type] = field.split(':')
          return type ? [key, type] : key!.endsWith('!') ? [key!.slice(0, -1), 'string!'] : [key, 'string']
        }),
      ),
    ]
  }),
)
`,
)
writeFileSync(join(out, 'descriptions.json'), JSON.stringify(descriptions))
console.log(`${definitions.size} definitions`)
