import type { Blocking } from '../../os/process.ts'
import { TABLE_ACCEPT, type KubeObject } from '../api.ts'
import type { Context } from '../context.ts'
import type { ResourceType } from '../discovery.ts'
import { CommandError, StatusError } from '../errors.ts'
import { isList, type ObjectPrinter } from '../printers/printer.ts'
import { collectionPath, infosOf, namedBy, objectPath, scopeOf, selectorQuery } from '../resources/builder.ts'
import { readManifests, type Info } from '../resources/manifests.ts'

/** What the server answered for one type or one name: an object, a list or a Table. */
export interface GetAnswer {
  readonly type: ResourceType
  /** Undefined for a whole collection. */
  readonly name?: string
  readonly namespace: string
  readonly body: KubeObject
}

/** Asks for whatever the command line names; what fails is collected. */
export function* fetchAnswers(
  context: Context,
  printer: ObjectPrinter | undefined,
): Blocking<{ answers: GetAnswer[]; errors: Error[]; single: boolean }> {
  const named = yield* namedBy(context, { bareTypes: true })
  const errors: Error[] = []
  const answers: GetAnswer[] = []
  const accept = printer || !context.flags.boolean('server-print') ? 'application/json' : TABLE_ACCEPT
  const sorted = context.flags.string('sort-by') !== '' && !printer
  const fetch = function* (run: () => Blocking<GetAnswer>): Blocking<void> {
    try {
      answers.push(yield* run())
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof CommandError)) throw error
      const hidden =
        error instanceof StatusError &&
        error.reason === 'NotFound' &&
        context.flags.boolean('ignore-not-found')
      if (!hidden) errors.push(error)
    }
  }
  const one = function* (info: Pick<Info, 'type' | 'namespace' | 'name'>): Blocking<GetAnswer> {
    const path = objectPath(info, context.flags.string('subresource') || undefined)
    const body = yield* context.api.get(path, sorted ? { includeObject: 'Object' } : {}, accept)
    return { type: info.type, name: info.name, namespace: info.namespace, body }
  }
  if (named !== 'files' && named.kind === 'types') {
    for (const type of named.types) yield* fetch(() => fetchList(context, type, accept, sorted))
    return { answers, errors, single: false }
  }
  if (named !== 'files' && scopeOf(context).allNamespaces) {
    throw new CommandError('a resource cannot be retrieved by name across all namespaces')
  }
  const manifests = named === 'files' ? yield* readManifests(context) : undefined
  errors.push(...(manifests?.errors ?? []))
  const infos =
    manifests?.infos ??
    (named as Extract<typeof named, { kind: 'objects' }>).objects.map((entry) => ({
      ...entry,
      namespace: entry.type.namespaced ? context.namespace : '',
    }))
  for (const info of infos) yield* fetch(() => one(info))
  return { answers, errors, single: infos.length === 1 }
}

/** A collection, chunk by chunk. */
function* fetchList(
  context: Context,
  type: ResourceType,
  accept: string,
  sorted: boolean,
): Blocking<GetAnswer> {
  const chunk = context.flags.integer('chunk-size')
  const query = {
    ...selectorQuery(context),
    ...(sorted ? { includeObject: 'Object' } : chunk > 0 ? { limit: String(chunk) } : {}),
  }
  const path = collectionPath(context, type)
  let body = yield* getList(context, path, query, accept, type)
  while (body.metadata?.continue) {
    const next = yield* getList(context, path, { ...query, continue: body.metadata.continue }, accept, type)
    body = body.rows
      ? { ...next, columnDefinitions: body.columnDefinitions, rows: [...body.rows, ...(next.rows ?? [])] }
      : { ...next, items: [...body.items, ...next.items] }
  }
  return { type, namespace: scopeOf(context).allNamespaces ? '' : context.namespace, body }
}

/** A bad selector is explained with the selectors that were asked for. */
function* getList(
  context: Context,
  path: string,
  query: Record<string, string | undefined>,
  accept: string,
  type: ResourceType,
): Blocking<KubeObject> {
  try {
    return yield* context.api.get(path, query, accept)
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'BadRequest') throw error
    const { selector, fieldSelector } = scopeOf(context)
    const what = `${type.group}/${type.version}, Resource=${type.plural}`
    throw new StatusError({
      ...error.status,
      message: `Unable to find "${what}" that match label selector "${selector}", field selector "${fieldSelector}": ${error.message}`,
    })
  }
}

export function objectsOf(answer: GetAnswer): KubeObject[] {
  return isList(answer.body) || answer.name === undefined
    ? infosOf(answer.body, answer.type).map((info) => info.object)
    : [answer.body]
}
