import type { Blocking } from '../../os/process.ts'
import type { KubeObject, Query } from '../api.ts'
import { ALL_NAMESPACES, command, FILENAME_FLAGS, SELECTOR } from '../command.ts'
import { completeTypesAndNames } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { CommandError, StatusError, throwAll } from '../errors.ts'
import { fetchNamed, isNotFound, mustFetch, objectPath, scopeOf } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'
import { describerOf, describesEvents } from '../printers/describe/index.ts'
import { addEvents } from '../printers/describe/events.ts'
import { Lines } from '../printers/describe/lines.ts'
import type { Describing } from '../printers/describe/types.ts'

export const describe = command({
  name: 'describe',
  group: 'Troubleshooting and Debugging Commands',
  short: 'Show objects in detail, with what belongs to them',
  long: 'Shows an object with what belongs to it (endpoints, ReplicaSets, Pods) and its events. A name that is not there is taken as the beginning of names.',
  examples: ['kubectl describe svc web', 'kubectl describe pods -l app=web', 'kubectl describe node node-1'],
  usage: '(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME) [options]',
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR,
    ALL_NAMESPACES,
    { name: 'show-events', type: 'boolean', default: true, help: 'Show the events of the object.' },
    { name: 'chunk-size', type: 'integer', default: 500, help: 'How many objects to ask for at once.' },
  ],
  completeArgs: completeTypesAndNames,
  run: runDescribe,
})

function* runDescribe(context: Context): Blocking<void> {
  if (context.args.length === 0 && context.flags.list('filename').length === 0) {
    throw new CommandError(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
    )
  }
  const { infos, errors, byName } = yield* found(context)
  // Of several objects kubectl shows no events, to ask less of the server.
  const showEvents = context.flags.boolean('show-events') && infos.length + errors.length < 2 && !byName
  let first = true
  for (const info of infos) {
    const text = yield* describeOne(context, info, showEvents)
    yield* context.print(
      byName
        ? `${text}
`
        : first
          ? text
          : `

${text}`,
    )
    first = false
  }
  if (infos.length === 0 && errors.length === 0) {
    yield* context.printError(
      scopeOf(context).allNamespaces
        ? 'No resources found\n'
        : `No resources found in ${context.namespace} namespace.\n`,
    )
  }
  throwAll(errors)
}

interface Found {
  readonly infos: Info[]
  readonly errors: Error[]
  /** Found by the beginning of their names: shown without events. */
  readonly byName?: boolean
}

function* found(context: Context): Blocking<Found> {
  const result = yield* fetchNamed(context, { bareTypes: true, accept: 'application/json' })
  const [resource = '', prefix = ''] = context.args
  const prefixable =
    context.args.length === 2 && result.errors.length === 1 && result.errors.every(isNotFound)
  return prefixable ? yield* byPrefix(context, resource, prefix, result.errors) : result
}

/** Objects whose names begin with the word. */
function* byPrefix(context: Context, resource: string, prefix: string, errors: Error[]): Blocking<Found> {
  const all = yield* mustFetch(context, { args: [resource], bareTypes: true, accept: 'application/json' })
  const infos = all.filter((info) => info.name.startsWith(prefix))
  return infos.length > 0 ? { infos, errors: [], byName: true } : { infos: [], errors }
}

function* describeOne(context: Context, info: Info, showEvents: boolean): Blocking<string> {
  const lines = new Lines()
  // As kubectl does: each object is asked for once more, so that what is shown is of one moment.
  const object = { kind: info.type.kind, ...(yield* context.api.get(objectPath(info))) }
  const describing = describingOf(context, showEvents)
  const result = describerOf(info.type.kind)(lines, object, describing)
  if (result) yield* result
  if (showEvents && describesEvents(info.type.kind))
    addEvents(lines, yield* eventsOf(context, object), context.process.now())
  return lines.toString()
}

function describingOf(context: Context, showEvents: boolean): Describing {
  return {
    nowMs: context.process.now(),
    showEvents,
    *list(path, query: Query = {}): Blocking<readonly KubeObject[]> {
      try {
        return (yield* context.api.get(path, query)).items ?? []
      } catch (error) {
        if (error instanceof StatusError) return []
        throw error
      }
    },
    *get(path) {
      try {
        return yield* context.api.get(path)
      } catch (error) {
        if (error instanceof StatusError) return undefined
        throw error
      }
    },
  }
}

function* eventsOf(context: Context, object: KubeObject): Blocking<readonly KubeObject[]> {
  const { metadata, kind } = object
  const fields: [string, string][] = [['involvedObject.name', metadata.name]]
  if (metadata.namespace) fields.push(['involvedObject.namespace', metadata.namespace])
  // Events of Pods and Nodes are found by name and UID alone.
  if (kind !== 'Pod') fields.push(['involvedObject.kind', kind])
  const uid = kind === 'Node' ? metadata.name : metadata.uid
  if (uid) fields.push(['involvedObject.uid', uid])
  const fieldSelector = fields.map((pair) => pair.join('=')).join(',')
  const path = metadata.namespace ? `/api/v1/namespaces/${metadata.namespace}/events` : '/api/v1/events'
  try {
    const events: KubeObject[] = (yield* context.api.get(path, { fieldSelector, limit: '500' })).items ?? []
    if (kind !== 'Node') return events
    const more: KubeObject[] =
      (yield* context.api.get(path, {
        fieldSelector: fieldSelector.replace(`uid=${uid}`, `uid=${metadata.uid}`),
        limit: '500',
      })).items ?? []
    return [...events, ...more]
  } catch (error) {
    if (error instanceof StatusError) return []
    throw error
  }
}
