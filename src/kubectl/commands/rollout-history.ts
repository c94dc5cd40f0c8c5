import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { command, DRY_RUN, FILENAME_FLAGS, PRINT_FLAGS, SELECTOR } from '../command.ts'
import { completeTypes } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { kindWithGroup, qualifiedKind } from '../discovery.ts'
import { CommandError, throwAll } from '../errors.ts'
import { addTemplateBody } from '../printers/describe/pod.ts'
import { Lines, selectorText } from '../printers/describe/lines.ts'
import { objectName, printerFor } from '../printers/printer.ts'
import { fetchNamed, objectPath } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'
import { reporter } from './results.ts'
import { LAST_APPLIED } from './write.ts'

const REVISION = 'deployment.kubernetes.io/revision'
const CHANGE_CAUSE = 'kubernetes.io/change-cause'
const WORKLOADS = ['deployment', 'daemonset', 'statefulset']

/** One state a workload has had. */
interface Revision {
  /** What -o prints: the ReplicaSet, or the workload as it was. */
  readonly shown: KubeObject
  readonly number: number
  readonly cause: string
  /** The ReplicaSet or ControllerRevision that keeps it. */
  readonly keeper: KubeObject
  readonly template: KubeObject
}

export const history = command({
  name: 'history',
  short: 'List the revisions of a workload',
  usage: '(TYPE NAME | TYPE/NAME) [flags] [options]',
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    SELECTOR,
    { name: 'revision', type: 'integer', default: 0, help: 'Show this revision in detail.' },
  ],
  completeArgs: completeTypes(WORKLOADS),
  *run(context): Blocking<void> {
    if (context.args.length === 0 && context.flags.list('filename').length === 0)
      throw new CommandError('required resource not specified')
    const wanted = context.flags.integer('revision')
    if (wanted < 0) throw new CommandError(`revision must be a positive integer: ${wanted}`)
    const printer = printerFor(context, { nameOf: objectName })
    const { infos, errors } = yield* fetchNamed(context, { bareTypes: true, accept: 'application/json, */*' })
    throwAll(errors)
    for (const info of infos) {
      const revisions = yield* revisionsOf(context, info)
      if (printer) {
        for (const one of revisions.filter(({ number }) => wanted === 0 || number === wanted))
          yield* context.print(printer.print(one.shown))
        continue
      }
      const name = `${qualifiedKind(info.type)}/${info.name}`
      if (wanted === 0) yield* context.print(`${name} \n${historyTable(revisions)}\n`)
      else {
        const found = revisions.find(({ number }) => number === wanted)
        if (!found) throw new CommandError('unable to find the specified revision')
        yield* context.print(`${name} with revision #${wanted}\n${templateText(withCause(info, found))}\n`)
      }
    }
  },
})

/** Of a Deployment the template is shown with why it came about. */
function withCause(info: Info, { template, cause }: Revision): KubeObject {
  if (info.type.kind !== 'Deployment' || cause === '') return template
  const annotations = { ...template.metadata?.annotations, [CHANGE_CAUSE]: cause }
  return { ...template, metadata: { ...template.metadata, annotations } }
}

function historyTable(revisions: readonly Revision[]): string {
  const width = Math.max('REVISION'.length, ...revisions.map(({ number }) => String(number).length)) + 2
  const rows = revisions.map(({ number, cause }) => `${String(number).padEnd(width)}${cause || '<none>'}\n`)
  return `${'REVISION'.padEnd(width)}CHANGE-CAUSE\n${rows.join('')}`
}

/** A Pod template as history and a dry run of undo show it: not aligned. */
function templateText(template: KubeObject): string {
  const lines = new Lines()
  lines.add(0, 'Pod Template:')
  addTemplateBody(lines, template, 1)
  return lines.raw()
}

/** What is sought, as messages name it. */
interface Wording {
  readonly retrieved: string
  readonly implemented: string
}
const HISTORY: Wording = { retrieved: 'history', implemented: 'history viewer' }
const ROLLBACK: Wording = { retrieved: 'rollbacker', implemented: 'rollbacker' }

/** Kinds of workloads, as kubectl counts them. */
const VISITED: ReadonlySet<string> = new Set([
  'CronJob.batch',
  'DaemonSet.apps',
  'Deployment.apps',
  'Job.batch',
  'Pod',
  'ReplicaSet.apps',
  'ReplicationController',
  'StatefulSet.apps',
])

/** The revisions of a workload, oldest first. @throws CommandError for a kind without history */
function* revisionsOf(context: Context, info: Info, wording: Wording = HISTORY): Blocking<Revision[]> {
  const { kind } = info.type
  const named = kindWithGroup(info.type)
  if (!VISITED.has(named))
    throw new CommandError(
      `error retrieving ${wording.retrieved} for "${named}", no visitor method exists for {${info.type.group} ${kind}}`,
    )
  if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(kind))
    throw new CommandError(`no ${wording.implemented} has been implemented for "${named}"`)
  const workload = yield* context.api.get(objectPath(info))
  const plural = kind === 'Deployment' ? 'replicasets' : 'controllerrevisions'
  const list = yield* context.api.get(`/apis/apps/v1/namespaces/${info.namespace}/${plural}`, {
    labelSelector: selectorText(workload.spec.selector),
  })
  const owned = ((list.items ?? []) as KubeObject[]).filter((one) =>
    (one.metadata.ownerReferences as KubeObject[] | undefined)?.some(
      (owner) => owner.controller && owner.uid === workload.metadata.uid,
    ),
  )
  const typed = { apiVersion: 'apps/v1', kind: kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision' }
  return owned
    .map((one) => ({
      number:
        kind === 'Deployment' ? Number(one.metadata.annotations?.[REVISION] ?? 0) : Number(one.revision ?? 0),
      cause: String(one.metadata.annotations?.[CHANGE_CAUSE] ?? ''),
      keeper: { ...typed, ...one },
      shown:
        kind === 'Deployment'
          ? { ...typed, ...one }
          : { ...workload, spec: { ...workload.spec, template: one.data?.spec?.template } },
      template: kind === 'Deployment' ? one.spec.template : one.data?.spec?.template,
    }))
    .sort((a, b) => a.number - b.number)
}

export const undo = command({
  name: 'undo',
  short: 'Go back to an earlier revision',
  usage: '(TYPE NAME | TYPE/NAME) [flags] [options]',
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    SELECTOR,
    DRY_RUN,
    { name: 'to-revision', type: 'integer', default: 0, help: 'The revision; 0 is the last one before.' },
  ],
  completeArgs: completeTypes(WORKLOADS),
  *run(context): Blocking<void> {
    if (context.args.length === 0 && context.flags.list('filename').length === 0)
      throw new CommandError('required resource not specified')
    const { infos, errors } = yield* fetchNamed(context, { bareTypes: true, accept: 'application/json, */*' })
    throwAll(errors)
    for (const info of infos) {
      if (info.object.metadata.annotations?.[LAST_APPLIED]) {
        yield* context.printError(
          `Warning: resource ${info.type.plural}/${info.name} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`,
        )
      }
      const report = reporter(context, { alone: true })
      yield* report(info.object, yield* rollBack(context, info), info.type)
    }
  },
})

function* rollBack(context: Context, info: Info): Blocking<string> {
  const revisions = yield* revisionsOf(context, info, ROLLBACK)
  const wanted = context.flags.integer('to-revision')
  const target = wanted > 0 ? revisions.find(({ number }) => number === wanted) : revisions.at(-2)
  if (!target && wanted > 0) throw new CommandError(`unable to find specified revision ${wanted} in history`)
  if (!target)
    throw new CommandError(
      info.type.kind === 'Deployment'
        ? `no rollout history found for deployment ${JSON.stringify(info.name)}`
        : 'no last revision to roll back to',
    )
  if (context.dryRun === 'client') return templateText(target.template)
  if (info.object.spec.paused)
    throw new CommandError(
      "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    )
  if (info.type.kind !== 'Deployment') {
    const body = target.keeper.data
    yield* context.api.send('PATCH', objectPath(info), context.writeQuery(), body, {
      contentType: 'application/strategic-merge-patch+json',
    })
    return 'rolled back'
  }
  const { 'pod-template-hash': _, ...labels } = target.template.metadata?.labels ?? {}
  const template = { ...target.template, metadata: { ...target.template.metadata, labels } }
  if (JSON.stringify(template) === JSON.stringify(info.object.spec.template)) {
    return `skipped rollback (current template already matches revision ${target.number})`
  }
  const patch = [
    { op: 'replace', path: '/spec/template', value: template },
    { op: 'replace', path: '/metadata/annotations', value: annotationsOf(info.object, target.keeper) },
  ]
  yield* context.api.send('PATCH', objectPath(info), context.writeQuery(), patch, {
    contentType: 'application/json-patch+json',
  })
  return 'rolled back'
}

/** Annotations come from the ReplicaSet, but those that belong to the Deployment alone. */
function annotationsOf(deployment: KubeObject, set: KubeObject): Record<string, string> {
  const own = [
    LAST_APPLIED,
    REVISION,
    'deployment.kubernetes.io/revision-history',
    'deployment.kubernetes.io/desired-replicas',
    'deployment.kubernetes.io/max-replicas',
    'deprecated.deployment.rollback.to',
  ]
  const pick = (from: Record<string, string>, kept: boolean): [string, string][] =>
    Object.entries(from).filter(([key]) => own.includes(key) === kept)
  return Object.fromEntries([
    ...pick(deployment.metadata.annotations ?? {}, true),
    ...pick(set.metadata.annotations ?? {}, false),
  ])
}
