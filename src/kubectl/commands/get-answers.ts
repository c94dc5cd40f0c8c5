import { resolvePath } from '../../os/path.ts'
import type { Blocking } from '../../os/process.ts'
import { TABLE_ACCEPT, type KubeObject } from '../api.ts'
import type { Context } from '../context.ts'
import type { ResourceType } from '../discovery.ts'
import { CommandError, StatusError } from '../errors.ts'
import { isList } from '../printers/printer.ts'
import { getObject, infosOf, listObjects, namedBy, scopeOf, selectorQuery } from '../resources/builder.ts'
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
  human: boolean,
): Blocking<{ answers: GetAnswer[]; errors: Error[]; single: boolean }> {
  const named = yield* namedBy(context, { bareTypes: true, oneType: watches(context) })
  const errors: Error[] = []
  const answers: GetAnswer[] = []
  const accept = !human || !context.flags.boolean('server-print') ? 'application/json' : TABLE_ACCEPT
  const sorted = context.flags.string('sort-by') !== '' && human
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
    const subresource = context.flags.string('subresource') || undefined
    const query = sorted ? { includeObject: 'Object' } : {}
    const body = yield* getObject(context, info, { accept, query, ...(subresource ? { subresource } : {}) })
    return { type: info.type, name: info.name, namespace: info.namespace, body }
  }
  if (named !== 'files' && named.kind === 'types') {
    for (const type of named.types) yield* fetch(() => fetchList(context, type, accept, sorted))
    return { answers, errors, single: false }
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
  return { answers, errors, single: named === 'files' ? oneFile(context) : infos.length === 1 }
}

/** Of one file its one object is shown as it is, of several or of a folder a List. */
function oneFile(context: Context): boolean {
  const [path = '', ...more] = context.flags.list('filename')
  const { cwd, machine } = context.process
  return more.length === 0 && path !== '-' && machine.files.stat(resolvePath(cwd, path))?.type !== 'directory'
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
  let body = yield* listObjects(context, type, query, accept)
  while (body.metadata?.continue) {
    const next = yield* listObjects(context, type, { ...query, continue: body.metadata.continue }, accept)
    body = body.rows
      ? { ...next, columnDefinitions: body.columnDefinitions, rows: [...body.rows, ...(next.rows ?? [])] }
      : { ...next, items: [...body.items, ...next.items] }
  }
  return { type, namespace: scopeOf(context).allNamespaces ? '' : context.namespace, body }
}

export function watches(context: Context): boolean {
  return context.flags.boolean('watch') || context.flags.boolean('watch-only')
}

export function objectsOf(answer: GetAnswer): KubeObject[] {
  return isList(answer.body) || answer.name === undefined
    ? infosOf(answer.body, answer.type).map((info) => info.object)
    : [answer.body]
}
