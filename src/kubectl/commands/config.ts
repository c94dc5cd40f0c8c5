import type { Blocking } from '../../os/process.ts'
import { command, OUTPUT, type Command } from '../command.ts'
import type { Context } from '../context.ts'
import { CommandError, HelpError, PlainError, UsageError } from '../errors.ts'
import type { Flag } from '../flags.ts'
import { loadKubeConfig, saveKubeConfig, type KubeConfig, type Named } from '../kubeconfig.ts'
import { TabWriter } from '../printers/tab-writer.ts'
import { view } from './config-view.ts'

function read(context: Context): KubeConfig {
  return loadKubeConfig(context.process, context.flags)
}
function save(context: Context, config: KubeConfig): void {
  saveKubeConfig(context.process, config)
}
function byName(a: Named<unknown>, b: Named<unknown>): number {
  return a.name < b.name ? -1 : 1
}
/** @throws HelpError unless there are just so many arguments */
function checkCount(context: Context, count: number, unexpected = 'Unexpected'): void {
  if (context.args.length !== count) throw new HelpError(`${unexpected} args: [${context.args.join(' ')}]`)
}
function one(context: Context, unexpected?: string): string {
  checkCount(context, 1, unexpected)
  return context.args[0]!
}
const contexts = function* (context: Context): Blocking<readonly string[]> {
  return read(context).contexts.map((entry) => entry.name)
}

const getContexts = command({
  name: 'get-contexts',
  short: 'List the contexts',
  usage: '[(-o|--output=)name)] [options]',
  flags: [
    { ...OUTPUT, values: ['name'] },
    { name: 'no-headers', type: 'boolean', default: false, help: 'Leave the header line out.' },
  ],
  completeArgs: contexts,
  *run(context): Blocking<void> {
    const config = read(context)
    const output = context.flags.string('output')
    if (output !== '' && output !== 'name')
      throw new CommandError(
        `--output ${output} is not available in ${context.path}; resetting to default output format`,
      )
    const wanted = context.args.length > 0 ? context.args : config.contexts.map((entry) => entry.name).sort()
    const errors = wanted.filter((name) => !config.contexts.some((entry) => entry.name === name))
    const writer = new TabWriter()
    if (output !== 'name' && !context.flags.boolean('no-headers'))
      writer.row(['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'])
    for (const entry of config.contexts.filter(({ name }) => wanted.includes(name)).sort(byName)) {
      if (output === 'name') writer.row([entry.name])
      else
        writer.row([
          entry.name === config.currentContext ? '*' : '',
          entry.name,
          entry.value.cluster ?? '',
          entry.value.user ?? '',
          entry.value.namespace ?? '',
        ])
    }
    yield* context.print(writer.flush())
    if (errors.length > 0)
      throw errors.length === 1
        ? new CommandError(`context ${errors[0]} not found`)
        : new PlainError(errors.map((name) => `context ${name} not found`).join('\n'))
  },
})

const currentContext = command({
  name: 'current-context',
  short: 'Show which context is used',
  *run(context): Blocking<void> {
    const { currentContext } = read(context)
    if (currentContext === '') throw new CommandError('current-context is not set')
    yield* context.printLine(currentContext)
  },
})

const useContext = command({
  name: 'use-context',
  aliases: ['use'],
  short: 'Use this context from now on',
  usage: 'CONTEXT_NAME [options]',
  completeArgs: contexts,
  *run(context): Blocking<void> {
    const name = one(context)
    const config = read(context)
    if (!config.contexts.some((entry) => entry.name === name))
      throw new CommandError(`no context exists with the name: "${name}"`)
    save(context, { ...config, currentContext: name })
    yield* context.printLine(`Switched to context "${name}".`)
  },
})

const setContext = command({
  name: 'set-context',
  short: 'Change a context, or add one',
  examples: ['kubectl config set-context --current --namespace=staging'],
  usage:
    '[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace] [options]',
  flags: [{ name: 'current', type: 'boolean', default: false, help: 'The context that is used now.' }],
  completeArgs: contexts,
  *run(context): Blocking<void> {
    const config = read(context)
    const current = context.flags.boolean('current')
    if (current && context.args.length > 0)
      throw new CommandError('you cannot specify both a context name and --current')
    if (!current && context.args.length === 0)
      throw new CommandError('you must specify a non-empty context name or --current')
    if (!current) checkCount(context, 1)
    const name = current ? config.currentContext : context.args[0]!
    if (name === '') throw new CommandError('no current context is set')
    const before = config.contexts.find((entry) => entry.name === name)
    const changes = Object.fromEntries(
      ['cluster', 'user', 'namespace']
        .filter((flag) => context.flags.changed(flag))
        .map((flag) => [flag, context.flags.string(flag)]),
    )
    const entry = { name, value: { ...before?.value, ...changes } }
    save(context, { ...config, contexts: [...config.contexts.filter((other) => other !== before), entry] })
    yield* context.printLine(`Context "${name}" ${before ? 'modified' : 'created'}.`)
  },
})

/** `set-cluster` and `set-credentials`: the same on two lists. */
function setEntry(name: string, key: 'clusters' | 'users', title: string, flags: readonly Flag[]): Command {
  return command({
    name,
    short: `Change a ${title.toLowerCase()} entry, or add one`,
    usage: 'NAME [options]',
    flags,
    *run(context): Blocking<void> {
      const config = read(context)
      const entryName = one(context, key === 'users' ? 'unexpected' : undefined)
      const before = config[key].find((entry) => entry.name === entryName)
      const changes = Object.fromEntries(
        flags
          .concat({ name: 'server', type: 'string', help: '' })
          .filter((flag) => context.flags.has(flag.name) && context.flags.changed(flag.name))
          .map((flag) => [flag.name, context.flags.string(flag.name)]),
      )
      const entry = { name: entryName, value: { ...before?.value, ...changes } }
      save(context, { ...config, [key]: [...config[key].filter((other) => other !== before), entry] })
      yield* context.printLine(`${title} "${entryName}" set.`)
    },
  })
}

/** `get-clusters` and `get-users`. */
function list(name: string, key: 'clusters' | 'users'): Command {
  return command({
    name,
    short: `List the ${key}`,
    *run(context): Blocking<void> {
      yield* context.printLine('NAME')
      for (const entry of [...read(context)[key]].sort(byName)) yield* context.printLine(entry.name)
    },
  })
}

/** `delete-context`, `delete-cluster`, `delete-user`. */
function remove(name: string, key: 'contexts' | 'clusters' | 'users', noun: string): Command {
  return command({
    name,
    short: `Delete a ${noun} entry`,
    usage: 'NAME [options]',
    *run(context): Blocking<void> {
      const config = read(context)
      // Only of users kubectl says what is missing.
      if (context.args.length !== 1)
        throw key === 'users' ? new UsageError('user to delete is required') : new HelpError('', 0)
      const entryName = context.args[0]!
      if (!config[key].some((entry) => entry.name === entryName))
        throw new CommandError(`cannot delete ${noun} ${entryName}, not in ${config.file}`)
      if (key === 'contexts' && config.currentContext === entryName) {
        yield* context.printError(
          'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
        )
      }
      save(context, { ...config, [key]: config[key].filter((entry) => entry.name !== entryName) })
      yield* context.printLine(`deleted ${noun} ${entryName} from ${config.file}`)
    },
  })
}

const renameContext = command({
  name: 'rename-context',
  short: 'Give a context another name',
  usage: 'CONTEXT_NAME NEW_NAME [options]',
  completeArgs: contexts,
  *run(context): Blocking<void> {
    checkCount(context, 2)
    const [from = '', to = ''] = context.args
    const config = read(context)
    const entry = config.contexts.find(({ name }) => name === from)
    if (!entry) throw new CommandError(`cannot rename the context "${from}", it's not in ${config.file}`)
    if (config.contexts.some(({ name }) => name === to))
      throw new CommandError(
        `cannot rename the context "${from}", the context "${to}" already exists in ${config.file}`,
      )
    const renamed = config.contexts.map((other) => (other === entry ? { ...entry, name: to } : other))
    save(context, {
      ...config,
      contexts: renamed,
      currentContext: config.currentContext === from ? to : config.currentContext,
    })
    yield* context.printLine(`Context "${from}" renamed to "${to}".`)
  },
})

/** `contexts.NAME.namespace`, `current-context`. */
function change(context: Context, path: string, value: string | undefined): void {
  const config = read(context)
  if (path === 'current-context') return save(context, { ...config, currentContext: value ?? '' })
  const [key = '', name = '', field = ''] = path.split('.')
  if (key !== 'contexts' && key !== 'clusters' && key !== 'users')
    throw new CommandError(`unable to parse ${path} after [] at api.Config`)
  const entries = config[key] as readonly Named<Record<string, unknown>>[]
  const before = entries.find((entry) => entry.name === name)
  if (key === 'contexts' && field !== '' && !['cluster', 'user', 'namespace', 'extensions'].includes(field)) {
    const shown = entries.map((entry, i) => `${entry.name}:0xc0000a40${i}0`).sort()
    throw new CommandError(`can't set a map to a value: map[${shown.join(' ')}]`)
  }
  const others = entries.filter((entry) => entry !== before)
  const changed =
    field === ''
      ? value === undefined
        ? others
        : entries
      : [...others, { name, value: { ...before?.value, [field]: value } }]
  save(context, { ...config, [key]: changed })
}

const setProperty = command({
  name: 'set',
  short: 'Set one value of the kubeconfig',
  usage: 'PROPERTY_NAME PROPERTY_VALUE [options]',
  *run(context): Blocking<void> {
    checkCount(context, 2)
    const [path = '', value] = context.args
    change(context, path, value)
    yield* context.printLine(`Property "${path}" set.`)
  },
})

const unset = command({
  name: 'unset',
  short: 'Remove one value of the kubeconfig',
  usage: 'PROPERTY_NAME [options]',
  *run(context): Blocking<void> {
    const path = one(context)
    change(context, path, undefined)
    yield* context.printLine(`Property "${path}" unset.`)
  },
})

export const config = command({
  name: 'config',
  needsSubcommand: 'stderr',
  group: 'Other Commands',
  short: 'Look at and change the kubeconfig',
  subcommands: [
    currentContext,
    remove('delete-cluster', 'clusters', 'cluster'),
    remove('delete-context', 'contexts', 'context'),
    remove('delete-user', 'users', 'user'),
    list('get-clusters', 'clusters'),
    getContexts,
    list('get-users', 'users'),
    renameContext,
    setProperty,
    setEntry('set-cluster', 'clusters', 'Cluster', []),
    setContext,
    setEntry('set-credentials', 'users', 'User', []),
    unset,
    useContext,
    view,
  ],
})
