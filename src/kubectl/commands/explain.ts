import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { command } from '../command.ts'
import type { Context } from '../context.ts'
import { groupVersion, type ResourceType } from '../discovery.ts'
import { CommandError, PlainError } from '../errors.ts'

export const explain = command({
  name: 'explain',
  group: 'Basic Commands (Intermediate)',
  short: 'Show what the fields of a type mean',
  examples: [
    'kubectl explain service',
    'kubectl explain svc.spec.ports',
    'kubectl explain deploy --recursive',
  ],
  usage:
    'TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2] [options]',
  flags: [
    {
      name: 'recursive',
      type: 'boolean',
      default: false,
      help: 'Show all fields below, without descriptions.',
    },
    { name: 'api-version', type: 'string', default: '', help: 'Of this group and version.' },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      default: 'plaintext',
      values: ['plaintext', 'plaintext-openapiv2'],
      help: 'Accepted.',
    },
  ],
  *completeArgs(context) {
    return (yield* context.discovery.preferred()).map((type) => type.plural)
  },
  run: runExplain,
})

function* runExplain(context: Context): Blocking<void> {
  if (context.args.length === 0)
    throw new CommandError(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.',
    )
  if (context.args.length > 1) throw new CommandError('We accept only this format: explain RESOURCE')
  const [typeName = '', ...path] = context.args[0]!.split('.')
  const type = yield* typeFor(context, typeName)
  const document = yield* context.api.get<KubeObject>(
    `/openapi/v3/${type.group === '' ? `api/${type.version}` : `apis/${type.group}/${type.version}`}`,
  )
  const schemas: Record<string, KubeObject> = document.components?.schemas ?? {}
  const kind = { group: type.group, version: type.version, kind: type.kind }
  const root = Object.values(schemas).find((schema) =>
    ((schema['x-kubernetes-group-version-kind'] ?? []) as KubeObject[]).some(
      (one) => one.group === kind.group && one.version === kind.version && one.kind === kind.kind,
    ),
  )
  if (!root)
    throw new CommandError(`GVR (${groupVersion(type)}, Resource=${type.plural}) not found in OpenAPI schema`)
  const reader = new SchemaReader(schemas)
  const group = type.group === '' ? '' : `GROUP:      ${type.group}\n`
  yield* context.print(`${group}KIND:       ${type.kind}\nVERSION:    ${type.version}\n\n`)
  yield* context.print(page(reader, root, path, context.flags.boolean('recursive')))
}

function* typeFor(context: Context, name: string): Blocking<ResourceType> {
  const version = context.flags.string('api-version')
  const found = yield* context.discovery.find(name)
  if (!found) throw new PlainError(`the server doesn't have a resource type "${name}"`)
  if (version === '') return found
  const other = (yield* context.discovery.all()).find(
    (type) => type.plural === found.plural && groupVersion(type) === version,
  )
  if (!other) throw new CommandError(`couldn't find resource for "${version}, Kind=${found.kind}"`)
  return other
}

/** Follows references of an OpenAPI document. */
class SchemaReader {
  private readonly schemas: Readonly<Record<string, KubeObject>>

  constructor(schemas: Readonly<Record<string, KubeObject>>) {
    this.schemas = schemas
  }

  /** The schema meant: through references, lists and maps, down to what has fields. */
  resolve(schema: KubeObject): KubeObject {
    const target = this.reference(schema)
    if (target) return this.resolve(target)
    if (schema.type === 'array' && schema.items) return this.resolve(schema.items)
    if (typeof schema.additionalProperties === 'object') return this.resolve(schema.additionalProperties)
    return schema
  }

  /** `string`, `[]ServicePort`, `map[string]string`. */
  typeName(schema: KubeObject): string {
    const name = refOf(schema)
    if (name) {
      const target = this.schemas[name]
      const short = name.slice(name.lastIndexOf('.') + 1)
      return target?.type &&
        target.type !== 'object' &&
        !target.properties &&
        !['IntOrString', 'Quantity', 'FieldsV1'].includes(short)
        ? String(target.type)
        : short
    }
    if (schema.type === 'array') return `[]${this.typeName(schema.items ?? {})}`
    if (typeof schema.additionalProperties === 'object')
      return `map[string]${this.typeName(schema.additionalProperties)}`
    return String(schema.type ?? 'Object')
  }

  fields(schema: KubeObject): [name: string, schema: KubeObject, required: boolean][] {
    const inner = this.resolve(schema)
    const required = new Set<string>(inner.required ?? [])
    return Object.keys(inner.properties ?? {})
      .sort()
      .map((name) => [name, inner.properties[name] as KubeObject, required.has(name)])
  }

  /** The description of a field, and of its type where that says more. */
  describe(schema: KubeObject): string[] {
    const own = schema.description as string | undefined
    const target = this.resolve(schema).description as string | undefined
    return [...new Set([own, target].filter((text): text is string => Boolean(text)))]
  }

  private reference(schema: KubeObject): KubeObject | undefined {
    const name = refOf(schema)
    return name ? this.schemas[name] : undefined
  }
}

function refOf(schema: KubeObject): string | undefined {
  const ref = (schema.$ref ?? schema.allOf?.[0]?.$ref) as string | undefined
  return ref?.replace('#/components/schemas/', '')
}

function page(reader: SchemaReader, root: KubeObject, path: readonly string[], recursive: boolean): string {
  let schema = root
  let name = ''
  for (const step of path) {
    const field = reader.fields(schema).find(([one]) => one === step)
    if (!field) throw new CommandError(`field ${JSON.stringify(step)} does not exist`)
    ;[name, schema] = field
  }
  const head = name === '' ? '' : `FIELD: ${name} <${reader.typeName(schema)}>${enumText(schema, 0)}\n\n`
  const description =
    reader
      .describe(schema)
      .map((text) => wrapped(text, 4))
      .join('') || '    <empty>\n'
  const fields = reader.fields(schema)
  const body = fields.length === 0 ? '' : `FIELDS:\n${fieldList(reader, fields, 2, recursive, new Set())}`
  const open = name === '' || fields.length > 0 ? '    \n' : ''
  return `${head}${name === '' ? '' : '\n'}DESCRIPTION:\n${description}${open}${body}\n`
}

function fieldList(
  reader: SchemaReader,
  fields: ReturnType<SchemaReader['fields']>,
  indent: number,
  recursive: boolean,
  above: ReadonlySet<string>,
): string {
  let text = ''
  for (const [name, schema, required] of fields) {
    text += `${' '.repeat(indent)}${name}\t<${reader.typeName(schema)}>${required ? ' -required-' : ''}\n${enumText(schema, indent)}`
    if (!recursive) {
      text += `${
        reader
          .describe(schema)
          .slice(0, 1)
          .map((one) => wrapped(one, 4))
          .join('') || '    <no description>\n'
      }\n`
      continue
    }
    const type = reader.typeName(schema).replace(/^(\[\]|map\[string\])+/, '')
    // A type within itself (JSON schemas) is not opened again.
    if (!above.has(type))
      text += fieldList(reader, reader.fields(schema), indent + 2, true, new Set([...above, type]))
  }
  return text
}

function enumText(schema: KubeObject, indent: number): string {
  const values = (schema.enum ?? schema.items?.enum) as string[] | undefined
  if (!values?.length) return ''
  const shown = values.length > 4 ? `${values.slice(0, 4).join(', ')}, ....` : values.join(', ')
  return `${indent === 0 ? '\n' : ''}${' '.repeat(indent)}enum: ${shown}${indent === 0 ? '' : '\n'}`
}

/** Lines of at most 76 characters and an indentation; lines of the text itself stay apart. */
function wrapped(text: string, indent: number): string {
  const space = ' '.repeat(indent)
  return text
    .split('\n')
    .map((line) => {
      const out: string[] = []
      let current = ''
      for (const word of line.split(' ')) {
        if (current !== '' && current.length + 1 + word.length > 76) {
          out.push(current)
          current = word
        } else
          current +=
            (current === '' && out.length === 0 && !line.startsWith(' ') ? '' : current === '' ? '' : ' ') +
            word
      }
      return [...out, current].map((one) => `${space}${one}\n`).join('')
    })
    .join('')
}
