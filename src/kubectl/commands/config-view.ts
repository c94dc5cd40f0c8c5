import type { Blocking } from '../../os/process.ts'
import { command, PRINT_FLAGS } from '../command.ts'
import { CommandError, UsageError } from '../errors.ts'
import { kubeConfigDocument, loadKubeConfig, type KubeConfig } from '../kubeconfig.ts'
import { printerFor, TYPED } from '../printers/printer.ts'

export const view = command({
  name: 'view',
  short: 'Show the kubeconfig',
  flags: [
    ...PRINT_FLAGS.map((flag) => (flag.name === 'output' ? { ...flag, default: 'yaml' } : flag)),
    { name: 'minify', type: 'boolean', default: false, help: 'Only what the current context uses.' },
    { name: 'flatten', type: 'boolean', default: false, help: 'Accepted.' },
    { name: 'raw', type: 'boolean', default: false, help: 'Show secrets too.' },
    { name: 'merge', type: 'boolean', default: true, help: 'Accepted.' },
  ],
  *run(context): Blocking<void> {
    if (context.args.length > 0) throw new UsageError(`unexpected arguments: [${context.args.join(' ')}]`)
    const printer = printerFor(context, { nameOf: () => 'config/<unknown>' })!
    const config = loadKubeConfig(context.process, context.flags)
    const shown = kubeConfigDocument(
      context.flags.boolean('minify') ? minified(config, context.flags.string('context')) : config,
    )
    yield* context.print(printer.print({ ...inGoOrder(shown), [TYPED]: true }))
  },
})

/** As Go's struct has the fields: JSON prints them so. */
function inGoOrder(document: Record<string, unknown>): Record<string, unknown> {
  const { kind, apiVersion, clusters, users, contexts, ...rest } = document
  const named = (entries: unknown): unknown =>
    (entries as Record<string, unknown>[] | null)?.map(({ name, ...value }) => ({ name, ...value })) ?? null
  return {
    kind,
    apiVersion,
    preferences: undefined,
    clusters: named(clusters),
    users: named(users),
    contexts: named(contexts),
    ...rest,
  }
}

function minified(config: KubeConfig, wanted: string): KubeConfig {
  const name = wanted || config.currentContext
  const entry = config.contexts.find((one) => one.name === name)
  if (!entry) throw new CommandError(`cannot locate context ${name}`)
  return {
    ...config,
    currentContext: name,
    contexts: config.contexts.filter((one) => one === entry),
    clusters: config.clusters.filter((one) => one.name === entry.value.cluster),
    users: config.users.filter((one) => one.name === entry.value.user),
  }
}
