import type { KubeObject } from '../api.ts'
import { command } from '../command.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { checkQuantity } from '../printers/quantity.ts'
import { UnfitError, withPodSpec } from './pod-spec.ts'
import { changeEnvironment, ENVIRONMENT_FLAGS, listEnvironment } from './set-env.ts'
import { setter } from './setter.ts'

/** Arguments with an equals sign are changes, the others name objects. */
function splitAtEquals(context: Context): { resources: string[]; changes: string[] } {
  const first = context.args.findIndex((arg) => arg.includes('='))
  return first < 0
    ? { resources: [...context.args], changes: [] }
    : { resources: context.args.slice(0, first), changes: context.args.slice(first) }
}

const image = setter({
  name: 'image',
  short: 'Change the images of containers',
  examples: ['kubectl set image deploy/web nginx=nginx:1.28', "kubectl set image deploy web '*=nginx:1.28'"],
  done: 'image updated',
  refused: 'failed to patch image update to pod template:',
  split(context) {
    const parts = splitAtEquals(context)
    if (parts.changes.some((text) => text.startsWith('*=')) && parts.changes.length > 1)
      throw new CommandError(
        'all containers are already specified by *, but saw more than one container_name=container_image pairs',
      )
    return parts
  },
  change(_, object, changes) {
    if (changes.length === 0) throw new CommandError('at least one image update is required')
    return withPodSpec(object, (spec) => {
      for (const pair of changes) {
        const name = pair.slice(0, pair.indexOf('='))
        const known = [...spec.containers, ...(spec.initContainers ?? [])].some(
          (one: KubeObject) => name === '*' || one.name === name,
        )
        if (!known) throw new CommandError(`unable to find container named ${JSON.stringify(name)}`)
      }
      const update = (one: KubeObject): KubeObject => {
        const pair = changes.findLast((text) => text.startsWith('*=') || text.startsWith(`${one.name}=`))
        if (pair === undefined) return one
        const { image: _, ...rest } = one
        return pair.endsWith('=') ? rest : { ...rest, image: pair.slice(pair.indexOf('=') + 1) }
      }
      return {
        ...spec,
        containers: spec.containers.map(update),
        ...(spec.initContainers ? { initContainers: spec.initContainers.map(update) } : {}),
      }
    })
  },
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
    if (first === 0 || context.args.length === 0) {
      if (context.flags.list('filename').length === 0)
        throw new CommandError(
          'one or more resources must be specified as <resource> <name> or <resource>/<name>',
        )
    }
    const removed = context.args.filter((arg) => !arg.includes('=') && arg.endsWith('-'))
    if (removed.some((name) => context.args.some((arg) => arg.startsWith(`${name.slice(0, -1)}=`))))
      throw new CommandError(
        'can not both modify and remove the same environment variable in the same command',
      )
    return first < 0
      ? { resources: context.args, changes: [] }
      : { resources: context.args.slice(0, first), changes: context.args.slice(first) }
  },
  list: listEnvironment,
  change: changeEnvironment,
})

function quantities(text: string): Record<string, string> | undefined {
  if (text === '') return undefined
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [name = '', amount, ...more] = pair.split('=')
      if (amount === undefined || more.length > 0)
        throw new CommandError(`Invalid argument syntax ${pair}, expected <resource>=<value>`)
      checkQuantity(amount)
      return [name, amount]
    }),
  )
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
  refused: 'failed to patch resources update to pod template',
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
      containers: known(spec.containers, wanted).map((one) =>
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

/** @throws CommandError when none is called so */
function known(containers: readonly KubeObject[], wanted: string): readonly KubeObject[] {
  if (wanted === '*' || containers.some(({ name }) => name === wanted)) return containers
  throw new CommandError(`unable to find container named ${wanted}`)
}

/** The last argument is the selector; without an equals sign it is none. */
function splitSelector(context: Context): { resources: readonly string[]; changes: readonly string[] } {
  if (context.args.length === 0) throw new CommandError('one selector is required')
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
    const bare = changes.flatMap((text) => text.split(',')).find((pair) => !pair.includes('='))
    if (bare !== undefined)
      throw new CommandError(`match expression [{${bare} Exists []}] not supported on this object`)
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

const sameSubject = (a: KubeObject, b: KubeObject): boolean =>
  a.kind === b.kind && a.name === b.name && (a.namespace ?? '') === (b.namespace ?? '')

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
    if (object.kind !== 'RoleBinding' && object.kind !== 'ClusterRoleBinding')
      throw new UnfitError('setting subjects is only supported for RoleBinding/ClusterRoleBinding')
    if (['user', 'group', 'serviceaccount'].every((flag) => context.flags.list(flag).length === 0))
      throw new CommandError('you must specify at least one value of user, group or serviceaccount')
    const apiGroup = 'rbac.authorization.k8s.io'
    const added = [
      ...context.flags.list('user').map((name) => ({ apiGroup, kind: 'User', name })),
      ...context.flags.list('group').map((name) => ({ apiGroup, kind: 'Group', name })),
      ...context.flags.list('serviceaccount').map((text) => {
        const [namespace, name] = text.split(':')
        if (!namespace || !name) throw new CommandError('serviceaccount must be <namespace>:<name>')
        return { kind: 'ServiceAccount', name, namespace }
      }),
    ]
    const have: readonly KubeObject[] = object.subjects ?? []
    const fresh = added.filter((one) => !have.some((other) => sameSubject(one, other)))
    return { ...object, subjects: [...have, ...fresh] }
  },
})

export const set = command({
  name: 'set',
  needsSubcommand: 'stderr',
  group: 'Basic Commands (Beginner)',
  short: 'Change one thing of an object: image, environment, resources, selector ...',
  subcommands: [env, image, resources, selector, serviceaccount, subject],
})
