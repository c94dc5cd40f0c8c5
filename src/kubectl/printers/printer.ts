import type { KubeObject } from '../api.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { ColumnsPrinter, parseColumns, parseColumnsFile } from './custom-columns.ts'
import { parseTemplate, runTemplate } from './go-template.ts'
import { goJson } from './json.ts'
import { printJsonPath } from './jsonpath.ts'
import { parseJsonPath } from './jsonpath-parse.ts'
import { toKyaml } from './kyaml.ts'
import { toYaml } from './yaml.ts'

/** How objects become text in one of the formats of `-o` but tables. */
export interface ObjectPrinter {
  readonly format: string
  /** The text for one object, or one List. */
  print(object: KubeObject): string
  /** What was held back until widths are known. */
  flush?(): string
}

const FORMATS =
  'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml'

/** Formats of commands that know no tables. */
const PLAIN_FORMATS =
  'go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml'

/** The name of a format may be followed by its template: `jsonpath={.spec}`. */
export function splitFormat(output: string): { format: string; template: string } {
  const equals = output.indexOf('=')
  return equals < 0
    ? { format: output, template: '' }
    : { format: output.slice(0, equals), template: output.slice(equals + 1) }
}

export interface PrinterOptions {
  /** `pod/x` lines need to know how the type is called. */
  readonly nameOf: (object: KubeObject) => string
  /** custom-columns are allowed, as for `get`. */
  readonly columns?: boolean
}

/** The printer that `-o` and `--template` ask for; undefined for tables. @throws CommandError for an unknown format */
export function printerFor(context: Context, options: PrinterOptions): ObjectPrinter | undefined {
  const output =
    context.flags.string('output') ||
    (context.flags.has('template') && context.flags.string('template') ? 'go-template' : '')
  if (output === '' || (options.columns && output === 'wide')) return undefined
  const { format, template: inline } = splitFormat(output)
  const template = inline || (context.flags.has('template') ? context.flags.string('template') : '')
  const make = MAKERS[format]
  const takesTemplate = /template|jsonpath|custom-columns/.test(format)
  if (
    !make ||
    (inline !== '' && !takesTemplate) ||
    (!options.columns && format.startsWith('custom-columns'))
  ) {
    const formats = options.columns ? FORMATS : PLAIN_FORMATS
    throw new CommandError(
      `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${formats}`,
    )
  }
  const keep = context.flags.has('show-managed-fields') && context.flags.boolean('show-managed-fields')
  const printer = make({ context, template, ...options })
  const strips = ['json', 'yaml', 'kyaml', 'name'].includes(format)
  return {
    format,
    ...printer,
    print: (object) => printer.print(keep || !strips ? object : withoutManagedFields(object)),
  }
}

interface MakeArguments extends PrinterOptions {
  readonly context: Context
  readonly template: string
}

const MAKERS: Readonly<Record<string, (args: MakeArguments) => Omit<ObjectPrinter, 'format'>>> = {
  json: () => ({ print: (object) => `${goJson(object, { indent: 4, sorted: object[TYPED] !== true })}\n` }),
  yaml: () => {
    let printed = 0
    return { print: (object) => `${printed++ > 0 ? '---\n' : ''}${toYaml(object)}` }
  },
  kyaml: () => ({ print: (object) => toKyaml(object) }),
  name: ({ nameOf }) => ({
    print: (object) =>
      isList(object)
        ? object.items.map((item: KubeObject) => `${nameOf(item)}\n`).join('')
        : `${nameOf(object)}\n`,
  }),
  jsonpath: ({ template, context }) => jsonPathPrinter(given(template), context, false),
  'jsonpath-as-json': ({ template, context }) => jsonPathPrinter(given(template), context, true),
  'jsonpath-file': ({ template, context }) =>
    jsonPathPrinter(readTemplate(context, given(template), '--template '), context, false),
  'go-template': ({ template, context }) => goTemplatePrinter(given(template), context),
  template: ({ template, context }) => goTemplatePrinter(given(template), context),
  'go-template-file': ({ template, context }) =>
    goTemplatePrinter(readTemplate(context, given(template), '--template '), context),
  templatefile: ({ template, context }) =>
    goTemplatePrinter(readTemplate(context, given(template), '--template '), context),
  'custom-columns': ({ template, context }) => columnsPrinter(parseColumns(template), context),
  'custom-columns-file': ({ template, context }) =>
    columnsPrinter(parseColumnsFile(readTemplate(context, template, 'template ')), context),
}

/** Marks an object made by kubectl itself: printed in the order its fields were written. */
export const TYPED = Symbol('typed')

function given(template: string): string {
  if (template === '') throw new CommandError('template format specified but no template given')
  return template
}

function readTemplate(context: Context, path: string, what: string): string {
  try {
    return context.readFile(path)
  } catch (error) {
    throw new CommandError(`error reading ${what}${path}, ${(error as Error).message}`)
  }
}

function jsonPathPrinter(template: string, context: Context, asJson: boolean): Omit<ObjectPrinter, 'format'> {
  const nodes = parsedJsonPath(template)
  const allowMissing = context.flags.boolean('allow-missing-template-keys')
  return { print: (object) => printJsonPath(nodes, template, object, { allowMissing, asJson }) }
}

function parsedJsonPath(template: string): ReturnType<typeof parseJsonPath> {
  try {
    return parseJsonPath(template)
  } catch (error) {
    throw new CommandError(`error parsing jsonpath ${template}, ${(error as Error).message}`)
  }
}

function goTemplatePrinter(source: string, context: Context): Omit<ObjectPrinter, 'format'> {
  const template = parseTemplate(source)
  const allowMissing = context.flags.boolean('allow-missing-template-keys')
  return { print: (object) => runTemplate(template, object, { allowMissing }) }
}

function columnsPrinter(
  columns: ReturnType<typeof parseColumns>,
  context: Context,
): Omit<ObjectPrinter, 'format'> {
  const printer = new ColumnsPrinter(
    columns,
    context.flags.has('no-headers') && context.flags.boolean('no-headers'),
  )
  return {
    print(object) {
      printer.add(isList(object) ? object.items : [object])
      return ''
    },
    flush: () => printer.flush(),
  }
}

export function isList(object: KubeObject): boolean {
  return Array.isArray(object?.items)
}

/** What kubectl hides unless told to show: who manages which field. */
export function withoutManagedFields(object: KubeObject): KubeObject {
  if (isList(object)) return { ...object, items: object.items.map(withoutManagedFields) }
  if (!object?.metadata?.managedFields) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** `pod/x`, `deployment.apps/web`. */
export function objectName(object: KubeObject): string {
  const group = String(object.apiVersion ?? '').includes('/')
    ? `.${String(object.apiVersion).split('/')[0]}`
    : ''
  return `${String(object.kind ?? '').toLowerCase()}${group}/${object.metadata?.name || '<unknown>'}`
}
