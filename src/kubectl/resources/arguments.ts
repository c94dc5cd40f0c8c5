import type { Blocking } from '../../os/process.ts'
import type { Context } from '../context.ts'
import type { ResourceType } from '../discovery.ts'
import { CommandError } from '../errors.ts'

/** What the words after a command name: objects one by one, or whole types. */
export type Named =
  | {
      readonly kind: 'objects'
      readonly objects: readonly { readonly type: ResourceType; readonly name: string }[]
    }
  | { readonly kind: 'types'; readonly types: readonly ResourceType[] }

export const NOTHING_NAMED = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`

/** Reads `TYPE NAME...`, `TYPE/NAME...`, `TYPE,TYPE`, `TYPE,TYPE NAME`, and categories such as `all`. @throws CommandError */
export function* parseResourceArguments(context: Context, args: readonly string[]): Blocking<Named> {
  const pairs = slashedPairs(args)
  if (pairs) {
    const objects = []
    for (const { resource, name } of pairs)
      objects.push({ type: yield* context.discovery.mustFind(resource), name })
    return { kind: 'objects', objects }
  }
  const words = args[0]!.split(',')
  const types = yield* expandTypes(context, words)
  if (args.length === 1) return { kind: 'types', types }
  if (types.length > 1) throw new CommandError('you must specify only one resource')
  return { kind: 'objects', objects: args.slice(1).map((name) => ({ type: types[0]!, name })) }
}

function slashedPairs(args: readonly string[]): { resource: string; name: string }[] | undefined {
  const crossed = crossTypesAndNames(args)
  const slashed = crossed.filter((arg) => arg.includes('/'))
  if (slashed.length === 0) return undefined
  if (slashed.length < crossed.length) {
    throw new CommandError(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    )
  }
  return crossed.map((arg) => {
    const [resource = '', name = '', ...more] = arg.split('/')
    if (more.length > 0)
      throw new CommandError('arguments in resource/name form may not have more than one slash')
    if (resource === '' || name === '' || resource.includes(',')) {
      throw new CommandError('arguments in resource/name form must have a single resource and name')
    }
    return { resource, name }
  })
}

/** `pod,svc web` means `pod/web svc/web`. */
function crossTypesAndNames(args: readonly string[]): readonly string[] {
  const types = args[0]!.split(',')
  if (types.length < 2 || args.length < 2 || args.some((arg) => arg.includes('/'))) return args
  return types.flatMap((type) => args.slice(1).map((name) => `${type}/${name}`))
}

/** Types for words, with categories spread out in the order of discovery. */
export function* expandTypes(context: Context, words: readonly string[]): Blocking<readonly ResourceType[]> {
  const types: ResourceType[] = []
  for (const word of words) {
    const members =
      word === ''
        ? []
        : (yield* context.discovery.preferred()).filter((type) => type.categories.includes(word))
    types.push(...(members.length > 0 ? members : [yield* context.discovery.mustFind(word)]))
  }
  return types
}
