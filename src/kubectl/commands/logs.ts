import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject, Stream } from '../api.ts'
import { command, SELECTOR } from '../command.ts'
import { completeNamesOf } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { CommandError, StatusError, UsageError } from '../errors.ts'
import { getObject } from '../resources/builder.ts'
import { chooseContainer, containersOf, notFoundWords, podsOf } from './containers.ts'
import { PODS } from './exec.ts'

export const logs = command({
  name: 'logs',
  group: 'Troubleshooting and Debugging Commands',
  short: 'Print what containers wrote',
  examples: [
    'kubectl logs web-0',
    'kubectl logs -f deploy/web',
    'kubectl logs web-0 -c nginx --previous',
    'kubectl logs -l app=web --tail=20 --prefix',
  ],
  usage: '[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER] [options]',
  flags: [
    SELECTOR,
    {
      name: 'container',
      short: 'c',
      type: 'string',
      default: '',
      values: 'containers',
      help: 'Container of the Pod.',
    },
    { name: 'all-containers', type: 'boolean', default: false, help: 'Every container of the Pod.' },
    { name: 'all-pods', type: 'boolean', default: false, help: 'Every Pod of the workload.' },
    { name: 'follow', short: 'f', type: 'boolean', default: false, help: 'Go on printing what is written.' },
    {
      name: 'previous',
      short: 'p',
      type: 'boolean',
      default: false,
      help: 'The container before the last restart.',
    },
    {
      name: 'prefix',
      type: 'boolean',
      default: false,
      help: 'Say before each line which container wrote it.',
    },
    { name: 'since', type: 'duration', default: 0, help: 'Only what is newer than this.' },
    { name: 'since-time', type: 'string', default: '', help: 'Only what is newer than this moment.' },
    { name: 'tail', type: 'integer', default: -1, help: 'Only so many of the last lines.' },
    { name: 'timestamps', type: 'boolean', default: false, help: 'The time before each line.' },
    { name: 'limit-bytes', type: 'integer', default: 0, help: 'At most so many bytes.' },
    {
      name: 'ignore-errors',
      type: 'boolean',
      default: false,
      help: 'Go on when one of several logs cannot be read.',
    },
    { name: 'max-log-requests', type: 'integer', default: 5, help: 'How many logs to follow at once.' },
    { name: 'pod-running-timeout', type: 'duration', default: 20_000, help: 'How long to wait for a Pod.' },
    { name: 'insecure-skip-tls-verify-backend', type: 'boolean', default: false, help: 'Accepted.' },
  ],
  completeArgs: completeNamesOf('pods', ['deployments', 'services']),
  run: runLogs,
})

interface Source {
  readonly pod: KubeObject
  readonly container: KubeObject
  readonly kind: string
}

function* runLogs(context: Context): Blocking<void> {
  const { flags, args } = context
  const selector = flags.string('selector')
  if (args.length === 0 && selector === '') {
    throw new UsageError(
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    )
  }
  if (args.length > 2)
    throw new UsageError(
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    )
  if (args.length > 0 && selector !== '')
    throw new UsageError('only a selector (-l) or a POD name is allowed')
  if (args.length === 2 && flags.string('container') !== '')
    throw new CommandError('only one of -c or an inline [CONTAINER] arg is allowed')
  if (flags.boolean('all-containers') && flags.string('container') !== '')
    throw new CommandError(
      `--all-containers=true should not be specified with container name ${flags.string('container')}`,
    )
  const tail = flags.changed('tail') ? flags.integer('tail') : selector !== '' ? 10 : -1
  if (tail < -1) throw new CommandError('--tail must be greater than or equal to -1')
  if (flags.changed('since') && flags.duration('since') <= 0)
    throw new CommandError('--since must be greater than 0')
  if (flags.changed('limit-bytes') && flags.integer('limit-bytes') <= 0)
    throw new CommandError('--limit-bytes must be greater than 0')
  checkTime(flags.string('since-time'))
  const pods = selector !== '' ? yield* selectedPods(context, selector) : yield* namedPods(context, args[0]!)
  if (flags.duration('since') > 0 && flags.string('since-time') !== '')
    throw new CommandError('at most one of `sinceTime` or `sinceSeconds` may be specified')
  if (pods.length === 0)
    return yield* context.printError(`No resources found in ${context.namespace} namespace.\n`)
  const sources: Source[] = []
  for (const pod of pods)
    sources.push(...(yield* sourcesOf(context, pod, args[1] ?? flags.string('container'))))
  if (flags.boolean('follow') && sources.length > flags.integer('max-log-requests')) {
    throw new CommandError(
      `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${flags.integer('max-log-requests')}, use --max-log-requests to increase the limit`,
    )
  }
  const query = queryOf(context, tail)
  if (flags.boolean('follow')) return yield* follow(context, sources, query)
  for (const source of sources) yield* printOne(context, source, query)
}

/** @throws CommandError with the words of Go's time.Parse */
function checkTime(text: string): void {
  if (text === '' || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)) return
  const quoted = JSON.stringify(text)
  throw new CommandError(
    `parsing time ${quoted} as "2006-01-02T15:04:05Z07:00": cannot parse ${quoted} as "2006"`,
  )
}

function* selectedPods(context: Context, selector: string): Blocking<KubeObject[]> {
  const list = yield* context.api.get(
    pathOf(PODS, context.namespace),
    { labelSelector: selector },
    'application/json, */*',
  )
  return list.items ?? []
}

function* namedPods(context: Context, word: string): Blocking<KubeObject[]> {
  const [typeName, name] = word.includes('/') ? (word.split('/') as [string, string]) : ['pods', word]
  const type = yield* context.discovery.mustFind(typeName)
  const info = { type, namespace: context.namespace, name }
  let object: KubeObject
  try {
    object = yield* getObject(context, info, { accept: 'application/json, */*' })
  } catch (error) {
    throw notFoundWords(error, type, name, context.namespace)
  }
  if (type.kind === 'Pod') return [object]
  const pods = yield* podsOf(context, type, object, 'get the logs from')
  if (context.flags.boolean('all-pods')) return pods
  if (pods.length > 1)
    yield* context.printError(`Found ${pods.length} pods, using pod/${pods[0]!.metadata.name}\n`)
  return pods.slice(0, 1)
}

function* sourcesOf(context: Context, pod: KubeObject, wanted: string): Blocking<Source[]> {
  if (context.flags.boolean('all-containers')) {
    const order = { container: 0, init: 1, ephemeral: 2 }
    return containersOf(pod)
      .sort((a, b) => order[a.kind] - order[b.kind])
      .map(({ spec, kind }) => ({ pod, container: spec, kind }))
  }
  return [{ pod, container: yield* chooseContainer(context, pod, wanted), kind: 'container' }]
}

function queryOf(context: Context, tail: number): Record<string, string | undefined> {
  const { flags } = context
  const on = (name: string): string | undefined => (flags.boolean(name) ? 'true' : undefined)
  return {
    follow: on('follow'),
    previous: on('previous'),
    timestamps: on('timestamps'),
    sinceSeconds: flags.duration('since') > 0 ? String(Math.ceil(flags.duration('since') / 1000)) : undefined,
    sinceTime: flags.string('since-time') || undefined,
    tailLines: tail >= 0 ? String(tail) : undefined,
    limitBytes: flags.integer('limit-bytes') > 0 ? String(flags.integer('limit-bytes')) : undefined,
  }
}

function* printOne(
  context: Context,
  source: Source,
  query: Record<string, string | undefined>,
): Blocking<void> {
  const { pod, container } = source
  try {
    const path = pathOf(PODS, pod.metadata.namespace, pod.metadata.name, 'log')
    const body = yield* context.api.get<unknown>(
      path,
      { container: container.name, ...query },
      'application/json, */*',
    )
    yield* context.print(prefixed(context, source, String(body ?? '')))
  } catch (error) {
    if (!(error instanceof StatusError) || !context.flags.boolean('ignore-errors')) throw error
    yield* context.printLine(`error: ${error.message}`)
  }
}

function prefixed(context: Context, { pod, container }: Source, text: string): string {
  if (!context.flags.boolean('prefix') && !context.flags.boolean('all-pods')) return text
  const mark = `[pod/${pod.metadata.name}/${container.name}] `
  return text.replace(/^(?=.)/gm, mark)
}

/** Follows every source at once, in order of arrival, until all have ended. */
function* follow(
  context: Context,
  sources: readonly Source[],
  query: Record<string, string | undefined>,
): Blocking<void> {
  const open: { source: Source; stream: Stream }[] = sources.map((source) => {
    const path = pathOf(PODS, source.pod.metadata.namespace, source.pod.metadata.name, 'log')
    return {
      source,
      stream: context.api.stream(
        path,
        { container: source.container.name, ...query },
        'application/json, */*',
      ),
    }
  })
  try {
    while (open.length > 0) {
      // With several streams each is asked in turn and waits a little, so that none holds up the others.
      for (const entry of [...open]) {
        const next = yield* entry.stream.next(open.length === 1 ? Infinity : context.process.now() + 50)
        if (next.kind === 'chunk') yield* context.print(prefixed(context, entry.source, String(next.value)))
        if (next.kind === 'end') open.splice(open.indexOf(entry), 1)
      }
    }
  } finally {
    for (const { stream } of open) stream.close()
  }
}
