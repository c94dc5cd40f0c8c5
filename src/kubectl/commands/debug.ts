import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { command } from '../command.ts'
import { completeNamesOf } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { FlagError, quote, type Flag } from '../flags.ts'
import { strategicPatch } from '../patch/three-way.ts'
import { mustFetch } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'
import { containersOf } from './containers.ts'
import { copyOf, isProfile, nodeDebugger, withEphemeralContainer, type DebugOptions } from './debug-pod.ts'
import { PODS } from './exec.ts'
import { attachToDebugger } from './run-attach.ts'
import { isImageReference } from './run.ts'

const JSON_ANSWER = { accept: 'application/json, */*' }

const AT_ONCE = { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 }

const text = (name: string, help: string, more: Partial<Flag> = {}): Flag => ({
  name,
  type: 'string',
  default: '',
  help,
  ...more,
})
const toggle = (name: string, help: string, more: Partial<Flag> = {}): Flag => ({
  name,
  type: 'boolean',
  default: false,
  help,
  ...more,
})

export const debug = command({
  name: 'debug',
  group: 'Troubleshooting and Debugging Commands',
  short: 'Look into a Pod or node with another container',
  examples: [
    'kubectl debug web-0 -it --image=busybox --target=nginx',
    'kubectl debug web-0 -it --image=busybox --copy-to=web-debug',
    'kubectl debug node/node-1 -it --image=busybox',
  ],
  usage: '(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ] [options]',
  flags: [
    text('image', 'Image of the debugging container.'),
    text('image-pull-policy', 'When to pull it.'),
    text('container', 'Name of the debugging container.', { short: 'c' }),
    text('target', 'Container whose processes an ephemeral container is to see.'),
    text('copy-to', 'Debug a copy of the Pod with this name.'),
    { name: 'set-image', type: 'list', default: [], help: 'Other images of the copy: CONTAINER=IMAGE.' },
    { name: 'env', type: 'list', default: [], help: 'KEY=VALUE for the container.' },
    { name: 'filename', short: 'f', type: 'list', default: [], help: 'Manifest of the Pod.' },
    text('profile', 'What the container may do.', {
      default: 'general',
      values: ['general', 'baseline', 'restricted', 'netadmin', 'sysadmin'],
    }),
    toggle('stdin', 'Keep standard input open, and attach to it.', { short: 'i' }),
    toggle('tty', 'Give the container a terminal.', { short: 't' }),
    toggle('attach', 'Attach to the container when it runs.'),
    toggle('quiet', 'Say less.', { short: 'q' }),
    toggle('arguments-only', 'What follows -- are the arguments, not the command.'),
    toggle('replace', 'Delete the Pod that is copied.'),
    toggle('same-node', 'Put the copy on the same node.'),
    toggle('share-processes', 'The containers of the copy see each other.', { default: true }),
    toggle('keep-labels', 'The copy keeps the labels.'),
    toggle('keep-annotations', 'The copy keeps the annotations.'),
    toggle('keep-liveness', 'The copy keeps its liveness probes.'),
    toggle('keep-readiness', 'The copy keeps its readiness probes.'),
    toggle('keep-startup', 'The copy keeps its startup probes.'),
    toggle('keep-init-containers', 'The copy keeps its init containers.', { default: true }),
  ],
  completeArgs: completeNamesOf('pods', ['nodes']),
  *run(context): Blocking<void> {
    const { flags, args, argsBeforeDash } = context
    const names = argsBeforeDash < 0 ? args : args.slice(0, argsBeforeDash)
    const options = optionsOf(context, argsBeforeDash < 0 ? [] : args.slice(argsBeforeDash))
    yield* validate(context, names, options)
    const words = names.map((name) => (name.includes('/') ? name : `pods/${name}`))
    // One after the other: those before a name that is not there get their container.
    const groups = flags.list('filename').length > 0 ? [words] : words.map((word) => [word])
    for (const group of groups) {
      for (const info of yield* mustFetch(context, { args: group, ...JSON_ANSWER }))
        yield* visit(context, info, options)
    }
  },
})

/** @throws FlagError for a pair without `=` */
function pairs(context: Context, flag: string): [string, string][] {
  return context.flags.list(flag).map((pair) => {
    const equals = pair.indexOf('=')
    if (equals >= 0) return [pair.slice(0, equals), pair.slice(equals + 1)]
    throw new FlagError(
      `invalid argument ${quote(pair)} for "--${flag}" flag: ${pair} must be formatted as key=value`,
    )
  })
}

function optionsOf(context: Context, words: readonly string[]): DebugOptions {
  const { flags } = context
  const probes = ['liveness', 'readiness', 'startup'].filter((probe) => !flags.boolean(`keep-${probe}`))
  return {
    image: flags.string('image'),
    container: flags.string('container'),
    words,
    argumentsOnly: flags.boolean('arguments-only'),
    env: pairs(context, 'env').map(([name, value]) => ({ name, value })),
    imagePullPolicy: flags.string('image-pull-policy'),
    stdin: flags.boolean('stdin'),
    tty: flags.boolean('tty'),
    target: flags.string('target'),
    profile: flags.string('profile'),
    setImage: new Map(pairs(context, 'set-image')),
    sameNode: flags.boolean('same-node'),
    shareProcesses: flags.changed('share-processes') ? flags.boolean('share-processes') : undefined,
    keepLabels: flags.boolean('keep-labels'),
    keepAnnotations: flags.boolean('keep-annotations'),
    keepInitContainers: flags.boolean('keep-init-containers'),
    droppedProbes: probes.map((probe) => `${probe}Probe`),
  }
}

/** @throws CommandError for flags that do not go together */
function* validate(context: Context, names: readonly string[], options: DebugOptions): Blocking<void> {
  const { flags } = context
  const { image, container, words, target, setImage } = options
  const copying = flags.string('copy-to') !== ''
  const faults: readonly (readonly [unknown, string])[] = [
    [!isProfile(options.profile), `unknown profile: ${options.profile}`],
    [
      flags.boolean('attach') && image === '' && container === '',
      'you must specify --container or create a new container using --image in order to attach.',
    ],
    [
      copying && image === '' && setImage.size === 0 && words.length === 0,
      'you must specify --image, --set-image or command arguments.',
    ],
    [
      copying && words.length > 0 && container === '' && image === '',
      'you must specify an existing container or a new image when specifying args.',
    ],
    [!copying && flags.boolean('replace'), '--replace may only be used with --copy-to.'],
    [!copying && flags.boolean('same-node'), '--same-node may only be used with --copy-to.'],
    [!copying && setImage.size > 0, '--set-image may only be used with --copy-to.'],
    [!copying && image === '', 'you must specify --image when not using --copy-to.'],
    [
      image !== '' && !isImageReference(image),
      `invalid image name ${quote(image)}: invalid reference format`,
    ],
    [names.length + flags.list('filename').length === 0, 'NAME or filename is required for debug'],
    [
      !['', 'Always', 'IfNotPresent', 'Never'].includes(options.imagePullPolicy),
      `invalid image pull policy: ${options.imagePullPolicy}`,
    ],
    ...[...setImage].map(
      ([name, value]) =>
        [
          !isImageReference(value),
          `invalid image name ${quote(value)} for container ${quote(name)}: invalid reference format`,
        ] as const,
    ),
    [target !== '' && copying, '--target is incompatible with --copy-to. Use --share-processes instead.'],
  ]
  const fault = faults.find(([holds]) => holds)
  if (fault) throw new CommandError(fault[1])
  if (target !== '' && !flags.boolean('quiet')) {
    yield* context.printLine(
      `Targeting container ${quote(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.`,
    )
  }
  if (options.tty && !options.stdin)
    throw new CommandError('-i/--stdin is required for containers with -t/--tty=true')
}

function* visit(context: Context, info: Info, options: DebugOptions): Blocking<void> {
  const { group, version, kind } = info.type
  const started =
    kind === 'Node'
      ? yield* debugNode(context, info, options)
      : kind !== 'Pod'
        ? undefined
        : context.flags.string('copy-to') !== ''
          ? yield* debugCopy(context, info.object, options)
          : yield* debugPod(context, info.object, options)
  if (!started) throw new CommandError(`"${group}/${version}, Kind=${kind}" not supported by debug`)
  const { flags } = context
  const attach = flags.changed('attach') ? flags.boolean('attach') : options.stdin
  if (attach && started.container !== undefined)
    yield* attachToDebugger(context, started.pod, started.container)
}

interface Started {
  readonly pod: KubeObject
  /** The container to attach to, if there is one. */
  readonly container: string | undefined
}

function* debugPod(context: Context, pod: KubeObject, options: DebugOptions): Blocking<Started> {
  const container = yield* containerName(context, pod, options)
  const patch = strategicPatch('Pod', pod, withEphemeralContainer(pod, container, options))
  const path = pathOf(PODS, pod.metadata.namespace, pod.metadata.name, 'ephemeralcontainers')
  const changed = yield* context.api.send('PATCH', path, {}, patch, {
    contentType: 'application/strategic-merge-patch+json',
    ...JSON_ANSWER,
  })
  return { pod: changed, container }
}

function* debugCopy(context: Context, pod: KubeObject, options: DebugOptions): Blocking<Started> {
  const { flags } = context
  const onlyImages = options.image === '' && !containersOf(pod).some(({ name }) => name === options.container)
  if (onlyImages && options.setImage.size === 0)
    throw new CommandError('you must specify image when creating new container')
  const container = onlyImages ? undefined : yield* containerName(context, pod, options)
  const copy = copyOf(pod, flags.string('copy-to'), container, options)
  const { namespace, name } = pod.metadata
  const created = yield* context.api.send('POST', pathOf(PODS, namespace), {}, copy, JSON_ANSWER)
  if (flags.boolean('replace'))
    yield* context.api.send('DELETE', pathOf(PODS, namespace, name), {}, AT_ONCE, JSON_ANSWER)
  return { pod: created, container }
}

function* debugNode(context: Context, { name }: Info, options: DebugOptions): Blocking<Started> {
  const pod = nodeDebugger(name, `node-debugger-${name}-${suffix(context)}`, context.namespace, options)
  const container: string = pod.spec.containers[0].name
  if (!context.flags.boolean('quiet'))
    yield* context.printLine(
      `Creating debugging pod ${pod.metadata.name} with container ${container} on node ${name}.`,
    )
  const path = pathOf(PODS, context.namespace)
  return { pod: yield* context.api.send('POST', path, {}, pod, JSON_ANSWER), container }
}

/** The name given for the debugging container, or one that no container of the Pod has. */
function* containerName(context: Context, pod: KubeObject, options: DebugOptions): Blocking<string> {
  if (options.container !== '') return options.container
  const taken = new Set(containersOf(pod).map(({ name }) => name))
  let name = `debugger-${suffix(context)}`
  while (taken.has(name)) name = `debugger-${suffix(context)}`
  if (!context.flags.boolean('quiet')) yield* context.printLine(`Defaulting debug container name to ${name}.`)
  return name
}

const suffix = (context: Context): string => context.process.machine.simulation.random('kubectl').string(5)
