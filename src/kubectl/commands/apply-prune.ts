import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { Context } from '../context.ts'
import { klog } from '../klog.ts'
import { qualifiedKind, type ResourceType } from '../discovery.ts'
import { infosOf, objectPath } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'
import { LAST_APPLIED } from './write.ts'

/** The types that `--prune` looks at unless told otherwise, in this order. */
const PRUNED: readonly (readonly [apiVersion: string, kind: string])[] = [
  ['v1', 'ConfigMap'],
  ['v1', 'Endpoints'],
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'Pod'],
  ['v1', 'ReplicationController'],
  ['v1', 'Secret'],
  ['v1', 'Service'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'ReplicaSet'],
  ['apps/v1', 'StatefulSet'],
  ['v1', 'Namespace'],
  ['v1', 'PersistentVolume'],
]

const NAMESPACE_NOTE =
  'Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.'

/** Deletes what carries the label, was applied before, and is not among what was applied now. */
export function* prune(context: Context, applied: readonly Info[]): Blocking<void> {
  if (context.config.contexts.some((entry) => entry.value.namespace) || context.namespaceExplicit) {
    yield* context.printError(klog(context, 'W', 'prune.go:71', NAMESPACE_NOTE))
  }
  const kept = new Set(applied.map((info) => String(info.object.metadata.uid)))
  const namespaces = [...new Set(applied.map((info) => info.namespace).filter(Boolean))]
  const listed = context.flags.list('prune-allowlist')
  const wanted = listed.length > 0 ? listed.map(readAllowed) : PRUNED
  for (const scoped of [true, false]) {
    for (const namespace of scoped ? namespaces : ['']) {
      for (const [apiVersion, kind] of wanted) {
        const type = yield* context.discovery.forKind(apiVersion, kind)
        if (type?.namespaced === scoped) yield* pruneType(context, type, namespace, kept)
      }
    }
  }
}

/** `core/v1/ConfigMap`, `apps/v1/Deployment`. */
function readAllowed(text: string): readonly [string, string] {
  const [group = '', version = '', kind = ''] = text.split('/')
  return [group === 'core' || group === '' ? version : `${group}/${version}`, kind]
}

function* pruneType(
  context: Context,
  type: ResourceType,
  namespace: string,
  kept: ReadonlySet<string>,
): Blocking<void> {
  const list = yield* context.api.get(
    pathOf(type, namespace || undefined),
    { labelSelector: context.flags.string('selector') || undefined },
    'application/json',
  )
  for (const info of infosOf(list, type)) {
    if (kept.has(info.object.metadata.uid) || !info.object.metadata.annotations?.[LAST_APPLIED]) continue
    if (context.dryRun !== 'client')
      yield* context.api.send(
        'DELETE',
        objectPath(info),
        {},
        { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
        { accept: 'application/json' },
      )
    yield* context.printLine(`${qualifiedKind(type)}/${info.name} pruned${context.dryRunSuffix}`)
  }
}
