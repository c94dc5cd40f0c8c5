import { command, DRY_RUN, fieldManager, PRINT_FLAGS, SELECTOR, ALL, type Command } from '../command.ts'
import type { Blocking } from '../../os/process.ts'
import { completeNamesOf } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { CommandError, throwAll, UsageError } from '../errors.ts'
import { strategicPatch } from '../patch/three-way.ts'
import { fetchNamed, objectPath, scopeOf } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'
import { drainNode, DRAIN_FLAGS } from './drain.ts'
import { lateReporter } from './results.ts'

/** The nodes that arguments or a selector name. */
function* nodesOf(context: Context): Blocking<Info[]> {
  const { selector } = scopeOf(context)
  if (context.args.length === 0 && selector === '')
    throw new UsageError(`USAGE: ${context.command.name} NODE [flags]`)
  if (context.args.length > 0 && selector !== '')
    throw new UsageError('cannot specify both a node name and a --selector option')
  yield* context.checkDryRun()
  const args =
    context.args.length === 0
      ? ['nodes']
      : ['nodes', ...context.args.map((name) => name.replace(/^nodes?\//, ''))]
  const { infos, errors } = yield* fetchNamed(context, { args, accept: 'application/json, */*' })
  throwAll(errors)
  return infos
}

/** Sets whether Pods may be scheduled on a node. */
function* setSchedulable(context: Context, info: Info, unschedulable: boolean): Blocking<void> {
  const done = unschedulable ? 'cordoned' : 'uncordoned'
  if ((info.object.spec.unschedulable === true) === unschedulable)
    return yield* context.printLine(`node/${info.name} already ${done}${context.dryRunSuffix}`)
  if (context.dryRun !== 'client') {
    const patch = { spec: { unschedulable: unschedulable ? true : null } }
    const query = context.dryRun === 'server' ? { dryRun: 'All' } : {}
    yield* context.api.send('PATCH', objectPath(info), query, patch, {
      contentType: 'application/strategic-merge-patch+json',
    })
  }
  yield* context.printLine(`node/${info.name} ${done}${context.dryRunSuffix}`)
}

function cordonCommand(name: 'cordon' | 'uncordon', short: string): Command {
  return command({
    name,
    lateDryRun: true,
    group: 'Cluster Management Commands',
    short,
    usage: 'NODE [options]',
    flags: [DRY_RUN, SELECTOR],
    completeArgs: completeNamesOf('nodes'),
    *run(context): Blocking<void> {
      for (const info of yield* nodesOf(context)) yield* setSchedulable(context, info, name === 'cordon')
    },
  })
}

export const cordon = cordonCommand('cordon', 'Let no new Pods onto a node')
export const uncordon = cordonCommand('uncordon', 'Let new Pods onto a node again')

export const drain = command({
  name: 'drain',
  lateDryRun: true,
  group: 'Cluster Management Commands',
  short: 'Empty a node for maintenance',
  usage: 'NODE [options]',
  flags: [DRY_RUN, SELECTOR, ...DRAIN_FLAGS],
  completeArgs: completeNamesOf('nodes'),
  *run(context): Blocking<void> {
    for (const info of yield* nodesOf(context)) {
      yield* setSchedulable(context, info, true)
      yield* drainNode(context, info)
      yield* context.printLine(`node/${info.name} drained${context.dryRunSuffix}`)
    }
  },
})

interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: string
}

export const taint = command({
  name: 'taint',
  group: 'Cluster Management Commands',
  short: 'Put taints on nodes, or take them off',
  examples: [
    'kubectl taint nodes node-1 dedicated=web:NoSchedule',
    'kubectl taint nodes node-1 dedicated:NoSchedule-',
  ],
  usage: 'NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N [options]',
  flags: [
    ...PRINT_FLAGS,
    DRY_RUN,
    SELECTOR,
    ALL,
    fieldManager('kubectl-taint'),
    { name: 'overwrite', type: 'boolean', default: false, help: 'Change taints that are there already.' },
    {
      name: 'validate',
      type: 'string',
      default: 'strict',
      bare: 'strict',
      help: 'What to do about unknown fields.',
    },
  ],
  completeArgs: completeNamesOf('nodes'),
  run: runTaint,
})

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

function* runTaint(context: Context): Blocking<void> {
  const isSpec = (arg: string): boolean => /[=:]/.test(arg) || arg.endsWith('-')
  const first = context.args.findIndex((arg, i) => i > 0 && isSpec(arg))
  const resources = first < 0 ? context.args : context.args.slice(0, first)
  if (resources.length === 0)
    throw new CommandError('one or more resources must be specified as <resource> <name>')
  if (first < 0) throw new CommandError('at least one taint update is required')
  const { add, remove } = parseTaints(context.args.slice(first))
  const report = lateReporter(context, { alone: true })
  const { infos, errors } = yield* fetchNamed(context, { args: resources, accept: 'application/json, */*' })
  throwAll(errors)
  const other = infos.find(({ type }) => type.kind !== 'Node')
  if (other)
    throw new CommandError(`invalid resource type ${other.type.plural}, only node types are supported`)
  for (const info of infos) {
    const before: Taint[] = info.object.spec.taints ?? []
    const { taints, operation } = changed(context, info, before, add, remove)
    const spec = { ...info.object.spec, taints }
    if (taints.length === 0) delete spec.taints
    const after = { ...info.object, spec }
    if (context.dryRun === 'client') yield* report(after, operation, info.type)
    else {
      const patch = strategicPatch('Node', info.object, after)
      const options = {
        contentType: 'application/strategic-merge-patch+json',
        accept: 'application/json, */*',
      }
      yield* report(
        yield* context.api.send(
          'PATCH',
          objectPath(info),
          context.writeQuery({ fieldValidation: 'Strict' }),
          patch,
          options,
        ),
        operation,
        info.type,
      )
    }
  }
}

/** `key=value:Effect`, `key:Effect`, and with a dash at the end to remove. */
function parseTaints(specs: readonly string[]): { add: Taint[]; remove: { key: string; effect: string }[] } {
  const add: Taint[] = []
  const remove: { key: string; effect: string }[] = []
  for (const spec of specs) {
    const [head = '', effect = '', ...more] = spec.replace(/-$/, '').split(':')
    // Without an effect all of it is taken for the key.
    const [key = '', value, ...rest] = spec.includes(':') ? head.split('=') : [head]
    if (more.length + rest.length > 0) throw new UsageError(`invalid taint spec: ${spec}`)
    checkTaintNames(spec, key, value)
    if ((effect !== '' || spec.endsWith(':')) && !EFFECTS.includes(effect))
      throw new UsageError(`invalid taint effect: ${effect}, unsupported taint effect`)
    if (spec.endsWith('-')) remove.push({ key, effect })
    else if (effect === '') throw new UsageError(`invalid taint spec: ${spec}`)
    else {
      if (add.some((one) => one.key === key && one.effect === effect))
        throw new UsageError(
          `duplicated taints with the same key and effect: {${key} ${value ?? ''} ${effect} <nil>}`,
        )
      add.push({ key, effect, ...(value ? { value } : {}) })
    }
  }
  const both = add.filter((one) => remove.some(({ key, effect }) => key === one.key && effect === one.effect))
  if (both.length > 0) {
    const list = both.map(({ key, effect }) => `${key}=${effect}`).join(',')
    throw new CommandError(
      `can not both modify and remove the following taint(s) in the same command: ${list}`,
    )
  }
  return { add, remove }
}

const NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'

/** @throws UsageError for a key or value that no label could have */
function checkTaintNames(spec: string, key: string, value: string | undefined): void {
  const name = key.slice(key.indexOf('/') + 1)
  if (!new RegExp(`^${NAME}$`).test(name)) {
    const empty = name === '' ? 'name part must be non-empty; ' : ''
    throw new UsageError(
      `invalid taint spec: ${spec}, ${empty}name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${NAME}')`,
    )
  }
  if (!new RegExp(`^(${NAME})?$`).test(value ?? '')) {
    throw new UsageError(
      `invalid taint spec: ${spec}, a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${NAME})?')`,
    )
  }
}

function changed(
  context: Context,
  info: Info,
  before: readonly Taint[],
  add: readonly Taint[],
  remove: readonly { key: string; effect: string }[],
): { taints: Taint[]; operation: string } {
  const matches = (a: { key: string; effect: string }, b: Taint): boolean =>
    a.key === b.key && (a.effect === '' || a.effect === b.effect)
  const missing = remove.filter((one) => !before.some((taint) => matches(one, taint)))
  if (missing.length > 0)
    throw new CommandError(
      missing.map(({ key, effect }) => `taint "${key}${effect ? `:${effect}` : ''}" not found`).join('\n'),
    )
  const taken = add.filter((one) =>
    before.some((taint) => taint.key === one.key && taint.effect === one.effect),
  )
  if (taken.length > 0 && !context.flags.boolean('overwrite')) {
    throw new CommandError(
      `node ${info.name} already has ${[...new Set(taken.map(({ key }) => key))].join(',')} taint(s) with same effect(s) and --overwrite is false`,
    )
  }
  const kept = before.filter(
    (taint) =>
      !remove.some((one) => matches(one, taint)) &&
      !add.some((one) => one.key === taint.key && one.effect === taint.effect),
  )
  const operation =
    add.length === 0 ? 'untainted' : remove.length > 0 || taken.length > 0 ? 'modified' : 'tainted'
  return { taints: [...add, ...kept], operation }
}
