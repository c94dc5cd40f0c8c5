import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import type { Context } from '../context.ts'
import { qualifiedPlural, type ResourceType } from '../discovery.ts'
import { CommandError, StatusError } from '../errors.ts'
import { getObject } from '../resources/builder.ts'
import { pathOf } from '../../api/resource.ts'
import { naturalOrder } from '../printers/sorter.ts'

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

/** Every container of a Pod: init, ordinary, ephemeral, in kubectl's order of search. */
export function containersOf(
  pod: KubeObject,
): { name: string; kind: 'init' | 'container' | 'ephemeral'; spec: KubeObject }[] {
  const tagged = (
    list: KubeObject[] | undefined,
    kind: 'init' | 'container' | 'ephemeral',
  ): { name: string; kind: typeof kind; spec: KubeObject }[] =>
    (list ?? []).map((spec) => ({ name: spec.name, kind, spec }))
  return [
    ...tagged(pod.spec.containers, 'container'),
    ...tagged(pod.spec.initContainers, 'init'),
    ...tagged(pod.spec.ephemeralContainers, 'ephemeral'),
  ]
}

function describeAll(pod: KubeObject): string {
  const mark = { container: '', init: ' (init)', ephemeral: ' (ephem)' }
  return containersOf(pod)
    .map(({ name, kind }) => name + mark[kind])
    .join(', ')
}

export function unknownContainer(pod: KubeObject, wanted: string): string {
  return `container ${wanted} is not valid for pod ${pod.metadata.name} out of: ${describeAll(pod)}`
}

/** The container that `-c` names or that goes without saying; says on stderr which when there are several. */
export function* chooseContainer(
  context: Context,
  pod: KubeObject,
  wanted: string,
  quiet = false,
): Blocking<KubeObject> {
  const all = containersOf(pod)
  if (wanted !== '') {
    const found = all.find(({ name }) => name === wanted)
    if (!found) throw new CommandError(unknownContainer(pod, wanted))
    return found.spec
  }
  const annotated = pod.metadata.annotations?.[DEFAULT_CONTAINER] as string | undefined
  const named = annotated ? all.find(({ name }) => name === annotated) : undefined
  if (named) return named.spec
  if (all.length > 1 && !quiet)
    yield* context.printError(
      `Defaulted container "${pod.spec.containers[0].name}" out of: ${describeAll(pod)}\n`,
    )
  return pod.spec.containers[0]
}

/** The Pod that `POD`, `pod/POD` or the name of something with Pods means. @throws StatusError when it is not there */
export function* podFor(context: Context, word: string, announce = true): Blocking<KubeObject> {
  const [typeName, name] = word.includes('/') ? (word.split('/') as [string, string]) : ['pods', word]
  const type = yield* context.discovery.mustFind(typeName)
  const info = { type, namespace: context.namespace, name }
  const object = yield* getObject(context, info, { accept: 'application/json, */*' })
  if (type.kind === 'Pod') return object
  const pods = yield* podsOf(context, type, object)
  if (pods.length > 1 && announce)
    yield* context.printError(`Found ${pods.length} pods, using pod/${pods[0]!.metadata.name}\n`)
  return pods[0]!
}

/** The Pods that a Service or workload selects, the best to use first. */
export function* podsOf(
  context: Context,
  type: ResourceType,
  object: KubeObject,
  doing = 'attach to',
): Blocking<KubeObject[]> {
  const selector = selectorOf(type, object, doing)
  const list = yield* context.api.get(
    pathOf({ group: '', version: 'v1', plural: 'pods', namespaced: true }, context.namespace),
    { labelSelector: selector },
    'application/json, */*',
  )
  const pods: KubeObject[] = list.items ?? []
  if (pods.length === 0) throw new CommandError(`timed out waiting for the condition`)
  return [...pods].sort(byUse)
}

/** Kinds that select Pods. */
const SELECTING = new Set([
  'DaemonSet',
  'Deployment',
  'Job',
  'ReplicaSet',
  'ReplicationController',
  'Service',
  'StatefulSet',
])

/** @param doing what cannot be done, for the message: `attach to` */
function selectorOf(type: ResourceType, object: KubeObject, doing: string): string {
  const goType = `*${type.version}.${type.kind}`
  if (!SELECTING.has(type.kind))
    throw new CommandError(`cannot ${doing} ${goType}: selector for ${goType} not implemented`)
  const selector = object.spec?.selector
  const labels: Record<string, string> | undefined =
    type.kind === 'Service' || type.kind === 'ReplicationController' ? selector : selector?.matchLabels
  if (!labels || Object.keys(labels).length === 0)
    throw new CommandError(
      `cannot ${doing} ${goType}: invalid service '${object.metadata.name}': Service is defined without a selector`,
    )
  return Object.keys(labels)
    .sort()
    .map((key) => `${key}=${labels[key]}`)
    .join(',')
}

/** Assigned, running, ready, older: whichever is more so is used first. */
function byUse(a: KubeObject, b: KubeObject): number {
  const rank = (pod: KubeObject): number =>
    (pod.spec.nodeName ? 0 : 8) +
    ({ Running: 0, Unknown: 2, Pending: 4 }[pod.status?.phase as string] ?? 0) +
    (isReady(pod) ? 0 : 1)
  const order = rank(a) - rank(b)
  if (order !== 0) return order
  const [left, right] = [readySince(a), readySince(b)]
  return left === right
    ? naturalOrder(String(a.metadata.creationTimestamp), String(b.metadata.creationTimestamp))
    : left < right
      ? -1
      : 1
}

function condition(pod: KubeObject): KubeObject | undefined {
  return (pod.status?.conditions ?? []).find((one: KubeObject) => one.type === 'Ready')
}
function isReady(pod: KubeObject): boolean {
  return condition(pod)?.status === 'True'
}
function readySince(pod: KubeObject): string {
  return String(condition(pod)?.lastTransitionTime ?? '')
}

/** The words of logs and exec for an owner that is not there. */
export function notFoundWords(error: unknown, type: ResourceType, name: string, namespace: string): unknown {
  if (!(error instanceof StatusError) || error.reason !== 'NotFound') return error
  return new CommandError(
    `error from server (NotFound): ${qualifiedPlural(type)} "${name}" not found in namespace "${namespace}"`,
  )
}
