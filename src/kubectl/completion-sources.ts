import type { Blocking } from '../os/process.ts'
import { pathOf } from '../api/resource.ts'
import type { KubeObject } from './api.ts'
import type { Context } from './context.ts'
import type { ResourceType } from './discovery.ts'
import { scopeOf } from './resources/builder.ts'

/** Types first, then names of the type; `type/name` once a slash is typed. */
export function* completeTypesAndNames(context: Context): Blocking<readonly string[]> {
  const [first, ...rest] = context.args.slice(0, -1)
  const word = context.args.at(-1) ?? ''
  if (first === undefined || first.includes('/')) {
    const slash = word.indexOf('/')
    if (slash < 0) return first === undefined ? yield* typeNames(context) : []
    const prefix = word.slice(0, slash)
    return (yield* namesOf(context, prefix)).map((name) => `${prefix}/${name}`)
  }
  const names = yield* namesOf(context, first)
  return names.filter((name) => !rest.includes(name))
}

/** Names of one type: for commands that take only Pods, Nodes, ... */
export function completeNamesOf(
  typeName: string,
  extra: readonly string[] = [],
): (context: Context) => Blocking<readonly string[]> {
  return function* (context) {
    const word = context.args.at(-1) ?? ''
    const slash = word.indexOf('/')
    if (slash >= 0) {
      const prefix = word.slice(0, slash)
      return (yield* namesOf(context, prefix)).map((name) => `${prefix}/${name}`)
    }
    const names = (yield* namesOf(context, typeName)).filter(
      (name) => !context.args.slice(0, -1).includes(name),
    )
    return [...names, ...extra.map((type) => `${type}/`)]
  }
}

/** Only some types, then names. */
export function completeTypes(types: readonly string[]): (context: Context) => Blocking<readonly string[]> {
  return function* (context) {
    const before = context.args.slice(0, -1)
    if (before.length === 0 && !(context.args.at(-1) ?? '').includes('/')) return types
    return yield* completeTypesAndNames(context)
  }
}

function* typeNames(context: Context): Blocking<readonly string[]> {
  return (yield* context.discovery.preferred())
    .filter((type) => type.verbs.includes('list'))
    .map((type) => (type.group === '' ? type.plural : `${type.plural}.${type.group}`))
    .sort()
}

/** Names in the cluster; none when the type or the server is not there. */
export function* namesOf(context: Context, typeName: string): Blocking<readonly string[]> {
  const type = yield* context.discovery.find(typeName)
  return type ? (yield* listOf(context, type)).map((object) => String(object.metadata.name)) : []
}

function* listOf(context: Context, type: ResourceType): Blocking<readonly KubeObject[]> {
  const list = yield* context.api.get(
    pathOf(type, scopeOf(context).allNamespaces ? undefined : context.namespace),
  )
  return list.items ?? []
}
