import type { KubeObject } from '../../api.ts'
import { CommandError } from '../../errors.ts'
import { getObject } from '../../resources/builder.ts'
import { afterDash, subcommand } from './subcommand.ts'

const IMAGE = { name: 'image', type: 'string', default: '', help: 'Image to run.' } as const

export const deployment = subcommand({
  name: 'deployment',
  aliases: ['deploy'],
  short: 'Create a Deployment',
  examples: [
    'kubectl create deployment web --image=nginx --replicas=3',
    'kubectl create deployment box --image=busybox -- sleep 3600',
  ],
  usage: 'NAME --image=image -- [COMMAND] [args...] [options]',
  called: 'deployment',
  flags: [
    { name: 'image', type: 'list', default: [], required: true, help: 'Images to run, a container each.' },
    { name: 'port', type: 'integer', default: -1, help: 'Port that the containers say they listen on.' },
    { name: 'replicas', short: 'r', type: 'integer', default: 1, help: 'How many Pods.' },
  ],
  make(context, name) {
    const images = context.flags.list('image')
    const command = afterDash(context)
    if (images.length > 1 && command.length > 0)
      throw new CommandError('cannot specify multiple --image options and command')
    const port = context.flags.integer('port')
    const labels = { app: name }
    return {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: { name, labels },
      spec: {
        replicas: context.flags.integer('replicas'),
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: images.map((image) => ({
              name: containerName(image),
              image,
              ...(command.length > 0 ? { command } : {}),
              ...(port >= 0 ? { ports: [{ containerPort: port }] } : {}),
              resources: {},
            })),
          },
        },
        strategy: {},
      },
      status: {},
    }
  },
})

/** `registry/team/nginx:1.27@sha256:...` gives `nginx`. */
function containerName(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1)
  return last
    .replace(/@.*$/, '')
    .replace(/:.*$/, '')
    .toLowerCase()
    .replace(/[^-a-z0-9]/g, '')
}

function jobSpec(name: string, image: string, command: readonly string[], restartPolicy: string): KubeObject {
  const container = { name, image, ...(command.length > 0 ? { command } : {}), resources: {} }
  return { template: { metadata: {}, spec: { containers: [container], restartPolicy } } }
}

export const job = subcommand({
  name: 'job',
  short: 'Create a Job',
  examples: [
    'kubectl create job hello --image=busybox -- echo hello',
    'kubectl create job now --from=cronjob/nightly',
  ],
  usage: 'NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...] [options]',
  called: 'job',
  flags: [
    IMAGE,
    { name: 'from', type: 'string', default: '', help: 'CronJob to take the Job from: cronjob/NAME.' },
  ],
  *make(context, name) {
    const image = context.flags.string('image')
    const from = context.flags.string('from')
    if (image === '' && from === '') throw new CommandError('either --image or --from must be specified')
    if (image !== '' && from !== '') throw new CommandError('either --image or --from must be specified')
    if (from === '')
      return {
        kind: 'Job',
        apiVersion: 'batch/v1',
        metadata: { name },
        spec: jobSpec(name, image, afterDash(context), 'Never'),
        status: {},
      }
    if (afterDash(context).length > 0) throw new CommandError('cannot specify --from and command')
    const [kind = '', cronName = ''] = from.split('/')
    const type = yield* context.discovery.mustFind(kind)
    const info = { type, namespace: context.namespace, name: cronName }
    const cronjob = yield* getObject(context, info, { accept: 'application/json' })
    if (type.kind !== 'CronJob') throw new CommandError(`unknown object type *${type.version}.${type.kind}`)
    const template = cronjob.spec.jobTemplate
    const owner = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      name: cronjob.metadata.name,
      uid: cronjob.metadata.uid,
      controller: true,
    }
    const annotations = { 'cronjob.kubernetes.io/instantiate': 'manual', ...template.metadata?.annotations }
    const metadata = {
      name,
      ...(template.metadata?.labels ? { labels: template.metadata.labels } : {}),
      annotations,
      ownerReferences: [owner],
    }
    return { kind: 'Job', apiVersion: 'batch/v1', metadata, spec: template.spec, status: {} }
  },
})

export const cronjob = subcommand({
  name: 'cronjob',
  aliases: ['cj'],
  short: 'Create a CronJob',
  examples: ["kubectl create cronjob tick --image=busybox --schedule='*/5 * * * *' -- date"],
  usage: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [options]",
  called: 'cronjob',
  flags: [
    { ...IMAGE, required: true },
    { name: 'schedule', type: 'string', default: '', required: true, help: 'When to run, in cron format.' },
    { name: 'restart', type: 'string', default: '', help: 'OnFailure or Never.' },
  ],
  make(context, name) {
    const spec = jobSpec(
      name,
      context.flags.string('image'),
      afterDash(context),
      context.flags.string('restart') || 'OnFailure',
    )
    return {
      kind: 'CronJob',
      apiVersion: 'batch/v1',
      metadata: { name },
      spec: { schedule: context.flags.string('schedule'), jobTemplate: { metadata: { name }, spec } },
      status: {},
    }
  },
})
