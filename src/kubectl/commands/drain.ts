import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import type { Context } from '../context.ts'
import { CommandError, PlainError, StatusError } from '../errors.ts'
import type { Flag } from '../flags.ts'
import type { Info } from '../resources/manifests.ts'
import { PODS } from './exec.ts'

export const DRAIN_FLAGS: readonly Flag[] = [
  { name: 'ignore-daemonsets', type: 'boolean', default: false, help: 'Leave the Pods of DaemonSets.' },
  {
    name: 'delete-emptydir-data',
    type: 'boolean',
    default: false,
    help: 'Also Pods with emptyDir volumes, whose data is lost.',
  },
  { name: 'force', type: 'boolean', default: false, help: 'Also Pods that nothing will create again.' },
  { name: 'grace-period', type: 'integer', default: -1, help: 'Seconds a Pod has to end.' },
  { name: 'timeout', type: 'duration', default: 0, help: 'How long to go on trying; 0 is for ever.' },
  { name: 'pod-selector', type: 'string', default: '', help: 'Only Pods with these labels.' },
  { name: 'disable-eviction', type: 'boolean', default: false, help: 'Delete instead of evicting.' },
  { name: 'skip-wait-for-delete-timeout', type: 'integer', default: 0, help: 'Accepted.' },
  { name: 'chunk-size', type: 'integer', default: 500, help: 'How many Pods to ask for at once.' },
]

/** Evicts every Pod of a node. @throws PlainError for Pods that flags do not allow to evict */
export function* drainNode(context: Context, node: Info): Blocking<void> {
  const pods = yield* podsToEvict(context, node)
  if (context.dryRun === 'client') {
    for (const pod of pods)
      yield* context.printLine(`evicting pod ${pod.metadata.namespace}/${pod.metadata.name} (dry run)`)
    return
  }
  const timeout = context.flags.duration('timeout')
  const untilMs = timeout > 0 ? context.process.now() + timeout : Infinity
  yield* evictAll(context, pods, untilMs)
}

const RETRY_MS = 5000

/** Asks for each Pod, again after a while where a disruption budget forbids it, and waits until all are gone. */
function* evictAll(context: Context, pods: readonly KubeObject[], untilMs: number): Blocking<void> {
  let refused: readonly KubeObject[] = pods
  let leaving: readonly KubeObject[] = []
  let nextTryMs = context.process.now()
  while (refused.length + leaving.length > 0) {
    if (context.process.now() >= nextTryMs) {
      for (const pod of refused)
        yield* context.printLine(
          `evicting pod ${pod.metadata.namespace}/${pod.metadata.name}${context.dryRunSuffix}`,
        )
      const still: KubeObject[] = []
      for (const pod of refused) {
        if (yield* evict(context, pod)) leaving = [...leaving, pod]
        else still.push(pod)
      }
      refused = still
      nextTryMs = context.process.now() + RETRY_MS
    }
    const there: KubeObject[] = []
    for (const pod of leaving) if (!(yield* isGone(context, pod))) there.push(pod)
    leaving = there
    if (refused.length + leaving.length === 0) return
    if (context.process.now() > untilMs)
      throw new CommandError(`global timeout reached: ${context.flags.duration('timeout') / 1000}s`)
    yield* context.process.sleep(1000)
  }
}

function* podsToEvict(context: Context, node: Info): Blocking<KubeObject[]> {
  const selector = context.flags.string('pod-selector')
  const query = {
    fieldSelector: `spec.nodeName=${node.name}`,
    labelSelector: selector || undefined,
    limit: String(context.flags.integer('chunk-size')),
  }
  const list = yield* context.api.get('/api/v1/pods', query)
  const { flags } = context
  const refused: [reason: string, pods: string[]][] = []
  const warned: [reason: string, pods: string[]][] = []
  const note = (lists: typeof refused, reason: string, pod: KubeObject): void => {
    const name = `${pod.metadata.namespace}/${pod.metadata.name}`
    const entry = lists.find(([one]) => one === reason)
    if (entry) entry[1].push(name)
    else lists.push([reason, [name]])
  }
  const chosen: KubeObject[] = []
  for (const pod of (list.items ?? []) as KubeObject[]) {
    if (pod.metadata.annotations?.['kubernetes.io/config.mirror']) continue
    const owner = (pod.metadata.ownerReferences as KubeObject[] | undefined)?.find((one) => one.controller)
    const finished = ['Succeeded', 'Failed'].includes(pod.status?.phase)
    if (owner?.kind === 'DaemonSet' && !finished) {
      if (flags.boolean('ignore-daemonsets')) note(warned, 'ignoring DaemonSet-managed Pods', pod)
      else note(refused, 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)', pod)
      continue
    }
    if (!owner && !finished) {
      if (!flags.boolean('force')) {
        note(refused, 'cannot delete Pods that declare no controller (use --force to override)', pod)
        continue
      }
      note(warned, 'deleting Pods that declare no controller', pod)
    }
    const local = ((pod.spec.volumes ?? []) as KubeObject[]).some((volume) => volume.emptyDir)
    if (local && !finished && !flags.boolean('delete-emptydir-data')) {
      note(refused, 'cannot delete Pods with local storage (use --delete-emptydir-data to override)', pod)
      continue
    }
    chosen.push(pod)
  }
  const text = (lists: typeof refused): string[] =>
    lists.map(([reason, names]) => `${reason}: ${names.join(', ')}`).sort()
  if (refused.length > 0) {
    const lines = text(refused)
    const error = lines.length > 1 ? `[${lines.join(', ')}]` : lines[0]
    throw new PlainError(
      `error: unable to drain node "${node.name}" due to error: ${error}, continuing command...\nThere are pending nodes to be drained:\n ${node.name}\n${lines.join('\n')}`,
    )
  }
  if (warned.length > 0) yield* context.printError(`Warning: ${text(warned).join('; ')}\n`)
  return chosen
}

/** @returns whether the server let the Pod go */
function* evict(context: Context, pod: KubeObject): Blocking<boolean> {
  const { namespace, name } = pod.metadata
  const grace = context.flags.integer('grace-period')
  const deleteOptions = grace >= 0 ? { gracePeriodSeconds: grace } : {}
  try {
    if (context.flags.boolean('disable-eviction')) {
      yield* context.api.send('DELETE', pathOf(PODS, namespace, name), {}, deleteOptions)
    } else {
      const body = { kind: 'Eviction', apiVersion: 'policy/v1', metadata: { name, namespace }, deleteOptions }
      yield* context.api.send('POST', pathOf(PODS, namespace, name, 'eviction'), {}, body, {
        accept: 'application/json, */*',
      })
    }
    return true
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    if (error.reason === 'NotFound') return true
    const what = `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}`
    if (error.reason !== 'TooManyRequests') throw new CommandError(`${what}: ${error.message}`)
    yield* context.printError(`${what} (will retry after ${RETRY_MS / 1000}s): ${error.message}\n`)
    return false
  }
}

function* isGone(context: Context, pod: KubeObject): Blocking<boolean> {
  const { namespace, name, uid } = pod.metadata
  try {
    const current = yield* context.api.get(pathOf(PODS, namespace, name))
    if (current.metadata.uid === uid) return false
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'NotFound') throw error
  }
  yield* context.printLine(`pod/${name} ${context.flags.boolean('disable-eviction') ? 'deleted' : 'evicted'}`)
  return true
}
