import type { Blocking } from '../../os/process.ts'
import { fetchAnswers, objectsOf, type GetAnswer } from './get-answers.ts'
import {
  ALL_NAMESPACES,
  command,
  FIELD_SELECTOR,
  FILENAME_FLAGS,
  OUTPUT,
  PRINT_FLAGS,
  SELECTOR,
} from '../command.ts'
import { completeTypesAndNames } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { qualifiedKind, type ResourceType } from '../discovery.ts'
import { CommandError, PlainError, throwAll } from '../errors.ts'
import { scopeOf } from '../resources/builder.ts'
import { objectName, printerFor, type ObjectPrinter } from '../printers/printer.ts'
import { sortBy } from '../printers/sorter.ts'
import { plainTable, TablePrinter, type Table, type TableRow } from '../printers/table.ts'
import { watchObjects } from './get-watch.ts'
import { printRaw } from './raw.ts'

export const get = command({
  name: 'get',
  group: 'Basic Commands (Intermediate)',
  short: 'Show one or many objects',
  long: 'Shows objects of the cluster as a table, or with -o as YAML, JSON, names, or through a template of your own.',
  examples: [
    'kubectl get pods',
    'kubectl get pods -o wide -l app=web',
    'kubectl get svc web -o yaml',
    'kubectl get all -A',
    'kubectl get pods -w',
  ],
  usage:
    '[(-o|--output=)FORMAT] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags] [options]',
  flags: [
    ...PRINT_FLAGS.filter((flag) => flag !== OUTPUT),
    {
      ...OUTPUT,
      values: [...(OUTPUT.values as readonly string[]), 'custom-columns', 'custom-columns-file', 'wide'],
    },
    ...FILENAME_FLAGS,
    SELECTOR,
    FIELD_SELECTOR,
    ALL_NAMESPACES,
    {
      name: 'watch',
      short: 'w',
      type: 'boolean',
      default: false,
      help: 'After listing, go on showing changes.',
    },
    { name: 'watch-only', type: 'boolean', default: false, help: 'Show changes without listing first.' },
    {
      name: 'output-watch-events',
      type: 'boolean',
      default: false,
      help: 'Say of each change whether it was an addition, a modification or a deletion.',
    },
    {
      name: 'chunk-size',
      type: 'integer',
      default: 500,
      help: 'How many objects to ask for at once; 0 for all.',
    },
    {
      name: 'ignore-not-found',
      type: 'boolean',
      default: false,
      help: 'No error for objects that are not there.',
    },
    { name: 'no-headers', type: 'boolean', default: false, help: 'Leave the header line out.' },
    { name: 'label-columns', short: 'L', type: 'list', default: [], help: 'Labels to show as columns.' },
    { name: 'show-labels', type: 'boolean', default: false, help: 'Show all labels in the last column.' },
    { name: 'show-kind', type: 'boolean', default: false, help: 'Put the kind before each name.' },
    {
      name: 'sort-by',
      type: 'string',
      default: '',
      help: "Sort by the value at this JSONPath, e.g. '{.metadata.name}'.",
    },
    { name: 'server-print', type: 'boolean', default: true, help: 'Let the server make the tables.' },
    {
      name: 'subresource',
      type: 'string',
      default: '',
      values: ['resize', 'scale', 'status'],
      help: 'Show this subresource of the objects.',
    },
    { name: 'raw', type: 'string', default: '', help: 'GET this path of the server and print the answer.' },
  ],
  completeArgs: completeTypesAndNames,
  run: runGet,
})

function* runGet(context: Context): Blocking<number | void> {
  if (context.flags.string('raw') !== '') return yield* printRaw(context)
  if (
    context.flags.list('filename').length === 0 &&
    context.flags.string('kustomize') === '' &&
    context.args.length === 0
  ) {
    throw new PlainError(NO_TYPE)
  }
  if (context.flags.boolean('output-watch-events') && !watches(context)) {
    throw new CommandError(
      "--output-watch-events option can only be used with --watch or --watch-only\nSee 'kubectl get -h' for help and examples",
    )
  }
  const printer = printerFor(context, { nameOf: objectName, columns: true })
  const { answers, errors, single } = yield* fetchAnswers(context, printer)
  if (watches(context)) return yield* watchObjects(context, printer, answers, errors)
  const found = printer
    ? yield* printObjects(context, printer, answers, errors, single)
    : yield* printTables(context, answers)
  if (!found && errors.length === 0 && !context.flags.boolean('ignore-not-found')) {
    const namespaced = !scopeOf(context).allNamespaces && answers.every((answer) => answer.type.namespaced)
    yield* context.printError(
      namespaced ? `No resources found in ${context.namespace} namespace.\n` : 'No resources found\n',
    )
  }
  throwAll(errors)
}

const NO_TYPE = `You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.

error: Required resource not specified.
Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).
See 'kubectl get -h' for help and examples`

function watches(context: Context): boolean {
  return context.flags.boolean('watch') || context.flags.boolean('watch-only')
}

/** @returns whether anything was there to print */
function* printObjects(
  context: Context,
  printer: ObjectPrinter,
  answers: readonly GetAnswer[],
  errors: readonly Error[],
  single: boolean,
): Blocking<boolean> {
  const objects = answers.flatMap((answer) => objectsOf(answer))
  const sortKey = context.flags.string('sort-by')
  const sorted = sortKey ? sortBy(objects, sortKey, (object) => object) : objects
  if (single && sorted.length === 0) return context.flags.boolean('ignore-not-found') || errors.length > 0
  if (printer.format === 'name') {
    for (const object of sorted) yield* context.print(printer.print(object))
    return sorted.length > 0
  }
  if (
    sorted.length === 0 &&
    errors.length > 0 &&
    answers.length === 0 &&
    !context.args[0]?.includes(',') &&
    context.args.length < 3
  )
    return true
  const whole =
    single && sorted.length === 1
      ? sorted[0]
      : { apiVersion: 'v1', items: sorted, kind: 'List', metadata: { resourceVersion: '' } }
  const text = printer.print(whole) + (printer.flush?.() ?? '')
  yield* context.print(text)
  return true
}

/** @returns whether a row was printed */
function* printTables(context: Context, answers: readonly GetAnswer[]): Blocking<boolean> {
  const showKind =
    context.flags.boolean('show-kind') ||
    new Set(answers.map((answer) => qualifiedKind(answer.type))).size > 1
  let printed = ''
  let printer: TablePrinter | undefined
  let last: ResourceType | undefined
  const flush = (): void => {
    const text = printer?.flush() ?? ''
    if (text !== '') printed += (printed !== '' && !context.flags.boolean('no-headers') ? '\n' : '') + text
  }
  for (const answer of answers) {
    const table = tableOf(context, answer)
    const rows = sortRows(context, table.rows ?? [])
    if (rows.length === 0) continue
    if (!printer || last !== answer.type) {
      flush()
      printer = tablePrinter(context, answer.type, showKind)
    }
    last = answer.type
    printer.add({ ...table, rows }, answer.type)
  }
  flush()
  yield* context.print(printed)
  return printed !== ''
}

function sortRows(context: Context, rows: readonly TableRow[]): readonly TableRow[] {
  const key = context.flags.string('sort-by')
  if (key === '') return rows
  try {
    return sortBy(rows, key, (row) => row.object)
  } catch (error) {
    // A key that no row has leaves nothing to show, as with the real one.
    if (error instanceof CommandError) return []
    throw error
  }
}

export function tableOf(context: Context, answer: GetAnswer): Table {
  return answer.body.kind === 'Table' ? answer.body : plainTable(objectsOf(answer), context.process.now())
}

export function tablePrinter(context: Context, type: ResourceType, showKind: boolean): TablePrinter {
  const { flags } = context
  return new TablePrinter({
    wide: flags.string('output') === 'wide',
    noHeaders: flags.boolean('no-headers'),
    showNamespace: scopeOf(context).allNamespaces && type.namespaced,
    showKind,
    showLabels: flags.boolean('show-labels'),
    labelColumns: flags.list('label-columns'),
  })
}
