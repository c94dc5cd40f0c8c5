import { formatMicroTimestamp } from '../../../encoding/time.ts'
import type { Blocking, Process } from '../../../os/index.ts'
import { Inbox } from '../../../os/net/waiting.ts'
import { tool, ToolExit, type Tool } from '../../../os/programs/tool.ts'
import type { Container } from './container.ts'
import { logTimestamp, type LogLine } from './log.ts'
import type { ContainerRuntime } from './runtime.ts'

type Verb = (tool: Tool, runtime: ContainerRuntime, operands: readonly string[]) => Blocking<number>

/** crictl: what the container runtime of this node has, as it says itself, whatever the API server believes. */
export function crictl(process: Process, runtime: ContainerRuntime): Blocking<number> {
  return tool({
    name: 'crictl',
    usage: '[global options] command [command options] [arguments...]',
    short: 'aqfr:n:s:o:t',
    long: {
      all: 'a', quiet: 'q', follow: 'f', tail: 'tail:', name: 'name:', namespace: 'namespace:', pod: 'p:', state: 's:', timestamps: 't',
      'runtime-endpoint': 'r:', output: 'o:',
    }, // prettier-ignore
    *run(run) {
      const [name = '', ...operands] = run.operands
      const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined
      if (!verb)
        throw new ToolExit(1, `crictl here knows: ${Object.keys(VERBS).join(', ')}. No command "${name}".\n`)
      return yield* verb(run, runtime, operands)
    },
  })(process, 'gnu')
}

const VERBS: Readonly<Record<string, Verb>> = {
  *ps(tool, runtime) {
    const containers = [...runtime.containers.values()]
      .filter(({ state }) => tool.options.has('a') || state === 'running')
      .filter(({ config }) => config.name.includes(tool.options.get('name') ?? ''))
      .reverse()
    if (tool.options.has('q')) return yield* quiet(tool, containers)
    const rows = containers.map((container) => [
      short(container.id),
      short(container.config.image.digest.slice('sha256:'.length)),
      age(tool.process.now() - container.createdMs),
      capitalised(container.state),
      container.config.name,
      String(container.config.attempt),
      short(container.sandbox.id),
      container.sandbox.config.name,
      container.sandbox.config.namespace,
    ])
    return yield* table(tool, 'CONTAINER,IMAGE,CREATED,STATE,NAME,ATTEMPT,POD ID,POD,NAMESPACE', rows)
  },

  *pods(tool, runtime) {
    const sandboxes = [...runtime.sandboxes.values()]
      .filter(({ config }) => config.name.includes(tool.options.get('name') ?? ''))
      .filter(({ config }) => [undefined, config.namespace].includes(tool.options.get('namespace')))
      .reverse()
    if (tool.options.has('q')) return yield* quiet(tool, sandboxes)
    const rows = sandboxes.map((sandbox) => [
      short(sandbox.id),
      age(tool.process.now() - sandbox.createdMs),
      sandbox.ready ? 'Ready' : 'NotReady',
      sandbox.config.name,
      sandbox.config.namespace,
      '0',
      '(default)',
    ])
    return yield* table(tool, 'POD ID,CREATED,STATE,NAME,NAMESPACE,ATTEMPT,RUNTIME', rows)
  },

  *images(tool, runtime) {
    const rows = runtime.images.list().flatMap(({ image, names }) =>
      names.map((name) => {
        const colon = name.lastIndexOf(':')
        return [
          name.slice(0, colon),
          name.slice(colon + 1),
          short(image.digest.slice('sha256:'.length)),
          megabytes(image.sizeBytes),
        ]
      }),
    )
    return yield* table(tool, 'IMAGE,TAG,IMAGE ID,SIZE', rows)
  },

  *logs(tool, runtime, [id = '']) {
    const { log } = containerOf(runtime, id)
    const tail = Number(tool.options.get('tail') ?? Infinity)
    const show = (line: LogLine) =>
      `${tool.options.has('t') ? `${logTimestamp(line)} ` : ''}${line.text.replace(/\n?$/, '\n')}`
    const { lines } = log
    yield* tool.print(
      lines
        .slice(Math.max(0, lines.length - tail))
        .map(show)
        .join(''),
    )
    if (!tool.options.has('f')) return 0
    yield* tool.flush()
    const inbox = new Inbox<LogLine>()
    const stop = log.follow((line) => inbox.put(line))
    try {
      for (;;) {
        const next = yield* inbox.take(tool.process)
        if (typeof next === 'object') yield* tool.process.print(show(next.item))
      }
    } finally {
      stop()
    }
  },

  *inspect(tool, runtime, [id = '']) {
    const container = containerOf(runtime, id)
    const { config, sandbox, createdMs, startedMs, finishedMs, exit, state } = container
    const time = (ms: number | undefined) => formatMicroTimestamp(ms ?? 0)
    const status = {
      id: container.id,
      metadata: { attempt: config.attempt, name: config.name },
      image: { image: `${config.image.name}:${config.image.tags[0]}` },
      imageRef: config.image.digest,
      state: `CONTAINER_${state.toUpperCase()}`,
      createdAt: time(createdMs),
      startedAt: time(startedMs),
      finishedAt: time(finishedMs),
      exitCode: exit?.code ?? 0,
      reason: exit?.reason ?? '',
      labels: {
        'io.kubernetes.container.name': config.name,
        'io.kubernetes.pod.name': sandbox.config.name,
        'io.kubernetes.pod.namespace': sandbox.config.namespace,
        'io.kubernetes.pod.uid': sandbox.config.uid,
      },
    }
    yield* tool.print(`${JSON.stringify({ status }, undefined, 2)}\n`)
    return 0
  },

  *stop(tool, runtime, ids) {
    for (const id of ids) {
      containerOf(runtime, id).signal('SIGTERM')
      yield* tool.print(`${id}\n`)
    }
    return 0
  },
}

/** The one container whose id begins so. @throws ToolExit */
function containerOf(runtime: ContainerRuntime, id: string): Container {
  const found = [...runtime.containers.values()].filter((each) => id !== '' && each.id.startsWith(id))
  if (found.length === 1) return found[0]!
  throw new ToolExit(
    1,
    `E container not found: rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found\n`,
  )
}

const short = (id: string): string => id.slice(0, 13)
const capitalised = (word: string): string => word[0]!.toUpperCase() + word.slice(1)
const megabytes = (bytes: number): string =>
  bytes < 1e6 ? `${Math.round(bytes / 1e3)}kB` : `${(bytes / 1e6).toPrecision(3)}MB`

/** `5 seconds ago`, `About a minute ago`, `3 hours ago`. */
function age(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (seconds < 1) return 'Less than a second ago'
  if (seconds === 1) return '1 second ago'
  if (seconds < 60) return `${seconds} seconds ago`
  if (minutes === 1) return 'About a minute ago'
  if (minutes < 60) return `${minutes} minutes ago`
  if (hours === 1) return 'About an hour ago'
  return hours < 48 ? `${hours} hours ago` : `${Math.floor(hours / 24)} days ago`
}

function* quiet(tool: Tool, all: readonly { readonly id: string }[]): Blocking<number> {
  yield* tool.print(all.map(({ id }) => `${id}\n`).join(''))
  return 0
}

/** Columns of at least 20, three spaces apart, as Go's tabwriter is set there. */
function* table(tool: Tool, heads: string, rows: readonly (readonly string[])[]): Blocking<number> {
  const all = [heads.split(','), ...rows]
  const widths = all[0]!.map((_, column) => Math.max(20, ...all.map((row) => row[column]!.length + 3)))
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!))).join('')
  yield* tool.print(all.map((row) => `${line(row)}\n`).join(''))
  return 0
}
