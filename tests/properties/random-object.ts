/** Objects by lot, made from the schema that the API server decodes with: right in form, seldom in meaning. */
import fc from 'fast-check'
import { definitions } from '../../src/api/generated/schema.ts'
import type { Kind } from '../../src/api/kind.ts'
import { apiVersionOf, type KubernetesObject } from '../../src/api/resource.ts'

const text = fc.constantFrom(
  'web', 'a', 'TCP', 'UDP', 'http', 'Always', 'IfNotPresent', 'ClusterIP', 'nginx:1.27', '10.0.0.1', '10.96.0.50', '/data',
  'Bad Name', '', '-', 'a/b', 'UPPER', 'x'.repeat(300), '*/5 * * * *', 'Never', 'OnFailure', 'Exists', 'In', 'ü', '0',
) // prettier-ignore
const integer = fc.constantFrom(0, 1, 2, 5, 80, 443, 8080, 65_535, 65_536, -1, 30_080, 2_147_483_647)
const quantity = fc.constantFrom('1', '100m', '64Mi', '0', '1.5', '-1', 'much')

const LEAVES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  string: text,
  int32: integer,
  int64: integer,
  double: fc.constantFrom(0, 0.5, 2),
  boolean: fc.boolean(),
  bytes: fc.constantFrom('', 'dGV4dA==', 'no base64'),
  quantity,
  'int-or-string': fc.oneof(integer, fc.constantFrom('50%', 'http', '')),
  time: fc.constantFrom('2026-11-22T08:00:00Z', null),
  'micro-time': fc.constantFrom('2026-11-22T08:00:00.000000Z', null),
  any: fc.constantFrom({}, { type: 'object' }, []),
}

const MAX_DEPTH = 7

/** A value of a type in the schema's notation: `ServicePort[]!`. */
function valueOf(notation: string, depth: number): fc.Arbitrary<unknown> {
  const type = notation.replace(/!$/, '')
  if (type.endsWith('[]')) return fc.array(valueOf(type.slice(0, -2), depth + 1), { maxLength: 2 })
  if (type.endsWith('{}')) {
    const key = fc.constantFrom('app', 'a.b/c', 'cpu', 'Bad Key', 'x')
    return fc.dictionary(key, valueOf(type.slice(0, -2), depth + 1), { maxKeys: 2 })
  }
  return LEAVES[type] ?? structOf(type, depth)
}

/** Its required fields, and a few of the others. */
function structOf(definition: string, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(definitions[definition] ?? {})
  const required = fields.filter(([, notation]) => notation.endsWith('!'))
  if (depth > MAX_DEPTH) return fc.constant({})
  return fc.subarray(fields, { maxLength: Math.min(4, fields.length) }).chain((chosen) => {
    const all = new Map([...required, ...chosen])
    return fc.record(
      Object.fromEntries([...all].map(([name, notation]) => [name, valueOf(notation, depth + 1)])),
    )
  })
}

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'nginx' }] },
}
const selector = { matchLabels: { app: 'web' } }
const job = { template: { spec: { ...template.spec, restartPolicy: 'Never' } } }

/** What a kind does not exist without. */
const LEAST: Readonly<Record<string, object>> = {
  Pod: { spec: template.spec },
  Deployment: { spec: { selector, template } },
  ReplicaSet: { spec: { selector, template } },
  DaemonSet: { spec: { selector, template } },
  StatefulSet: { spec: { selector, template, serviceName: 'web' } },
  Job: { spec: job },
  CronJob: { spec: { schedule: '* * * * *', jobTemplate: { spec: job } } },
  Service: { spec: { ports: [{ port: 80 }] } },
  Ingress: { spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } } },
  HorizontalPodAutoscaler: {
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 3 },
  },
  PersistentVolumeClaim: {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  ServiceCIDR: { spec: { cidrs: ['10.1.0.0/16'] } },
  ReplicationController: { spec: { selector: { app: 'web' }, template } },
  EndpointSlice: { addressType: 'IPv4', endpoints: [] },
}

/** An object of the kind with a valid name: the least there is, changed in some of its parts. */
export function randomObject(kind: Kind): fc.Arbitrary<KubernetesObject> {
  const { definition } = kind
  return fc.tuple(structOf(definition, 0), fc.boolean(), fc.boolean()).map(([random, isWhole, isPlain]) => {
    const least = LEAST[kind.kind] ?? {}
    const object = isPlain ? least : isWhole ? { ...least, ...random } : overlay(least, random)
    const metadata = { name: 'web', ...(kind.namespaced && { namespace: 'default' }) }
    return { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind, metadata } as KubernetesObject
  })
}

function overlay(base: object, change: Readonly<Record<string, unknown>>): object {
  const result: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(change)) {
    const old = result[key]
    result[key] = isPlainObject(old) && isPlainObject(value) ? overlay(old, value) : value
  }
  return result
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
