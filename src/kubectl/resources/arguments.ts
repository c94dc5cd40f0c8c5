import type { Blocking } from '../../os/process.ts'
import type { Context } from '../context.ts'
import { qualifiedPlural, type ResourceType } from '../discovery.ts'
import { CommandError } from '../errors.ts'

/** What the words after a command come to, before the server is asked which types they mean. */
export interface Words {
  /** `TYPE/NAME`. */
  readonly tuples: readonly { readonly resource: string; readonly name: string }[]
  readonly types: readonly string[]
  readonly names: readonly string[]
}

export const NOTHING_NAMED = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`

/** Reads `TYPE NAME...`, `TYPE/NAME...`, `TYPE,TYPE`, `TYPE,TYPE NAME`. @throws CommandError for a mixture */
export function readWords(args: readonly string[]): Words {
  const crossed = crossTypesAndNames(args)
  const slashed = crossed.filter((arg) => arg.includes('/'))
  if (slashed.length > 0 && slashed.length < crossed.length) {
    throw new CommandError(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    )
  }
  if (slashed.length > 0) return { tuples: crossed.map(tupleOf), types: [], names: [] }
  return { tuples: [], types: crossed.length > 0 ? split(crossed[0]!) : [], names: crossed.slice(1) }
}

function tupleOf(arg: string): { resource: string; name: string } {
  const [resource = '', name = '', ...more] = arg.split('/')
  if (more.length > 0)
    throw new CommandError('arguments in resource/name form may not have more than one slash')
  if (resource === '' || name === '' || split(resource).length !== 1)
    throw new CommandError('arguments in resource/name form must have a single resource and name')
  return { resource, name }
}

/** `pod,svc web` means `pod/web svc/web`. */
function crossTypesAndNames(args: readonly string[]): readonly string[] {
  if (args.length < 2) return args
  const types = split(args[0]!)
  return types.length > 1 ? types.flatMap((type) => args.slice(1).map((name) => `${type}/${name}`)) : args
}

const split = (list: string): string[] => [...new Set(list.split(','))]

/** Types for words, each once, with categories spread out in the order of discovery. */
export function* expandTypes(context: Context, words: readonly string[]): Blocking<readonly ResourceType[]> {
  const types: ResourceType[] = []
  for (const word of yield* expandCategories(context, words)) {
    const type = yield* context.discovery.mustFind(word)
    if (!types.includes(type)) types.push(type)
  }
  return types
}

/** `all` means the types of that category. */
export function* expandCategories(context: Context, words: readonly string[]): Blocking<readonly string[]> {
  const expanded: string[] = []
  for (const word of words) {
    const members = (yield* context.discovery.preferred()).filter((type) => type.categories.includes(word))
    expanded.push(...(members.length > 0 ? members.map(qualifiedPlural) : [word]))
  }
  return expanded
}
