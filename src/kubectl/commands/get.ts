import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { fetchAnswers, objectsOf, watches, type GetAnswer } from './get-answers.ts'
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
import { klog } from '../klog.ts'
import { scopeOf } from '../resources/builder.ts'
import { isList, objectName, printerFor } from '../printers/printer.ts'
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
  const { namespace } = context
  if (
    !watches(context) &&
    context.flags.list('filename').length === 0 &&
    context.flags.string('kustomize') === '' &&
    context.args.length === 0
  ) {
    throw new PlainError(NO_TYPE)
  }
  if (context.flags.boolean('output-watch-events') && !watches(context)) {
    throw new CommandError('--output-watch-events option can only be used with --watch or --watch-only')
  }
  const human = isHuman(context)
  if (!human && context.flags.string('output') !== '' && context.flags.boolean('show-labels'))
    throw new CommandError(
      `--show-labels option cannot be used with ${context.flags.string('output')} printer`,
    )
  const { answers, errors, single } = yield* fetchAnswers(context, human)
  if (watches(context)) return yield* watchObjects(context, answers, errors)
  if (!human) return yield* printObjects(context, answers, errors, single)
  const found = yield* printTables(context, answers)
  if (!found && errors.length === 0 && !context.flags.boolean('ignore-not-found')) {
    const namespaced = !scopeOf(context).allNamespaces && answers.every((answer) => answer.type.namespaced)
    yield* context.printError(
      namespaced ? `No resources found in ${namespace} namespace.\n` : 'No resources found\n',
    )
  }
  throwAll(errors)
}

/** Whether it is a table that is wanted, which the server makes. */
export function isHuman({ flags }: Context): boolean {
  const output = flags.string('output')
  return output === 'wide' || (output === '' && flags.string('template') === '')
}

const NO_TYPE = `You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.

error: Required resource not specified.
Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).
See 'kubectl get -h' for help and examples`

/** The object itself when one was asked for, else a List; what fails while printing is told after what failed before. */
function* printObjects(
  context: Context,
  answers: readonly GetAnswer[],
  errors: readonly Error[],
  single: boolean,
): Blocking<void> {
  if (single) throwAll(errors)
  const objects = answers.flatMap((answer) => objectsOf(answer))
  if (objects.length === 0 && context.flags.boolean('ignore-not-found')) return throwAll(errors)
  const printer = printerFor(context, { nameOf: objectName, columns: true })
  const failures = [...errors]
  try {
    const [only] = objects
    const whole =
      single && objects.length === 1 && !isList(only)
        ? only
        : {
            apiVersion: 'v1',
            items: sorted(context, objects),
            kind: 'List',
            metadata: { resourceVersion: '' },
          }
    yield* context.print(printer!.print(whole) + (printer!.flush?.() ?? ''))
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    failures.push(error)
  }
  throwAll(failures)
}

function sorted(context: Context, objects: readonly KubeObject[]): readonly KubeObject[] {
  const key = context.flags.string('sort-by')
  return key === '' || objects.length === 0
    ? objects
    : sortBy(objects, key, (object) => object, fatal(context, 'sorter.go:329', '*unstructured.Unstructured'))
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
    // One object by its name is not sorted.
    const rows = answer.name === undefined ? sortRows(context, table.rows ?? []) : (table.rows ?? [])
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

/** kubectl gives up at once on keys it cannot compare. */
function fatal(context: Context, source: string, where: string): (message: string) => Error {
  return (message) => new PlainError(klog(context, 'F', source, message.replace('%s', where)))
}

function sortRows(context: Context, rows: readonly TableRow[]): readonly TableRow[] {
  const key = context.flags.string('sort-by')
  if (key === '') return rows
  try {
    return sortBy(rows, key, (row) => row.object, fatal(context, 'sorter.go:375', '[][][]reflect.Value'))
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
