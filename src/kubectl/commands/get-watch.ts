import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import { TABLE_ACCEPT } from '../api.ts'
import type { Context } from '../context.ts'
import { CommandError, throwAll } from '../errors.ts'
import { scopeOf } from '../resources/builder.ts'
import { objectName, printerFor, type ObjectPrinter } from '../printers/printer.ts'
import { toYaml } from '../printers/yaml.ts'
import { goJson } from '../printers/json.ts'
import { objectsOf, type GetAnswer } from './get-answers.ts'
import { tableOf, tablePrinter } from './get.ts'

/** `get -w`: the objects as they are, then every change until the watch ends. An interrupt ends it with exit code 1. */
export function* watchObjects(
  context: Context,
  answers: readonly GetAnswer[],
  errors: readonly Error[],
): Blocking<number> {
  const ignore = (): void => {}
  for (const signal of ['SIGINT', 'SIGTERM'] as const) context.process.onSignal(signal, ignore)
  const result = yield* context.process.interruptible(showChanges(context, answers, errors))
  return 'interrupted' in result ? 1 : 0
}

function* showChanges(
  context: Context,
  answers: readonly GetAnswer[],
  errors: readonly Error[],
): Blocking<void> {
  throwAll(errors)
  const [answer] = answers
  if (!answer) return
  if (answers.some(({ type }) => type !== answer.type))
    throw new CommandError(
      'watch is only supported on individual resources and resource collections - more than 1 resource was found',
    )
  const printer = printerFor(context, { nameOf: objectName, columns: true })
  const show = printer ? objectShower(context, printer) : tableShower(context, answer)
  if (!context.flags.boolean('watch-only')) for (const each of answers) yield* show(each, 'ADDED')
  if (answers.length > 1)
    throw new CommandError('you may only watch a single resource or type of resource at a time')
  const { selector, fieldSelector, allNamespaces } = scopeOf(context)
  const version = answer.name === undefined ? String(answer.body.metadata?.resourceVersion ?? '') : '0'
  const stream = context.api.stream(
    pathOf(answer.type, allNamespaces ? undefined : answer.namespace),
    {
      labelSelector: selector || undefined,
      fieldSelector: answer.name === undefined ? fieldSelector || undefined : `metadata.name=${answer.name}`,
      resourceVersion: version,
      watch: 'true',
    },
    printer || !context.flags.boolean('server-print') ? 'application/json' : TABLE_ACCEPT,
  )
  try {
    // A named object comes once more as the first event: it has been shown.
    let skip = answer.name !== undefined
    for (let event = yield* stream.event(); event; event = yield* stream.event()) {
      if (event.type === 'BOOKMARK') continue
      if (event.type === 'ERROR')
        throw new CommandError(
          `unable to decode an event from the watch stream: ${event.object?.message ?? ''}`,
        )
      if (skip) skip = false
      else
        yield* show(
          { ...answer, name: answer.name ?? event.object?.metadata?.name ?? '', body: event.object },
          event.type,
        )
    }
  } finally {
    stream.close()
  }
}

type Show = (answer: GetAnswer, event: string) => Blocking<void>

function tableShower(context: Context, first: GetAnswer): Show {
  const printer = tablePrinter(context, first.type, context.flags.boolean('show-kind'))
  const withEvents = context.flags.boolean('output-watch-events')
  return function* (answer, event) {
    const table = tableOf(context, answer)
    if (!table.rows?.length && !table.columnDefinitions?.length) return
    if (!table.rows?.length) return
    printer.add(table, answer.type, withEvents ? event : undefined)
    yield* context.print(printer.flush())
  }
}

function objectShower(context: Context, printer: ObjectPrinter): Show {
  const withEvents = context.flags.boolean('output-watch-events')
  return function* (answer, event) {
    for (const object of answer.name === undefined ? objectsOf(answer) : [answer.body]) {
      if (withEvents && printer.format === 'yaml') yield* context.print(toYaml({ type: event, object }))
      else if (withEvents && printer.format === 'json')
        yield* context.print(`${goJson({ type: event, object }, { indent: 4 })}\n`)
      else yield* context.print(printer.print(object) + (printer.flush?.() ?? ''))
    }
  }
}
