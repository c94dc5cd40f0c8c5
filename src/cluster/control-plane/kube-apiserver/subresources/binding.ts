import type { Binding, Pod, PodCondition } from '../../../../api/generated/types.ts'
import { pod as podKind } from '../../../../api/kinds/pod.ts'
import { isObject } from '../../../../api/objects.ts'
import { conflict, StatusError } from '../../../../api/status.ts'
import type { Answer } from '../../../../api/wire.ts'
import type { Call, ResourceCall } from '../context.ts'
import { bodyOf, decodeBody } from '../decode.ts'
import { writeOptions } from '../options.ts'
import { respond } from '../respond.ts'
import type { StoredObject } from '../store.ts'
import { existing } from '../verbs/get.ts'

const BINDING = { group: '', version: 'v1', kind: 'Binding', definition: 'Binding' }

/** The old way to bind: posted beside the Pods, with the Pod's name inside. Undefined for any other path. */
export function answerBinding(call: Call): Answer | undefined {
  const { info, request } = call
  if (info.group !== '' || info.plural !== 'bindings' || request.method !== 'POST' || info.name !== '')
    return undefined
  const metadata = bodyOf(request, 'Binding')['metadata']
  const name = isObject(metadata) ? String(metadata['name'] ?? '') : ''
  return binding({ ...call, kind: podKind, info: { ...info, name } })
}

/** The scheduler's decision: the Pod's node, once and for all, and its condition PodScheduled. */
export function binding(call: ResourceCall): Answer {
  const { server, kind, info, request } = call
  const options = writeOptions(request, 'CreateOptions')
  const { target, metadata } = decodeBody(call, BINDING, options.fieldValidation) as Binding
  const stored = existing(call)
  const pod = stored as Pod
  const refuse = (why: string) =>
    new StatusError(conflict({ group: '', plural: 'pods/binding' }, info.name, why))
  if (stored.metadata.deletionTimestamp)
    throw refuse(`pod ${info.name} is being deleted, cannot be assigned to a host`)
  if (pod.spec?.nodeName)
    throw refuse(`pod ${info.name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`)
  if (metadata?.uid && metadata.uid !== stored.metadata.uid)
    throw refuse('the UID in the precondition does not match the UID in record')
  const scheduled: PodCondition = {
    type: 'PodScheduled',
    status: 'True',
    lastTransitionTime: server.simulation.timestamp(),
  }
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled')
  const bound = {
    ...pod,
    spec: { ...pod.spec!, nodeName: target.name ?? '' },
    status: { ...pod.status, conditions: [...others, scheduled] },
  } as StoredObject
  if (!options.dryRun) server.store.write(kind, bound)
  return respond(
    201,
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    call.warnings,
  )
}
