import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject, Query } from '../api.ts'
import type { Context } from '../context.ts'
import type { ResourceType } from '../discovery.ts'
import { CommandError, ConnectionError, StatusError, throwAll } from '../errors.ts'
import { quote } from '../flags.ts'
import { expandCategories, expandTypes, NOTHING_NAMED, readWords, type Words } from './arguments.ts'
import { pathErrors, readManifests, type Info } from './manifests.ts'

export interface Selection {
  readonly args?: readonly string[]
  /** A bare type means all of its objects (as for `get`); otherwise a name or selector must be given. */
  readonly bareTypes?: boolean
  /** Objects of manifests as they are in the files, not as the server has them. */
  readonly asInFile?: boolean
  /** Only say which objects were named, without asking the server for them. */
  readonly namesOnly?: boolean
  readonly accept?: string
  /** More than one type is too much, as for a watch. */
  readonly oneType?: boolean
}

/** Selectors and scope of the flags a command has. */
export function scopeOf(context: Context): {
  selector: string
  fieldSelector: string
  all: boolean
  allNamespaces: boolean
} {
  const { flags } = context
  // `expose` has a --selector of its own, without the letter, that selects nothing here.
  const selector = flags.shortOf('selector') === 'l' ? flags.string('selector') : ''
  const fieldSelector = flags.has('field-selector') ? flags.string('field-selector') : ''
  return {
    selector,
    fieldSelector,
    all: flags.has('all') && flags.boolean('all'),
    allNamespaces: flags.has('all-namespaces') && flags.boolean('all-namespaces'),
  }
}

/** What a command line names: objects one by one, or whole types. */
export type Named =
  | {
      readonly kind: 'objects'
      readonly objects: readonly { readonly type: ResourceType; readonly name: string }[]
    }
  | { readonly kind: 'types'; readonly types: readonly ResourceType[] }

/** What a command line names by arguments or files. @throws CommandError for contradictions and for nothing at all */
export function* namedBy(context: Context, selection: Selection = {}): Blocking<Named | 'files'> {
  void context.namespace
  const { selector, fieldSelector, all } = scopeOf(context)
  const selecting = selector !== '' || fieldSelector !== '' || all
  const { words, files } = readCommandLine(context, selection)
  yield* lookForCategories(context, words)
  if (files) {
    if (words.types.length > 0)
      throw new CommandError(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      )
    if (words.tuples.length > 0)
      throw new CommandError('resource/name arguments cannot be provided when a path is specified')
    return 'files'
  }
  const everything = selection.bareTypes === true && words.types.length > 0 && words.names.length === 0
  if (selecting || everything)
    return { kind: 'types', types: yield* selectedTypes(context, words, selection) }
  if (words.tuples.length > 0) return yield* namedTuples(context, words)
  if (words.names.length > 0) return yield* namedOfType(context, words)
  if (words.types.length === 0) throw new CommandError(NOTHING_NAMED)
  yield* expandTypes(context, words.types)
  throw new CommandError('resource(s) were provided, but no name was specified')
}

/** Files, selectors and words; what is wrong with each is said together. */
function readCommandLine(context: Context, selection: Selection): { words: Words; files: boolean } {
  const { selector, fieldSelector, all } = scopeOf(context)
  const { flags } = context
  const files =
    flags.has('filename') &&
    (flags.list('filename').length > 0 || (flags.has('kustomize') && flags.string('kustomize') !== ''))
  const errors: Error[] = files ? pathErrors(context) : []
  if (all && (selector !== '' || fieldSelector !== ''))
    errors.push(new CommandError("setting 'all' parameter but found a non empty selector. "))
  let words: Words = { tuples: [], types: [], names: [] }
  try {
    words = readWords(selection.args ?? context.args)
    // Categories are looked up in what the server has, so whom to ask must be known.
    if (words.types.length > 0) void context.api
  } catch (error) {
    errors.push(error as Error)
  }
  throwAll(errors)
  return { words, files }
}

/** Each type may be a category: the server is asked for its types, which may fail and is logged. */
function* lookForCategories(context: Context, { types }: Words): Blocking<void> {
  const { discovery } = context
  discovery.tries = 4 + types.length
  if (types.length === 0) return
  try {
    yield* discovery.all()
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
  }
}

function* selectedTypes(
  context: Context,
  words: Words,
  selection: Selection,
): Blocking<readonly ResourceType[]> {
  if (words.names.length > 0) throw new CommandError('name cannot be provided when a selector is specified')
  if (words.tuples.length > 0)
    throw new CommandError('selectors and the all flag cannot be used when passing resource/name arguments')
  if (words.types.length === 0)
    throw new CommandError('at least one resource must be specified to use a selector')
  if (context.flags.has('subresource') && context.flags.string('subresource') !== '')
    throw new CommandError('subresource cannot be used when bulk resources are specified')
  const names = yield* expandCategories(context, words.types)
  if (selection.oneType && names.length > 1)
    throw new CommandError('you may only specify a single resource type')
  return yield* expandTypes(context, names)
}

function* namedTuples(context: Context, { tuples }: Words): Blocking<Named> {
  const objects = []
  for (const { resource, name } of tuples)
    objects.push({ type: yield* context.discovery.mustFind(resource), name })
  return placed(context, objects)
}

function* namedOfType(context: Context, { types, names }: Words): Blocking<Named> {
  const words = yield* expandCategories(context, types)
  if (words.length > 1) throw new CommandError('you must specify only one resource')
  const type = yield* context.discovery.mustFind(words[0]!)
  return placed(
    context,
    names.map((name) => ({ type, name })),
  )
}

function placed(context: Context, objects: Extract<Named, { kind: 'objects' }>['objects']): Named {
  if (scopeOf(context).allNamespaces && objects.some(({ type }) => type.namespaced))
    throw new CommandError('a resource cannot be retrieved by name across all namespaces')
  return { kind: 'objects', objects }
}

/** The objects a command line names, fetched from the server; errors of single objects are collected. */
export function* fetchNamed(
  context: Context,
  selection: Selection = {},
): Blocking<{ infos: Info[]; errors: Error[] }> {
  const named = yield* namedBy(context, selection)
  const infos: Info[] = []
  const errors: Error[] = []
  if (named === 'files') {
    const read = yield* readManifests(context)
    errors.push(...read.errors)
    for (const info of read.infos) {
      if (selection.asInFile || selection.namesOnly) infos.push(info)
      else yield* collect(errors, () => fetchOne(context, info, selection), infos)
    }
  } else if (named.kind === 'objects') {
    for (const { type, name } of named.objects) {
      const info: Info = { type, name, namespace: type.namespaced ? context.namespace : '' }
      if (selection.namesOnly) infos.push(info)
      else yield* collect(errors, () => fetchOne(context, info, selection), infos)
    }
  } else {
    for (const type of named.types) yield* collect(errors, () => fetchAll(context, type, selection), infos)
  }
  return { infos, errors }
}

/** As `fetchNamed`, but any error ends the command. */
export function* mustFetch(context: Context, selection: Selection = {}): Blocking<Info[]> {
  const { infos, errors } = yield* fetchNamed(context, selection)
  throwAll(errors)
  return infos
}

function* collect(errors: Error[], fetch: () => Blocking<Info | Info[]>, into: Info[]): Blocking<void> {
  try {
    into.push(...[yield* fetch()].flat())
  } catch (error) {
    if (!(error instanceof StatusError || error instanceof CommandError)) throw error
    errors.push(error)
  }
}

function* fetchOne(context: Context, info: Info, selection: Selection): Blocking<Info> {
  return {
    ...info,
    object: yield* getObject(context, info, { accept: selection.accept ?? 'application/json' }),
  }
}

export function isNotFound(error: unknown): error is StatusError {
  return error instanceof StatusError && error.reason === 'NotFound'
}

/** When an object is not there kubectl looks whether its namespace is: the error that says it is not. */
export function* missingNamespace(
  context: Context,
  info: Pick<Info, 'type' | 'namespace'>,
): Blocking<StatusError | undefined> {
  // The one that is always there is not asked for.
  if (!info.type.namespaced || ['', 'default'].includes(info.namespace)) return undefined
  try {
    yield* context.api.get(`/api/v1/namespaces/${info.namespace}`, {}, 'application/json')
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    if (isNotFound(error)) return error
  }
  return undefined
}

/** An object, or why it is not there. @throws StatusError */
export function* getObject(
  context: Context,
  info: Pick<Info, 'type' | 'namespace' | 'name'>,
  request: { readonly accept: string; readonly query?: Query; readonly subresource?: string },
): Blocking<KubeObject> {
  try {
    return yield* context.api.get(objectPath(info, request.subresource), request.query ?? {}, request.accept)
  } catch (error) {
    throw (isNotFound(error) && (yield* missingNamespace(context, info))) || error
  }
}

function* fetchAll(context: Context, type: ResourceType, selection: Selection): Blocking<Info[]> {
  const chunk = context.flags.has('chunk-size') ? context.flags.integer('chunk-size') : 0
  const query = { ...selectorQuery(context), ...(chunk > 0 ? { limit: String(chunk) } : {}) }
  const list = yield* listObjects(context, type, query, selection.accept)
  return infosOf(list, type)
}

/** A collection, or a page of it; what the server refuses is explained with the selectors that were asked for. */
export function* listObjects(
  context: Context,
  type: ResourceType,
  query: Query,
  accept?: string,
): Blocking<KubeObject> {
  try {
    return yield* context.api.get(collectionPath(context, type), query, accept)
  } catch (error) {
    if (!(error instanceof StatusError) || !['BadRequest', 'NotFound'].includes(error.reason)) throw error
    const { selector, fieldSelector } = scopeOf(context)
    const what = JSON.stringify(`${type.group}/${type.version}, Resource=${type.plural}`)
    const request =
      selector === '' && fieldSelector === ''
        ? `Unable to list ${what}`
        : `Unable to find ${what} that match label selector ${quote(selector)}, field selector ${quote(fieldSelector)}`
    throw new StatusError({ ...error.status, message: `${request}: ${error.message}` })
  }
}

/** The items of a list as infos; items of a list do not say their kind, so it is filled in. */
export function infosOf(list: KubeObject, type: ResourceType): Info[] {
  const apiVersion = type.group ? `${type.group}/${type.version}` : type.version
  return ((list.items as KubeObject[] | null | undefined) ?? []).map((item) => ({
    type,
    name: item.metadata.name,
    namespace: item.metadata.namespace ?? '',
    object: { apiVersion, kind: type.kind, ...item },
  }))
}

export function selectorQuery(context: Context): Query {
  const { selector, fieldSelector } = scopeOf(context)
  return { labelSelector: selector || undefined, fieldSelector: fieldSelector || undefined }
}

/** @throws CommandError `resource name may not be empty` */
export function objectPath(info: Pick<Info, 'type' | 'namespace' | 'name'>, subresource?: string): string {
  if (info.name === '') throw new CommandError('resource name may not be empty')
  return pathOf(info.type, info.namespace, info.name, subresource)
}

export function collectionPath(context: Context, type: ResourceType): string {
  return pathOf(type, scopeOf(context).allNamespaces ? undefined : context.namespace)
}
