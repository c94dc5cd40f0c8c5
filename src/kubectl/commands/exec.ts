import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import { command } from '../command.ts'
import { completeNamesOf } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { CommandError, StatusError, UsageError } from '../errors.ts'
import type { Flag } from '../flags.ts'
import { chooseContainer, containersOf, podFor, unknownContainer } from './containers.ts'
import { joinStreams } from './streams.ts'

export const PODS = { group: '', version: 'v1', plural: 'pods', namespaced: true }

const STREAM_FLAGS: readonly Flag[] = [
  {
    name: 'container',
    short: 'c',
    type: 'string',
    default: '',
    values: 'containers',
    help: 'Container of the Pod.',
  },
  { name: 'stdin', short: 'i', type: 'boolean', default: false, help: 'Pass standard input on.' },
  { name: 'tty', short: 't', type: 'boolean', default: false, help: 'Give it a terminal.' },
  { name: 'quiet', short: 'q', type: 'boolean', default: false, help: 'Say less.' },
  { name: 'pod-running-timeout', type: 'duration', default: 60_000, help: 'How long to wait for a Pod.' },
]

export const exec = command({
  name: 'exec',
  group: 'Troubleshooting and Debugging Commands',
  short: 'Run a command in a container',
  examples: [
    'kubectl exec web-0 -- date',
    'kubectl exec -it web-0 -c nginx -- sh',
    'kubectl exec deploy/web -- env',
  ],
  usage: '(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...] [options]',
  flags: [
    ...STREAM_FLAGS,
    { name: 'filename', short: 'f', type: 'list', default: [], help: 'Manifest of the Pod.' },
  ],
  completeArgs: completeNamesOf('pods', ['deployments', 'services']),
  *run(context): Blocking<number> {
    const words = context.argsBeforeDash < 0 ? [] : context.args.slice(context.argsBeforeDash)
    const before = context.argsBeforeDash < 0 ? context.args : context.args.slice(0, context.argsBeforeDash)
    if (context.args.length === 0) throw new CommandError('pod, type/name or --filename must be specified')
    if (words.length === 0 && before.length > 1)
      throw new UsageError(
        'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead',
      )
    if (words.length === 0) throw new CommandError('you must specify at least one command for the container')
    const pod = yield* podFor(context, before[0]!, false)
    const phase = pod.status?.phase
    if (phase === 'Succeeded' || phase === 'Failed') {
      throw new CommandError(`cannot exec into a container in a completed pod; current phase is ${phase}`)
    }
    const container = yield* chooseContainer(
      context,
      pod,
      context.flags.string('container'),
      context.flags.boolean('quiet'),
    )
    const { stdin, tty } = yield* streamOptions(context)
    const path = pathOf(PODS, pod.metadata.namespace, pod.metadata.name, 'exec')
    return yield* joining(
      context,
      path,
      { command: words, container: container.name, ...streamQuery(stdin, tty) },
      { stdin, tty },
    )
  },
})

/** What -i and -t come to when standard input is no terminal. */
export function* streamOptions(context: Context): Blocking<{ stdin: boolean; tty: boolean }> {
  const stdin = context.flags.boolean('stdin')
  const tty = context.flags.boolean('tty')
  if (tty && !context.process.files.get(0)?.terminal) {
    if (!context.flags.boolean('quiet'))
      yield* context.printError('Unable to use a TTY - input is not a terminal or the right kind of file\n')
    return { stdin, tty: false }
  }
  return { stdin, tty }
}

/** A terminal has no stream of its own for errors. */
export function streamQuery(stdin: boolean, tty: boolean): Record<string, string> {
  return {
    ...(stdin ? { stdin: 'true' } : {}),
    stdout: 'true',
    ...(tty ? { tty: 'true' } : { stderr: 'true' }),
  }
}

export function* joining(
  context: Context,
  path: string,
  query: Record<string, string | readonly string[]>,
  options: { stdin: boolean; tty: boolean },
): Blocking<number> {
  try {
    return yield* joinStreams(context, path, query, options)
  } catch (error) {
    if (error instanceof StatusError) throw new CommandError(`unable to upgrade connection: ${error.message}`)
    throw error
  }
}

const BANNER = `All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.
If you don't see a command prompt, try pressing enter.
`

export function* printBanner(context: Context): Blocking<void> {
  if (!context.flags.boolean('quiet')) yield* context.printError(BANNER)
}

export const attach = command({
  name: 'attach',
  group: 'Troubleshooting and Debugging Commands',
  short: 'Attach to a process that runs in a container',
  examples: ['kubectl attach web-0', 'kubectl attach box -it'],
  usage: '(POD | TYPE/NAME) -c CONTAINER [options]',
  flags: STREAM_FLAGS,
  completeArgs: completeNamesOf('pods', ['deployments', 'services']),
  *run(context): Blocking<number> {
    if (context.args.length === 0) throw new CommandError('at least 1 argument is required for attach')
    if (context.args.length > 2)
      throw new UsageError('expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments)')
    const word = context.args.length === 2 ? `${context.args[0]}/${context.args[1]}` : context.args[0]!
    const pod = yield* podFor(context, word)
    const phase = pod.status?.phase
    if (phase === 'Succeeded' || phase === 'Failed')
      throw new CommandError(`cannot attach a container in a completed pod; current phase is ${phase}`)
    const wanted = context.flags.string('container')
    if (wanted !== '' && !containersOf(pod).some(({ name }) => name === wanted))
      throw new CommandError(`cannot attach to the container: ${unknownContainer(pod, wanted)}`)
    const container = yield* chooseContainer(
      context,
      pod,
      context.flags.string('container'),
      context.flags.boolean('quiet'),
    )
    return yield* attachTo(context, pod.metadata, container, yield* streamOptions(context))
  },
})

/** Attaches to a running container; a session with a terminal says at its end how to come back. */
export function* attachTo(
  context: Context,
  pod: { readonly namespace: string; readonly name: string },
  container: { readonly name: string; readonly tty?: boolean },
  options: { readonly stdin: boolean; readonly tty: boolean },
): Blocking<number> {
  if (options.tty && !container.tty) {
    yield* context.printError(
      `error: Unable to use a TTY - container ${container.name} did not allocate one\n`,
    )
  }
  const tty = options.tty && container.tty === true
  yield* printBanner(context)
  const path = pathOf(PODS, pod.namespace, pod.name, 'attach')
  const code = yield* joining(
    context,
    path,
    { container: container.name, ...streamQuery(options.stdin, tty) },
    { stdin: options.stdin, tty },
  )
  if (options.stdin && tty) {
    yield* context.printLine(
      `Session ended, resume using 'kubectl attach ${pod.name} -c ${container.name} -n ${pod.namespace} -i -t' command`,
    )
  }
  return code
}
