import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { command, DRY_RUN, fieldManager, PRINT_FLAGS } from '../command.ts'
import type { Context } from '../context.ts'
import { CommandError, UsageError } from '../errors.ts'
import { mergePatch } from '../../api/patch/merge-patch.ts'
import { strategicMergePatch } from '../../api/patch/strategic-merge-patch.ts'
import { TYPED } from '../printers/printer.ts'
import { attachToRun } from './run-attach.ts'
import { reporter } from './results.ts'
import { atoi, overridesOf } from './write.ts'

export const run = command({
  name: 'run',
  group: 'Basic Commands (Beginner)',
  short: 'Run an image in a Pod',
  examples: [
    'kubectl run web --image=nginx',
    'kubectl run box -it --rm --image=busybox --restart=Never -- sh',
    'kubectl run web --image=nginx --port=80 --expose',
  ],
  usage:
    'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...] [options]',
  flags: [
    ...PRINT_FLAGS,
    DRY_RUN,
    fieldManager('kubectl-run'),
    { name: 'image', type: 'string', default: '', required: true, help: 'Image to run.' },
    { name: 'image-pull-policy', type: 'string', default: '', help: 'When to pull it.' },
    { name: 'annotations', type: 'array', default: [], help: 'KEY=VALUE.' },
    { name: 'labels', short: 'l', type: 'string', default: '', help: 'Labels instead of run=NAME.' },
    { name: 'env', type: 'array', default: [], help: 'KEY=VALUE for the container.' },
    { name: 'port', type: 'string', default: '', help: 'Port that the container says it listens on.' },
    { name: 'expose', type: 'boolean', default: false, help: 'Also create a ClusterIP Service for --port.' },
    {
      name: 'command',
      type: 'boolean',
      default: false,
      help: 'What follows -- is the command, not its arguments.',
    },
    {
      name: 'restart',
      type: 'string',
      default: 'Always',
      values: ['Always', 'OnFailure', 'Never'],
      help: 'When to start the container again.',
    },
    {
      name: 'stdin',
      short: 'i',
      type: 'boolean',
      default: false,
      help: 'Keep standard input open, and attach to it.',
    },
    { name: 'tty', short: 't', type: 'boolean', default: false, help: 'Give the container a terminal.' },
    { name: 'attach', type: 'boolean', default: false, help: 'Attach to the container when it runs.' },
    {
      name: 'leave-stdin-open',
      type: 'boolean',
      default: false,
      help: 'Leave standard input open after the first attach.',
    },
    { name: 'rm', type: 'boolean', default: false, help: 'Delete the Pod when it has ended.' },
    { name: 'quiet', short: 'q', type: 'boolean', default: false, help: 'Say less.' },
    { name: 'privileged', type: 'boolean', default: false, help: 'Run as privileged.' },
    { name: 'overrides', type: 'string', default: '', help: 'JSON to lay over the Pod.' },
    {
      name: 'override-type',
      type: 'string',
      default: 'merge',
      values: ['json', 'merge', 'strategic'],
      help: 'How to lay it.',
    },
    {
      name: 'pod-running-timeout',
      type: 'duration',
      default: 60_000,
      help: 'How long to wait for the Pod to run.',
    },
    { name: 'grace-period', type: 'integer', default: -1, help: 'Seconds the Pod has to end.' },
    {
      name: 'save-config',
      type: 'boolean',
      default: false,
      help: 'Remember the Pod in the annotation that apply reads.',
    },
    {
      name: 'cascade',
      type: 'string',
      default: 'background',
      bare: 'background',
      help: 'How to delete dependents.',
    },
    { name: 'force', type: 'boolean', default: false, help: 'Delete at once.' },
    { name: 'timeout', type: 'duration', default: 0, help: 'How long to wait for the deletion.' },
    { name: 'wait', type: 'boolean', default: false, help: 'Wait for the deletion.' },
  ],
  run: runRun,
})

/** Whether an image's name can be read. */
export const isImageReference = (image: string): boolean => /^[a-z0-9]+([._/:@-]*[A-Za-z0-9]+)*$/.test(image)

function* runRun(context: Context): Blocking<number | void> {
  const { flags } = context
  const [name, ...rest] = context.args
  if (name === undefined) throw new UsageError('NAME is required for run')
  if (context.argsBeforeDash === 0) throw new UsageError('NAME is required for run')
  const image = flags.string('image')
  if (!isImageReference(image))
    throw new CommandError(`Invalid image name ${JSON.stringify(image)}: invalid reference format`)
  const interactive = flags.boolean('stdin')
  if (flags.boolean('tty') && !interactive)
    throw new CommandError('-i/--stdin is required for containers with -t/--tty=true')
  if (flags.boolean('expose') && flags.string('port') === '')
    throw new UsageError('--port must be set when exposing a service')
  const attach = flags.changed('attach') ? flags.boolean('attach') : interactive
  if (flags.boolean('rm') && !attach) throw new UsageError('--rm should only be used for attached containers')
  if (!['Always', 'OnFailure', 'Never'].includes(flags.string('restart')))
    throw new UsageError(`invalid restart policy: ${flags.string('restart')}`)
  const policy = flags.string('image-pull-policy')
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(policy))
    throw new UsageError(`invalid image pull policy: ${policy}`)
  if (attach && context.dryRun !== 'none')
    throw new UsageError(
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    )
  const report = attach ? undefined : reporter(context)
  const pod = override(context, podObject(context, name, rest))
  const created = yield* create(context, pod, 'pods')
  const service = flags.boolean('expose')
    ? yield* create(context, serviceFor(context, name, pod), 'services')
    : undefined
  if (attach) return yield* attachToRun(context, created)
  if (service) yield* report!(service, 'created')
  // The Service's printer leaves its separator, and the Pod's begins with one.
  if (service && context.flags.string('output') === 'yaml') yield* context.printLine('---')
  yield* report!(created, 'created')
}

function* create(context: Context, object: KubeObject, plural: string): Blocking<KubeObject> {
  const placed = context.namespaceExplicit
    ? { ...object, metadata: { ...object.metadata, namespace: context.namespace } }
    : object
  if (context.dryRun === 'client') return { ...placed, [TYPED]: true }
  const path = pathOf({ group: '', version: 'v1', plural, namespaced: true }, context.namespace)
  return yield* context.api.send('POST', path, context.writeQuery(), object, {
    accept: 'application/json, */*',
  })
}

function labelsOf(context: Context, name: string): Record<string, string> {
  const text = context.flags.string('labels')
  if (text === '') return { run: name }
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [key = '', value] = pair.split('=')
      if (value === undefined) throw new CommandError(`unexpected label spec: ${pair}`)
      return [key, value]
    }),
  )
}

function podObject(context: Context, name: string, rest: readonly string[]): KubeObject {
  const { flags } = context
  const interactive = flags.boolean('stdin')
  const env = flags.list('env').map((pair) => {
    const equals = pair.indexOf('=')
    if (equals <= 0) throw new CommandError(`invalid env: ${pair}`)
    return {
      name: pair.slice(0, equals),
      ...(pair.slice(equals + 1) ? { value: pair.slice(equals + 1) } : {}),
    }
  })
  const port = flags.string('port')
  const annotations = Object.fromEntries(
    flags.list('annotations').map((pair) => pair.split('=') as [string, string]),
  )
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name,
      labels: labelsOf(context, name),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    spec: {
      containers: [
        {
          name,
          image: flags.string('image'),
          ...(rest.length > 0 ? (flags.boolean('command') ? { command: rest } : { args: rest }) : {}),
          ...(port ? { ports: [{ containerPort: atoi(port) }] } : {}),
          ...(env.length > 0 ? { env } : {}),
          resources: {},
          ...(flags.string('image-pull-policy')
            ? { imagePullPolicy: flags.string('image-pull-policy') }
            : {}),
          ...(flags.boolean('privileged') ? { securityContext: { privileged: true } } : {}),
          ...(interactive ? { stdin: true } : {}),
          ...(interactive && !flags.boolean('leave-stdin-open') ? { stdinOnce: true } : {}),
          ...(flags.boolean('tty') ? { tty: true } : {}),
        },
      ],
      restartPolicy: flags.string('restart'),
      dnsPolicy: 'ClusterFirst',
    },
    status: {},
  }
}

function override(context: Context, pod: KubeObject): KubeObject {
  const text = context.flags.string('overrides')
  if (text === '') return pod
  const patch = overridesOf(text)
  if (context.flags.string('override-type') === 'strategic')
    return strategicMergePatch('Pod', pod, patch as Record<string, unknown>)
  return mergePatch(pod, patch)
}

function serviceFor(context: Context, name: string, pod: KubeObject): KubeObject {
  const port = atoi(context.flags.string('port'))
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name },
    spec: { ports: [{ protocol: 'TCP', port, targetPort: port }], selector: pod.metadata.labels },
    status: { loadBalancer: {} },
  }
}
