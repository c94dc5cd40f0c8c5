import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import type { Flag } from '../flags.ts'
import { objectPath } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'
import { UnfitError, withPodSpec } from './pod-spec.ts'

export const ENVIRONMENT_FLAGS: readonly Flag[] = [
  { name: 'env', short: 'e', type: 'array', default: [], help: 'KEY=VALUE.' },
  { name: 'from', type: 'string', default: '', help: 'Take every key of configmap/NAME or secret/NAME.' },
  { name: 'keys', type: 'list', default: [], help: 'Only these keys.' },
  { name: 'prefix', type: 'string', default: '', help: 'Put this before each name.' },
  { name: 'containers', short: 'c', type: 'string', default: '*', help: 'Which containers.' },
  { name: 'list', type: 'boolean', default: false, help: 'Show the environment.' },
  { name: 'resolve', type: 'boolean', default: false, help: 'Show the values that references lead to.' },
  { name: 'overwrite', type: 'boolean', default: true, help: 'Change what is there already.' },
]

export function* listEnvironment(context: Context, infos: readonly Info[]): Blocking<boolean> {
  if (!context.flags.boolean('list')) return false
  for (const { object, type, name } of infos) {
    const spec =
      object.kind === 'Pod'
        ? object.spec
        : (object.spec.template?.spec ?? object.spec.jobTemplate?.spec.template.spec)
    for (const container of [...(spec.initContainers ?? []), ...spec.containers] as KubeObject[]) {
      yield* context.printLine(`# ${type.kind} ${name}, container ${container.name}`)
      for (const variable of (container.env ?? []) as KubeObject[])
        yield* context.printLine(variableText(variable))
    }
  }
  return true
}

function variableText({ name, value, valueFrom }: KubeObject): string {
  if (!valueFrom) return `${name}=${value ?? ''}`
  if (valueFrom.configMapKeyRef)
    return `# ${name} from configmap ${valueFrom.configMapKeyRef.name}, key ${valueFrom.configMapKeyRef.key}`
  if (valueFrom.secretKeyRef)
    return `# ${name} from secret ${valueFrom.secretKeyRef.name}, key ${valueFrom.secretKeyRef.key}`
  if (valueFrom.fieldRef) return `# ${name} from field path ${valueFrom.fieldRef.fieldPath}`
  return `# ${name} from resource ${valueFrom.resourceFieldRef?.resource}`
}

export function* changeEnvironment(
  context: Context,
  object: KubeObject,
  changes: readonly string[],
): Blocking<KubeObject> {
  const added = [
    ...(yield* fromReference(context)),
    ...[...changes, ...context.flags.list('env')].filter((text) => text.includes('=')).map(readPair),
  ]
  const removed = changes
    .filter((text) => !text.includes('=') && text.endsWith('-'))
    .map((text) => text.slice(0, -1))
  const wanted = context.flags.string('containers')
  const containers: KubeObject[] = []
  withPodSpec(object, (spec) => (containers.push(...spec.containers), spec))
  if (wanted !== '*' && !containers.some(({ name }) => name === wanted))
    yield* context.printError(
      `Warning: ${object.kind}/${object.metadata.name} does not have any containers matching ${JSON.stringify(wanted)}\n`,
    )
  const taken = added.find((one) =>
    containers.some(({ env = [] }) => env.some((other: KubeObject) => other.name === one.name)),
  )
  if (taken && !context.flags.boolean('overwrite')) throw alreadyThere(containers, taken.name)
  return withPodSpec(object, (spec) => ({
    ...spec,
    containers: spec.containers.map((container: KubeObject) =>
      wanted === '*' || wanted === container.name ? updated(container, added, removed) : container,
    ),
  }))
}

function alreadyThere(containers: readonly KubeObject[], name: string): UnfitError {
  const { value = '' } = containers
    .flatMap(({ env = [] }) => env as KubeObject[])
    .find((one) => one.name === name)
  return new UnfitError(`'${name}' already has a value (${value}), and --overwrite is false`)
}

function readPair(text: string): KubeObject {
  const equals = text.indexOf('=')
  return { name: text.slice(0, equals), value: text.slice(equals + 1) }
}

function updated(
  container: KubeObject,
  added: readonly KubeObject[],
  removed: readonly string[],
): KubeObject {
  const before: KubeObject[] = container.env ?? []
  const kept = before
    .filter((one) => !removed.includes(one.name))
    .map((one) => added.find((other) => other.name === one.name) ?? one)
  const env = [...kept, ...added.filter((one) => !before.some((other) => other.name === one.name))]
  if (env.length > 0) return { ...container, env }
  const { env: _, ...rest } = container
  return rest
}

/** `--from=configmap/settings`: a variable a key, its name in capitals. */
function* fromReference(context: Context): Blocking<KubeObject[]> {
  const from = context.flags.string('from')
  if (from === '') return []
  const [typeName = '', name = ''] = from.split('/')
  const type = yield* context.discovery.mustFind(typeName)
  if (type.kind !== 'ConfigMap' && type.kind !== 'Secret')
    throw new CommandError(`unsupported resource specified in --from`)
  const source = yield* context.api.get(
    objectPath({ type, namespace: context.namespace, name }),
    {},
    'application/json, */*',
  )
  const keys = context.flags.list('keys')
  const variables: KubeObject[] = []
  for (const key of Object.keys(source.data ?? {}).sort()) {
    if (keys.length > 0 && !keys.includes(key)) continue
    const bare = key.toUpperCase().replace(/[^A-Z0-9_]/g, '_')
    const variable = context.flags.string('prefix') + bare
    if (bare !== key) yield* context.printError(`Warning: key ${key} transferred to ${bare}\n`)
    const reference = { key, name }
    variables.push({
      name: variable,
      valueFrom: type.kind === 'ConfigMap' ? { configMapKeyRef: reference } : { secretKeyRef: reference },
    })
  }
  return variables
}
