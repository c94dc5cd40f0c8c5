import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject, Query } from '../api.ts'
import type { Context } from '../context.ts'
import type { ResourceType } from '../discovery.ts'
import { CommandError, StatusError, throwAll } from '../errors.ts'
import { NOTHING_NAMED, parseResourceArguments, type Named } from './arguments.ts'
import { readManifests, type Info } from './manifests.ts'

export interface Selection {
  readonly args?: readonly string[]
  /** A bare type means all of its objects (as for `get`); otherwise a name or selector must be given. */
  readonly bareTypes?: boolean
  /** Objects of manifests as they are in the files, not as the server has them. */
  readonly asInFile?: boolean
  /** Only say which objects were named, without asking the server for them. */
  readonly namesOnly?: boolean
  readonly accept?: string
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

/** What a command line names by arguments or files. @throws CommandError for contradictions and for nothing at all */
export function* namedBy(context: Context, selection: Selection = {}): Blocking<Named | 'files'> {
  const args = selection.args ?? context.args
  const { selector, fieldSelector, all } = scopeOf(context)
  const files =
    context.flags.has('filename') &&
    (context.flags.list('filename').length > 0 || context.flags.string('kustomize') !== '')
  if (files) {
    if (args.length > 0) {
      throw new CommandError(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      )
    }
    return 'files'
  }
  if (args.length === 0) throw new CommandError(NOTHING_NAMED)
  if (all && (selector !== '' || fieldSelector !== ''))
    throw new CommandError("setting 'all' parameter but found a non empty selector. ")
  const named = yield* parseResourceArguments(context, args)
  if (named.kind === 'objects' && (selector !== '' || fieldSelector !== '' || all)) {
    throw new CommandError('name cannot be provided when a selector is specified')
  }
  if (named.kind === 'types' && !selection.bareTypes && selector === '' && fieldSelector === '' && !all) {
    throw new CommandError('resource(s) were provided, but no name was specified')
  }
  return named
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
    if (scopeOf(context).allNamespaces)
      throw new CommandError('a resource cannot be retrieved by name across all namespaces')
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
  try {
    const object = yield* context.api.get(objectPath(info), {}, selection.accept ?? 'application/json')
    return { ...info, object }
  } catch (error) {
    if (isNotFound(error)) yield* lookForNamespace(context, info)
    throw error
  }
}

export function isNotFound(error: unknown): error is StatusError {
  return error instanceof StatusError && error.reason === 'NotFound'
}

/** When an object is not there kubectl looks whether its namespace is; what it finds changes nothing. */
export function* lookForNamespace(context: Context, info: Pick<Info, 'type' | 'namespace'>): Blocking<void> {
  if (!info.type.namespaced || info.namespace === '') return
  try {
    yield* context.api.get(`/api/v1/namespaces/${info.namespace}`, {}, 'application/json')
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
  }
}

function* fetchAll(context: Context, type: ResourceType, selection: Selection): Blocking<Info[]> {
  const list = yield* context.api.get(collectionPath(context, type), selectorQuery(context), selection.accept)
  return infosOf(list, type)
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
