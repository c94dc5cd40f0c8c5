import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { ALL_NAMESPACES, command, PRINT_FLAGS } from '../command.ts'
import type { Context } from '../context.ts'
import { groupVersion } from '../discovery.ts'
import { CommandError, PlainError } from '../errors.ts'
import { eventAge } from '../printers/describe/events.ts'
import { objectName, printerFor, TYPED } from '../printers/printer.ts'
import { TabWriter } from '../printers/tab-writer.ts'
import { parseTimestamp } from '../../encoding/time.ts'

export const events = command({
  name: 'events',
  group: 'Troubleshooting and Debugging Commands',
  short: 'List events, the oldest first',
  examples: ['kubectl events', 'kubectl events --for pod/web-0 --watch', 'kubectl events --types=Warning'],
  flags: [
    ...PRINT_FLAGS,
    ALL_NAMESPACES,
    { name: 'for', type: 'string', default: '', help: 'Only of this object: TYPE/NAME.' },
    { name: 'types', type: 'list', default: [], values: ['Normal', 'Warning'], help: 'Only of these types.' },
    {
      name: 'watch',
      short: 'w',
      type: 'boolean',
      default: false,
      help: 'After listing, go on showing events.',
    },
    { name: 'no-headers', type: 'boolean', default: false, help: 'Leave the header line out.' },
    { name: 'chunk-size', type: 'integer', default: 500, help: 'How many events to ask for at once.' },
  ],
  run: runEvents,
})

function* runEvents(context: Context): Blocking<void> {
  const target = yield* targetOf(context)
  for (const type of context.flags.list('types')) {
    if (!['normal', 'warning'].includes(type.toLowerCase()))
      throw new CommandError(`valid --types are Normal or Warning`)
  }
  const all = context.flags.boolean('all-namespaces')
  const path = all ? '/api/v1/events' : `/api/v1/namespaces/${context.namespace}/events`
  const fieldSelector = target
    ? `involvedObject.kind=${target.kind},involvedObject.apiVersion=${target.apiVersion},involvedObject.name=${target.name}`
    : undefined
  const query = { limit: String(context.flags.integer('chunk-size')), fieldSelector }
  const list = yield* context.api.get(path, query)
  const shown = ((list.items ?? []) as KubeObject[])
    .filter((event) => ofTypes(context, event))
    .sort((a, b) => lastSeen(a) - lastSeen(b))
  const watching = context.flags.boolean('watch')
  if (shown.length === 0 && !watching) {
    return yield* context.printError(
      all ? 'No events found.\n' : `No events found in ${context.namespace} namespace.\n`,
    )
  }
  const printer = printerFor(context, { nameOf: objectName })
  // The list is one of typed objects: their fields come in the order of Go's structs, and none says its kind.
  if (printer && printer.format !== 'name')
    yield* context.print(
      printer.print({
        kind: 'EventList',
        apiVersion: 'v1',
        metadata: {},
        items: shown.map(typedEvent),
        [TYPED]: true,
      }),
    )
  const table = new EventsTable(context, all)
  if (!printer) yield* context.print(table.print(shown))
  if (!watching) return
  const stream = context.api.stream(path, {
    fieldSelector,
    resourceVersion: list.metadata?.resourceVersion,
    watch: 'true',
  })
  try {
    for (let event = yield* stream.event(); event; event = yield* stream.event()) {
      if (event.type === 'DELETED' || event.type === 'BOOKMARK' || !ofTypes(context, event.object)) continue
      yield* context.print(printer ? printer.print(event.object) : table.print([event.object]))
    }
  } finally {
    stream.close()
  }
}

function* targetOf(
  context: Context,
): Blocking<{ kind: string; apiVersion: string; name: string } | undefined> {
  const text = context.flags.string('for')
  if (text === '') return undefined
  const [type = '', name = '', ...more] = text.split('/')
  if (more.length > 0)
    throw new CommandError('arguments in resource/name form may not have more than one slash')
  if (name === '') throw new CommandError('--for must be in resource/name form')
  const found = yield* context.discovery.find(type)
  if (!found) throw new PlainError(`the server doesn't have a resource type "${type}"`)
  return { kind: found.kind, apiVersion: groupVersion(found), name }
}

function ofTypes(context: Context, event: KubeObject): boolean {
  const types = context.flags.list('types').map((type) => type.toLowerCase())
  return types.length === 0 || types.includes(String(event.type).toLowerCase())
}

function lastSeen(event: KubeObject): number {
  const ms = parseTimestamp(
    String(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? ''),
  )
  return Number.isNaN(ms) ? 0 : ms
}

class EventsTable {
  private readonly writer = new TabWriter()
  private readonly context: Context
  private readonly all: boolean

  constructor(context: Context, all: boolean) {
    this.context = context
    this.all = all
    const header = ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']
    if (!context.flags.boolean('no-headers')) this.writer.row(all ? ['NAMESPACE', ...header] : header)
  }

  print(list: readonly KubeObject[]): string {
    for (const event of list) {
      const { kind, name } = event.involvedObject ?? {}
      const cells = [
        eventAge(event, this.context.process.now()),
        event.type ?? '',
        event.reason ?? '',
        `${kind}/${name}`,
        String(event.message ?? '').trim(),
      ]
      this.writer.row(this.all ? [event.metadata.namespace, ...cells] : cells)
    }
    return this.writer.flush()
  }
}

const METADATA = ['name', 'generateName', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp']
const REFERENCE = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']
const EVENT =
  'kind apiVersion metadata involvedObject reason message source firstTimestamp lastTimestamp count type eventTime series action related reportingComponent reportingInstance'.split(
    ' ',
  )

/** An event in the order of its Go struct. */
function typedEvent(event: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = event.metadata
  return ordered(EVENT, {
    kind: 'Event',
    apiVersion: 'v1',
    ...event,
    metadata: ordered(METADATA, metadata),
    involvedObject: ordered(REFERENCE, event.involvedObject),
  })
}

const ordered = (keys: readonly string[], object: KubeObject): KubeObject => ({
  ...Object.fromEntries(keys.filter((key) => key in object).map((key) => [key, object[key]])),
  ...Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key))),
})
