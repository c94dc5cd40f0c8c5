import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { command } from '../command.ts'
import type { Context } from '../context.ts'
import type { ResourceType } from '../discovery.ts'
import { CommandError, PlainError } from '../errors.ts'
import { isNotFound } from '../resources/builder.ts'

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
  const version = context.flags.string('api-version')
  const { type, path } = yield* subject(context, context.args[0]!.replace(/\.$/, ''), version === '')
  const [group, apiVersion] = version === '' ? [type.group, type.version] : splitVersion(version)
  if (context.flags.string('output') === 'plaintext-openapiv2') yield* context.api.get('/openapi/v2')
  const document = yield* openApi(context, { group, version: apiVersion, plural: type.plural })
  const schemas: Record<string, KubeObject> = document.components?.schemas ?? {}
  const root = Object.values(schemas).find((schema) =>
    ((schema['x-kubernetes-group-version-kind'] ?? []) as KubeObject[]).some(
      (one) => one.group === group && one.version === apiVersion && one.kind === type.kind,
    ),
  )
  if (!root)
    throw new CommandError(
      `GVR (${group}/${apiVersion}, Resource=${type.plural}) not found in OpenAPI schema`,
    )
  if (context.flags.string('output') !== 'plaintext')
    throw new CommandError(`unrecognized format: ${context.flags.string('output')}`)
  const reader = new SchemaReader(schemas)
  const heading = group === '' ? '' : `GROUP:      ${group}\n`
  yield* context.print(`${heading}KIND:       ${type.kind}\nVERSION:    ${apiVersion}\n\n`)
  yield* context.print(page(reader, root, path, context.flags.boolean('recursive')))
}

/** The type and the path of fields below it. Where no version is asked for, `deployments.apps.spec` may say the group. */
function* subject(
  context: Context,
  word: string,
  withGroup: boolean,
): Blocking<{ type: ResourceType; path: readonly string[] }> {
  checkPath(word)
  const [name = '', ...path] = word.split('.')
  const grouped = (yield* context.discovery.preferred())
    .filter(({ plural }) => withGroup && plural === name)
    .find((type) => `${word}.`.startsWith(`${type.plural}.${type.group}.`))
  if (grouped) return { type: grouped, path: path.slice(grouped.group.split('.').length) }
  const type = yield* context.discovery.find(name)
  if (!type) throw new PlainError(`the server doesn't have a resource type "${name}"`)
  return { type, path }
}

/** A path is read as JSONPath, of which only names of fields are allowed. */
function checkPath(word: string): void {
  if (word.split('.').includes('*')) throw new CommandError("unrecognized character in action: U+002A '*'")
  if (/\[|^\.|\.\./.test(word))
    throw new CommandError('invalid jsonpath syntax, first node must be field node')
}

function splitVersion(apiVersion: string): [group: string, version: string] {
  const parts = apiVersion.split('/')
  if (parts.length > 2) throw new CommandError(`unexpected GroupVersion string: ${apiVersion}`)
  return parts.length === 2 ? [parts[0]!, parts[1]!] : ['', apiVersion]
}

function* openApi(
  context: Context,
  { group, version, plural }: { group: string; version: string; plural: string },
): Blocking<KubeObject> {
  try {
    return yield* context.api.get(
      `/openapi/v3/${group === '' ? `api/${version}` : `apis/${group}/${version}`}`,
    )
  } catch (error) {
    if (!isNotFound(error)) throw error
    throw new CommandError(`couldn't find resource for "${group}/${version}, Resource=${plural}"`)
  }
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
    return schema.type === undefined || schema.type === 'object' ? 'Object' : String(schema.type)
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
    // The whole path is looked for at once: it is its end that is said to be missing.
    if (!field) throw new CommandError(`field ${JSON.stringify(path.at(-1))} does not exist`)
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
      text += `${schema.description ? wrapped(schema.description as string, 4) : '    <no description>\n'}\n`
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
      return [...out, current].map((one) => `${space}${one.trimEnd()}\n`).join('')
    })
    .join('')
}
