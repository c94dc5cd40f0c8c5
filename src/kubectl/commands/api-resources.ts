import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { command, OUTPUT } from '../command.ts'
import type { Context } from '../context.ts'
import { groupVersion, qualifiedPlural, type ResourceType } from '../discovery.ts'
import { CommandError, UsageError } from '../errors.ts'
import { printerFor, TYPED } from '../printers/printer.ts'
import { TabWriter } from '../printers/tab-writer.ts'

export const apiResources = command({
  name: 'api-resources',
  group: 'Other Commands',
  short: 'List the types of objects that the server has',
  examples: [
    'kubectl api-resources',
    'kubectl api-resources -o wide --namespaced=false',
    'kubectl api-resources --api-group=apps',
  ],
  flags: [
    { ...OUTPUT, values: ['name', 'wide', 'json', 'yaml'] },
    { name: 'api-group', type: 'string', default: '', help: 'Only types of this group.' },
    {
      name: 'namespaced',
      type: 'boolean',
      default: true,
      help: 'Only types that live in namespaces, or do not.',
    },
    { name: 'verbs', type: 'list', default: [], help: 'Only types that take all these verbs.' },
    { name: 'categories', type: 'list', default: [], help: 'Only types of all these categories.' },
    { name: 'sort-by', type: 'string', default: '', values: ['name', 'kind'], help: 'Sort by name or kind.' },
    { name: 'no-headers', type: 'boolean', default: false, help: 'Leave the header line out.' },
    { name: 'cached', type: 'boolean', default: false, help: 'Accepted.' },
  ],
  *run(context): Blocking<void> {
    const { flags } = context
    if (context.args.length > 0) throw new UsageError(`unexpected arguments: [${context.args.join(' ')}]`)
    const output = flags.string('output')
    if (!['', 'wide', 'name', 'json', 'yaml', 'kyaml'].includes(output))
      throw new CommandError(
        `unable to match a printer suitable for the output format "${output}", allowed formats are: json,kyaml,name,wide,yaml`,
      )
    if (!['', 'name', 'kind'].includes(flags.string('sort-by')))
      throw new CommandError('--sort-by accepts only name or kind')
    const types = sorted(
      (yield* context.discovery.preferred()).filter((type) => matches(context, type)),
      flags.string('sort-by'),
    )
    if (output === 'name') {
      for (const type of types) yield* context.printLine(qualifiedPlural(type))
      return
    }
    if (output !== '' && output !== 'wide')
      return yield* context.print(printerFor(context, { nameOf: () => '' })!.print(listOf(types)))
    const wide = output === 'wide'
    const writer = new TabWriter()
    if (!flags.boolean('no-headers'))
      writer.row([
        'NAME',
        'SHORTNAMES',
        'APIVERSION',
        'NAMESPACED',
        'KIND',
        ...(wide ? ['VERBS', 'CATEGORIES'] : []),
      ])
    for (const type of types) {
      writer.row([
        type.plural,
        type.shortNames.join(','),
        groupVersion(type),
        String(type.namespaced),
        type.kind,
        ...(wide ? [type.verbs.join(','), type.categories.join(',')] : []),
      ])
    }
    yield* context.print(writer.flush())
  },
})

/** As the plain discovery document of the server would have them, in the order of Go's fields. */
function listOf(types: readonly ResourceType[]): KubeObject {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: '',
    resources: types.map((type) => ({
      name: type.plural,
      singularName: type.singular,
      namespaced: type.namespaced,
      ...(type.group ? { group: type.group } : {}),
      version: type.version,
      kind: type.kind,
      verbs: type.verbs,
      ...(type.shortNames.length > 0 ? { shortNames: type.shortNames } : {}),
      ...(type.categories.length > 0 ? { categories: type.categories } : {}),
    })),
    [TYPED]: true,
  }
}

function matches(context: Context, type: ResourceType): boolean {
  const { flags } = context
  if (flags.changed('api-group') && type.group !== flags.string('api-group')) return false
  if (flags.changed('namespaced') && type.namespaced !== flags.boolean('namespaced')) return false
  return (
    flags.list('verbs').every((verb) => type.verbs.includes(verb)) &&
    flags.list('categories').every((one) => type.categories.includes(one))
  )
}

/** By group, then name, unless told otherwise. */
function sorted(types: readonly ResourceType[], key: string): ResourceType[] {
  const keyOf = (type: ResourceType): string =>
    key === 'kind' ? type.kind : key === 'name' ? type.plural : `${type.group} ${type.plural}`
  return [...types].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))
}

export const apiVersions = command({
  name: 'api-versions',
  group: 'Other Commands',
  short: 'List the groups and versions that the server has',
  *run(context): Blocking<void> {
    if (context.args.length > 0) throw new UsageError(`unexpected arguments: [${context.args.join(' ')}]`)
    for (const version of [...(yield* context.discovery.versions())].sort()) yield* context.printLine(version)
  },
})
