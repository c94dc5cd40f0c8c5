import { pathOf } from '../../../api/resource.ts'
import type { Blocking } from '../../../os/process.ts'
import type { KubeObject } from '../../api.ts'
import { command, DRY_RUN, fieldManager, PRINT_FLAGS, type Command } from '../../command.ts'
import type { Context } from '../../context.ts'
import { CommandError, StatusError, UsageError } from '../../errors.ts'
import type { Flag } from '../../flags.ts'
import { TYPED } from '../../printers/printer.ts'
import { reporter, type Report } from '../results.ts'
import { withHash } from './append-hash.ts'
import { fieldValidation, withLastApplied } from '../write.ts'

export interface Maker {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly short: string
  readonly examples?: readonly string[]
  readonly usage?: string
  readonly flags?: readonly Flag[]
  /** What messages of failure call it: `failed to create configmap: ...`; undefined passes the server's words on. */
  readonly called?: string | ((context: Context) => string)
  /** The object, in the order its fields are printed as JSON. @throws CommandError when flags are missing or contradict */
  make(context: Context, name: string): Blocking<KubeObject> | KubeObject
}

/** A `kubectl create KIND NAME` from how its object is made. */
export function subcommand(maker: Maker): Command {
  return command({
    name: maker.name,
    ...(maker.aliases ? { aliases: maker.aliases } : {}),
    short: maker.short,
    ...(maker.examples ? { examples: maker.examples } : {}),
    lateDryRun: true,
    usage: maker.usage ?? 'NAME [--dry-run=server|client|none] [options]',
    flags: [
      ...(maker.flags ?? []),
      ...PRINT_FLAGS,
      DRY_RUN,
      fieldManager('kubectl-create'),
      {
        name: 'save-config',
        type: 'boolean',
        default: false,
        help: 'Remember the object in the annotation that apply reads.',
      },
      {
        name: 'validate',
        type: 'string',
        default: 'strict',
        bare: 'strict',
        help: 'What to do about unknown fields.',
      },
    ],
    *run(context) {
      const args = context.argsBeforeDash < 0 ? context.args : context.args.slice(0, context.argsBeforeDash)
      if (args.length !== 1) throw new UsageError(`exactly one NAME is required, got ${args.length}`)
      yield* context.checkDryRun()
      const report = reporter(context)
      const made = maker.make(context, args[0]!)
      const whole = isBlocking(made) ? yield* made : made
      const hashed = context.flags.has('append-hash') && context.flags.boolean('append-hash')
      const object = hashed ? withHash(whole) : whole
      yield* sendMade(context, object, maker, report)
    },
  })
}

function isBlocking(value: unknown): value is Blocking<KubeObject> {
  return typeof (value as { next?: unknown }).next === 'function'
}

function* sendMade(context: Context, made: KubeObject, maker: Maker, report: Report): Blocking<void> {
  const validation = fieldValidation(context)
  const namespaced = !['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'PriorityClass'].includes(made.kind)
  const placed = namespaced && context.namespaceExplicit ? withNamespace(made, context.namespace) : made
  const object = context.flags.boolean('save-config') ? withLastApplied(placed) : placed
  if (context.dryRun === 'client') return yield* report({ ...object, [TYPED]: true }, 'created')
  const type = yield* context.discovery.forKind(object.apiVersion, object.kind)
  if (!type) throw new CommandError(`no matches for kind "${object.kind}" in version "${object.apiVersion}"`)
  try {
    const query = context.writeQuery({ fieldValidation: validation })
    const created = yield* context.api.send('POST', pathOf(type, context.namespace), query, object, {
      accept: 'application/json',
    })
    yield* report(created, 'created', type)
  } catch (error) {
    const called = typeof maker.called === 'function' ? maker.called(context) : maker.called
    if (error instanceof StatusError && called)
      throw new CommandError(`failed to create ${called}: ${error.message}`)
    throw error
  }
}

function withNamespace(object: KubeObject, namespace: string): KubeObject {
  const { name, ...rest } = object.metadata
  return { ...object, metadata: { name, namespace, ...rest } }
}

/** The words after `--`, as a container's command. */
export function afterDash(context: Context): readonly string[] {
  return context.argsBeforeDash < 0 ? [] : context.args.slice(context.argsBeforeDash)
}
