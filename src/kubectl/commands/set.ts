import { fieldsOf } from '../../api/schema.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import {
  ALL,
  command,
  DRY_RUN,
  fieldManager,
  FILENAME_FLAGS,
  PRINT_FLAGS,
  SELECTOR,
  type Command,
} from '../command.ts'
import { completeTypesAndNames } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { CommandError, StatusError, throwAll } from '../errors.ts'
import type { Flag } from '../flags.ts'
import { strategicPatch } from '../patch/three-way.ts'
import { fetchNamed, objectPath } from '../resources/builder.ts'
import { readManifests, type Info } from '../resources/manifests.ts'
import { reporter } from './results.ts'
import { changeEnvironment, ENVIRONMENT_FLAGS, listEnvironment } from './set-env.ts'

interface Setter {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly short: string
  readonly examples: readonly string[]
  readonly flags?: readonly Flag[]
  /** What is said of a changed object: `image updated`. */
  readonly done: string
  /** Splits the arguments into names of objects and changes. @throws CommandError for too few of them */
  split(context: Context): { resources: readonly string[]; changes: readonly string[] }
  /** The changed object. */
  change(context: Context, object: KubeObject, changes: readonly string[]): Blocking<KubeObject> | KubeObject
  /** Shows instead of changing, when asked to. */
  list?(context: Context, infos: readonly Info[]): Blocking<boolean>
}

/** A `kubectl set WHAT` from how it changes an object. */
function setter(one: Setter): Command {
  return command({
    name: one.name,
    ...(one.aliases ? { aliases: one.aliases } : {}),
    short: one.short,
    examples: one.examples,
    usage: '(-f FILENAME | TYPE NAME) CHANGE ... [options]',
    flags: [
      ...FILENAME_FLAGS,
      ...PRINT_FLAGS,
      DRY_RUN,
      SELECTOR,
      ALL,
      fieldManager('kubectl-set'),
      ...(one.flags ?? []),
      {
        name: 'local',
        type: 'boolean',
        default: false,
        help: 'Change the manifest and print it, without the server.',
      },
    ],
    completeArgs: completeTypesAndNames,
    run: (context) => runSetter(context, one),
  })
}

function* runSetter(context: Context, one: Setter): Blocking<void> {
  const { resources, changes } = one.split(context)
  const local = context.flags.boolean('local')
  const report = reporter(context)
  const { infos, errors } = local
    ? yield* readManifests(context)
    : yield* fetchNamed(context, { args: resources, accept: 'application/json, */*' })
  throwAll(errors)
  if (one.list && (yield* one.list(context, infos))) return
  const failures: Error[] = []
  for (const info of infos) {
    try {
      const made = one.change(context, info.object, changes)
      const after: KubeObject = typeof made.next === 'function' ? yield* made as Blocking<KubeObject> : made
      const patch = strategicPatch(fieldsOf(info.type.kind) ? info.type.kind : undefined, info.object, after)
      if (Object.keys(patch).length === 0) continue
      if (local || context.dryRun === 'client') {
        yield* report(after, one.done, info.type)
        continue
      }
      const options = {
        contentType: 'application/strategic-merge-patch+json',
        accept: 'application/json, */*',
      }
      yield* report(
        yield* context.api.send('PATCH', objectPath(info), context.writeQuery(), patch, options),
        one.done,
        info.type,
      )
    } catch (error) {
      if (!(error instanceof CommandError || error instanceof StatusError)) throw error
      failures.push(error)
    }
  }
  throwAll(failures)
}

/** Arguments with an equals sign are changes, the others name objects. */
function splitAtEquals(context: Context): { resources: string[]; changes: string[] } {
  const first = context.args.findIndex((arg) => arg.includes('='))
  return first < 0
    ? { resources: [...context.args], changes: [] }
    : { resources: context.args.slice(0, first), changes: context.args.slice(first) }
}

/** Changes the Pod specification inside a Pod, a workload or a CronJob. @throws CommandError for what has none */
export function withPodSpec(object: KubeObject, change: (spec: KubeObject) => KubeObject): KubeObject {
  if (object.kind === 'Pod') return { ...object, spec: change(object.spec) }
  if (object.kind === 'CronJob') {
    const inner = withPodSpec({ ...object.spec.jobTemplate, kind: 'Job' }, change)
    return {
      ...object,
      spec: { ...object.spec, jobTemplate: { ...object.spec.jobTemplate, spec: inner.spec } },
    }
  }
  if (!object.spec?.template?.spec)
    throw new CommandError(`the object is not a pod or does not have a pod template: ${object.kind}`)
  const template = { ...object.spec.template, spec: change(object.spec.template.spec) }
  return { ...object, spec: { ...object.spec, template } }
}

const image = setter({
  name: 'image',
  short: 'Change the images of containers',
  examples: ['kubectl set image deploy/web nginx=nginx:1.28', "kubectl set image deploy web '*=nginx:1.28'"],
  done: 'image updated',
  split(context) {
    const parts = splitAtEquals(context)
    if (parts.resources.length > 0 && parts.changes.length === 0)
      throw new CommandError('at least one image update is required')
    return parts
  },
  change: (_, object, changes) =>
    withPodSpec(object, (spec) => {
      for (const pair of changes) {
        const name = pair.slice(0, pair.indexOf('='))
        const known = [...spec.containers, ...(spec.initContainers ?? [])].some(
          (one: KubeObject) => name === '*' || one.name === name,
        )
        if (!known) throw new CommandError(`unable to find container named ${JSON.stringify(name)}`)
      }
      const update = (one: KubeObject): KubeObject => {
        const pair = changes.find((text) => text.startsWith('*=') || text.startsWith(`${one.name}=`))
        return pair ? { ...one, image: pair.slice(pair.indexOf('=') + 1) } : one
      }
      return {
        ...spec,
        containers: spec.containers.map(update),
        ...(spec.initContainers ? { initContainers: spec.initContainers.map(update) } : {}),
      }
    }),
})

const env = setter({
  name: 'env',
  short: 'Change the environment of containers',
  examples: [
    'kubectl set env deploy/web COLOUR=blue',
    'kubectl set env deploy/web COLOUR-',
    'kubectl set env deploy/web --from=configmap/settings',
  ],
  flags: ENVIRONMENT_FLAGS,
  done: 'env updated',
  split(context) {
    const isChange = (arg: string, i: number): boolean => arg.includes('=') || (arg.endsWith('-') && i > 0)
    const first = context.args.findIndex(isChange)
    return first < 0
      ? { resources: context.args, changes: [] }
      : { resources: context.args.slice(0, first), changes: context.args.slice(first) }
  },
  list: listEnvironment,
  change: changeEnvironment,
})

function quantities(text: string): Record<string, string> | undefined {
  if (text === '') return undefined
  return Object.fromEntries(text.split(',').map((pair) => pair.split('=') as [string, string]))
}

const resources = setter({
  name: 'resources',
  short: 'Change what containers ask for and may use',
  examples: ['kubectl set resources deploy/web --limits=cpu=200m,memory=128Mi --requests=cpu=100m'],
  flags: [
    { name: 'limits', type: 'string', default: '', help: 'The most they may use.' },
    { name: 'requests', type: 'string', default: '', help: 'What they ask for.' },
    { name: 'containers', short: 'c', type: 'string', default: '*', help: 'Which containers.' },
  ],
  done: 'resource requirements updated',
  split(context) {
    if (
      context.args.length > 0 &&
      context.flags.string('limits') === '' &&
      context.flags.string('requests') === ''
    ) {
      throw new CommandError(
        'you must specify an update to requests or limits (in the form of --requests/--limits)',
      )
    }
    return { resources: context.args, changes: [] }
  },
  change(context, object) {
    const [limits, requests] = [
      quantities(context.flags.string('limits')),
      quantities(context.flags.string('requests')),
    ]
    const wanted = context.flags.string('containers')
    return withPodSpec(object, (spec) => ({
      ...spec,
      containers: spec.containers.map((one: KubeObject) =>
        wanted !== '*' && wanted !== one.name
          ? one
          : {
              ...one,
              resources: {
                ...one.resources,
                ...(limits ? { limits: { ...one.resources?.limits, ...limits } } : {}),
                ...(requests ? { requests: { ...one.resources?.requests, ...requests } } : {}),
              },
            },
      ),
    }))
  },
})

/** The last argument is the selector; without an equals sign it is none. */
function splitSelector(context: Context): { resources: readonly string[]; changes: readonly string[] } {
  return { resources: context.args.slice(0, -1), changes: context.args.slice(-1) }
}

const selector = setter({
  name: 'selector',
  short: 'Change the selector of a Service',
  examples: ['kubectl set selector svc web app=web,tier=front'],
  done: 'selector updated',
  split: splitSelector,
  change(_, object, changes) {
    if (object.kind !== 'Service') throw new CommandError(`setting a selector is only supported for Services`)
    return {
      ...object,
      spec: {
        ...object.spec,
        selector: Object.fromEntries(
          changes.flatMap((text) => text.split(',')).map((pair) => pair.split('=') as [string, string]),
        ),
      },
    }
  },
})

const serviceaccount = setter({
  name: 'serviceaccount',
  aliases: ['sa'],
  short: 'Change the ServiceAccount of a workload',
  examples: ['kubectl set serviceaccount deploy/web robot'],
  done: 'serviceaccount updated',
  split(context) {
    if (context.args.length === 0) throw new CommandError('serviceaccount is required')
    return { resources: context.args.slice(0, -1), changes: context.args.slice(-1) }
  },
  change: (_, object, [name]) =>
    withPodSpec(object, (spec) => ({
      ...spec,
      serviceAccountName: name,
      ...(spec.serviceAccount !== undefined ? {} : {}),
    })),
})

const subject = setter({
  name: 'subject',
  short: 'Add subjects to a binding of a role',
  examples: ['kubectl set subject rolebinding readers --user=bob'],
  flags: [
    { name: 'user', type: 'array', default: [], help: 'Users.' },
    { name: 'group', type: 'array', default: [], help: 'Groups.' },
    { name: 'serviceaccount', type: 'array', default: [], help: 'Service accounts, as namespace:name.' },
  ],
  done: 'subjects updated',
  split: (context) => ({ resources: context.args, changes: [] }),
  change(context, object) {
    const apiGroup = 'rbac.authorization.k8s.io'
    const added = [
      ...context.flags.list('user').map((name) => ({ apiGroup, kind: 'User', name })),
      ...context.flags.list('group').map((name) => ({ apiGroup, kind: 'Group', name })),
      ...context.flags
        .list('serviceaccount')
        .map((text) => ({ kind: 'ServiceAccount', namespace: text.split(':')[0], name: text.split(':')[1] })),
    ]
    return { ...object, subjects: [...(object.subjects ?? []), ...added] }
  },
})

export const set = command({
  name: 'set',
  group: 'Basic Commands (Beginner)',
  short: 'Change one thing of an object: image, environment, resources, selector ...',
  subcommands: [env, image, resources, selector, serviceaccount, subject],
})
