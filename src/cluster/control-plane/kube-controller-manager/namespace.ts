import * as api from '../../../api/index.ts'
import type { Namespace, NamespaceCondition } from '../../../api/index.ts'
import {
  call,
  controller,
  finalize,
  isDeleting,
  nameOf,
  requeueAfter,
  uidOf,
  updateStatus,
  type Client,
  type Controller,
  type ReconcileContext,
  type Write,
} from '../../../client/index.ts'

/** Time for the API server to learn that nothing may be created here any more. */
const GRACE_MS = 5000
const FINALIZER = 'kubernetes'

/** What is deleted with a namespace, after its Pods. */
const contents = api.kinds.filter(
  ({ namespaced, verbs, plural, conversion }) =>
    namespaced && verbs.includes('deletecollection') && plural !== 'pods' && !conversion,
)

/** Empties a namespace that is being deleted, Pods first, and lets it go when nothing is left. */
export function namespaceController(client: Client): Controller {
  const plans = new Plans()
  return controller<Namespace>({
    name: 'namespace-controller',
    for: api.namespace,
    workers: 10,
    reconcile(namespace, context) {
      if (!isDeleting(namespace) || !namespace.spec?.finalizers?.includes(FINALIZER)) return []
      plans.noteChange(namespace, context.nowMs + GRACE_MS)
      const wait = plans.next(namespace) - context.nowMs
      if (wait > 0) return [requeueAfter(wait)]
      plans.clearDue(namespace, context.nowMs)
      const again = (ms: number) => {
        plans.add(namespace, context.nowMs + ms)
        return requeueAfter(plans.next(namespace) - context.nowMs)
      }
      return context.list(api.pod, nameOf(namespace)).length > 0
        ? deletePods(client, namespace, context, again)
        : deleteContents(client, namespace, context, again)
    },
  })
}

/** When to look at a namespace that is going: a while after each change of it, and when its Pods should have ended. */
class Plans {
  readonly #plans = new Map<string, { revision: string | undefined; dueAt: number[] }>()

  #of(namespace: Namespace): { revision: string | undefined; dueAt: number[] } {
    const known = this.#plans.get(uidOf(namespace))
    if (known) return known
    const plan = { revision: undefined, dueAt: [] }
    this.#plans.set(uidOf(namespace), plan)
    return plan
  }

  noteChange(namespace: Namespace, dueAt: number): void {
    const plan = this.#of(namespace)
    const revision = namespace.metadata?.resourceVersion
    if (plan.revision !== revision) plan.dueAt.push(dueAt)
    plan.revision = revision
  }

  add(namespace: Namespace, dueAt: number): void {
    this.#of(namespace).dueAt.push(dueAt)
  }

  next(namespace: Namespace): number {
    return Math.min(...this.#of(namespace).dueAt)
  }

  clearDue(namespace: Namespace, nowMs: number): void {
    const plan = this.#of(namespace)
    plan.dueAt = plan.dueAt.filter((dueAt) => dueAt > nowMs)
  }
}

type Again = (ms: number) => Write

/** Pods have time to end: half of the longest period later they are looked after. When none is left it goes on. */
function deletePods(client: Client, namespace: Namespace, context: ReconcileContext, again: Again): Write[] {
  return [
    call(`deletes the Pods of ${nameOf(namespace)}`, (done) =>
      client.deleteCollection(api.pod, nameOf(namespace), {}, () =>
        client.list(api.pod, nameOf(namespace), {}, (left) => {
          if (!left.ok) return done(left.status.message, [])
          const pods = left.object.items
          if (pods.length === 0) return done(undefined, deleteContents(client, namespace, context, again))
          const conditions = writeConditions(namespace, new Map([['pods', pods.length]]), new Map(), context)
          const grace = Math.max(...pods.map(({ spec }) => spec?.terminationGracePeriodSeconds ?? 30))
          done(undefined, [...conditions, again((grace / 2 + 1) * 1000)])
        }),
      ),
    ),
  ]
}

function deleteContents(
  client: Client,
  namespace: Namespace,
  context: ReconcileContext,
  again: Again,
): Write[] {
  return [
    deleteAll(client, namespace, contents),
    call(`counts what is left in ${nameOf(namespace)}`, (done) =>
      countAll(client, namespace, (failure, remaining, finalizers) => {
        const conditions = conditionsOf(namespace, remaining, finalizers, context)
        const emptied = { ...namespace, status: { ...namespace.status, conditions } }
        const isEmpty = failure === undefined && remaining.size === 0
        const status = updateStatus(api.namespace, emptied, {
          after: (result) => (result.ok && isEmpty ? [letGo(result.object)] : []),
        })
        done(failure, isEmpty ? [status] : [status, again(1000)])
      }),
    ),
  ]
}

function letGo(namespace: Namespace): Write {
  const finalizers = namespace.spec?.finalizers?.filter((name) => name !== FINALIZER) ?? []
  return finalize(
    api.namespace,
    { ...namespace, spec: { ...namespace.spec, finalizers } },
    { tolerate: ['NotFound'] },
  )
}

function deleteAll(client: Client, namespace: Namespace, resources: readonly api.Resource[]): Write {
  return call(`deletes the contents of ${nameOf(namespace)}`, (done) => {
    const next = (position: number, failure: string | undefined): void => {
      const resource = resources[position]
      if (!resource) return done(failure, [])
      client.deleteCollection(resource, nameOf(namespace), {}, (result) =>
        next(position + 1, failure ?? (result.ok ? undefined : result.status.message)),
      )
    }
    next(0, undefined)
  })
}

/** How many objects of each kind are left, and how many of them hold on by each finalizer. */
function countAll(
  client: Client,
  namespace: Namespace,
  done: (
    failure: string | undefined,
    remaining: Map<string, number>,
    finalizers: Map<string, number>,
  ) => void,
): void {
  const remaining = new Map<string, number>()
  const finalizers = new Map<string, number>()
  let failure: string | undefined
  const next = (position: number): void => {
    const resource = contents[position]
    if (!resource) return done(failure, remaining, finalizers)
    client.list(resource, nameOf(namespace), {}, (result) => {
      if (!result.ok) failure ??= result.status.message ?? 'list failed'
      else if (result.object.items.length > 0) {
        remaining.set(
          resource.group ? `${resource.plural}.${resource.group}` : resource.plural,
          result.object.items.length,
        )
        for (const finalizer of result.object.items.flatMap((item) => item.metadata?.finalizers ?? [])) {
          finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1)
        }
      }
      next(position + 1)
    })
  }
  next(0)
}

function writeConditions(
  namespace: Namespace,
  remaining: ReadonlyMap<string, number>,
  finalizers: ReadonlyMap<string, number>,
  context: ReconcileContext,
): Write[] {
  const conditions = conditionsOf(namespace, remaining, finalizers, context)
  const known = namespace.status?.conditions ?? []
  const isSame = conditions.every((next, position) => known[position]?.message === next.message)
  return isSame
    ? []
    : [updateStatus(api.namespace, { ...namespace, status: { ...namespace.status, conditions } })]
}

function conditionsOf(
  namespace: Namespace,
  remaining: ReadonlyMap<string, number>,
  finalizers: ReadonlyMap<string, number>,
  context: ReconcileContext,
): NamespaceCondition[] {
  const resources = [...remaining]
    .map(([name, count]) => `${name} has ${count} resource instances`)
    .join(', ')
  const holding = [...finalizers].map(([name, count]) => `${name} in ${count} resource instances`).join(', ')
  const next: readonly [type: string, status: string, reason: string, message: string][] = [
    [
      'NamespaceDeletionDiscoveryFailure',
      'False',
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      'False',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    [
      'NamespaceDeletionContentFailure',
      'False',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ],
    remaining.size > 0
      ? [
          'NamespaceContentRemaining',
          'True',
          'SomeResourcesRemain',
          `Some resources are remaining: ${resources}`,
        ]
      : ['NamespaceContentRemaining', 'False', 'ContentRemoved', 'All content successfully removed'],
    finalizers.size > 0
      ? [
          'NamespaceFinalizersRemaining',
          'True',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${holding}`,
        ]
      : [
          'NamespaceFinalizersRemaining',
          'False',
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ],
  ]
  return next.map(([type, status, reason, message]) => {
    const known = namespace.status?.conditions?.find((condition) => condition.type === type)
    const lastTransitionTime = known?.status === status ? known.lastTransitionTime : undefined
    return {
      type,
      status,
      lastTransitionTime: lastTransitionTime ?? context.simulation.timestamp(),
      reason,
      message,
    }
  })
}
