/**
 * The JSON schema by which the editor completes, explains and underlines: made from the same generated definitions that
 * the API server decodes with, for the kinds that it serves.
 */

export type Schema = { readonly [keyword: string]: unknown }

/** Definition name to field name to type notation: `string`, `Container[]!`, `quantity{}`. */
export type Definitions = Readonly<Record<string, Readonly<Record<string, string>>>>
/** Definition name to field name to prose; the empty field name is the definition itself. */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>

export interface ServedKind {
  readonly apiVersion: string
  readonly kind: string
}

/** Definitions that are not called as their kind: of kinds with two shapes. */
const DEFINITIONS: Readonly<Record<string, string>> = {
  'autoscaling/v1/HorizontalPodAutoscaler': 'HorizontalPodAutoscalerV1',
  'events.k8s.io/v1/Event': 'EventsV1Event',
}

/** A whole manifest: `apiVersion` and `kind` choose the definition. */
export function manifestSchema(
  kinds: readonly ServedKind[],
  definitions: Definitions,
  descriptions: Descriptions,
): Schema {
  const known = kinds.flatMap((kind) => {
    const definition = DEFINITIONS[`${kind.apiVersion}/${kind.kind}`] ?? kind.kind
    return definitions[definition] === undefined ? [] : [{ ...kind, definition }]
  })
  return {
    type: 'object',
    required: ['apiVersion', 'kind'],
    properties: {
      apiVersion: {
        enum: unique(known.map(({ apiVersion }) => apiVersion)),
        description: descriptions['Pod']?.['apiVersion'],
      },
      kind: { enum: unique(known.map(({ kind }) => kind)), description: descriptions['Pod']?.['kind'] },
    },
    allOf: known.map(({ apiVersion, kind, definition: name }) => ({
      if: {
        required: ['apiVersion', 'kind'],
        properties: { apiVersion: { const: apiVersion }, kind: { const: kind } },
      },
      then: { $ref: `#/definitions/${name}` },
    })),
    definitions: Object.fromEntries(
      Object.entries(definitions).map(([name, fields]) => [
        name,
        definition(name, fields, descriptions[name] ?? {}),
      ]),
    ),
  }
}

const unique = (values: readonly string[]) => [...new Set(values)]

function definition(
  name: string,
  fields: Readonly<Record<string, string>>,
  prose: Readonly<Record<string, string>>,
): Schema {
  const required = Object.keys(fields).filter((field) => fields[field]!.endsWith('!'))
  const properties = Object.entries(fields).map(([field, notation]) => {
    const values = ENUMS[`${name}.${field}`]
    return [
      field,
      {
        ...typeOf(notation.replace(/!$/, '')),
        ...(values ? { enum: values } : {}),
        ...(prose[field] ? { description: prose[field] } : {}),
      },
    ]
  })
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
    ...(required.length > 0 ? { required } : {}),
    ...(prose[''] ? { description: prose[''] } : {}),
  }
}

/** `Container[]`: the marks after a name wrap it, the last one outermost. */
function typeOf(notation: string): Schema {
  if (notation.endsWith('[]')) return { type: 'array', items: typeOf(notation.slice(0, -2)) }
  if (notation.endsWith('{}')) return { type: 'object', additionalProperties: typeOf(notation.slice(0, -2)) }
  return SCALARS[notation] ?? { $ref: `#/definitions/${notation}` }
}

const SCALARS: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  int64: { type: 'integer' },
  double: { type: 'number' },
  // YAML reads an unquoted time as a string here, and quantities as numbers where they are plain.
  time: { type: 'string' },
  'micro-time': { type: 'string' },
  bytes: { type: 'string' },
  quantity: { type: ['string', 'number'] },
  'int-or-string': { type: ['integer', 'string'] },
  any: {},
}

/** What OpenAPI leaves out: the values that the API server accepts. */
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  'ServiceSpec.type': ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'],
  'ServiceSpec.sessionAffinity': ['None', 'ClientIP'],
  'ServiceSpec.externalTrafficPolicy': ['Cluster', 'Local'],
  'ServiceSpec.internalTrafficPolicy': ['Cluster', 'Local'],
  'ServiceSpec.ipFamilyPolicy': ['SingleStack', 'PreferDualStack', 'RequireDualStack'],
  'ServiceSpec.trafficDistribution': ['PreferSameZone', 'PreferSameNode', 'PreferClose'],
  'ServicePort.protocol': ['TCP', 'UDP', 'SCTP'],
  'ContainerPort.protocol': ['TCP', 'UDP', 'SCTP'],
  'Container.imagePullPolicy': ['Always', 'IfNotPresent', 'Never'],
  'PodSpec.restartPolicy': ['Always', 'OnFailure', 'Never'],
  'PodSpec.dnsPolicy': ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'],
  'DeploymentStrategy.type': ['RollingUpdate', 'Recreate'],
  'EndpointSlice.addressType': ['IPv4', 'IPv6', 'FQDN'],
}
