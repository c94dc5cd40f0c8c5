import { parse, stringify } from 'yaml'
import { resolvePath } from '../os/path.ts'
import type { Process } from '../os/process.ts'
import { CommandError, PlainError } from './errors.ts'
import type { FlagValues } from './flags.ts'

export interface Named<T> {
  readonly name: string
  readonly value: T
}
export interface ContextEntry {
  readonly cluster?: string
  readonly user?: string
  readonly namespace?: string
}
export interface ClusterEntry {
  readonly server?: string
  readonly [key: string]: unknown
}
export type UserEntry = Readonly<Record<string, unknown>>

/** A kubeconfig, or several merged: of what is defined twice the first counts. */
export interface KubeConfig {
  readonly clusters: readonly Named<ClusterEntry>[]
  readonly contexts: readonly Named<ContextEntry>[]
  readonly users: readonly Named<UserEntry>[]
  readonly currentContext: string
  readonly preferences?: unknown
  /** Where changes are written. */
  readonly file: string
}

const EMPTY: Omit<KubeConfig, 'file'> = { clusters: [], contexts: [], users: [], currentContext: '' }

/** Reads `--kubeconfig`, else the files of `$KUBECONFIG`, else `~/.kube/config`. @throws when `--kubeconfig` is not there */
export function loadKubeConfig(process: Process, flags?: FlagValues): KubeConfig {
  const explicit = flags?.string('kubeconfig') ?? ''
  if (explicit !== '') {
    const path = resolvePath(process.cwd, explicit)
    if (!process.machine.files.stat(path))
      throw new CommandError(`stat ${explicit}: no such file or directory`)
    return { ...EMPTY, ...read(process, path), file: path }
  }
  const listed = (process.env.get('KUBECONFIG') ?? '').split(':').filter(Boolean)
  const paths =
    listed.length > 0
      ? listed.map((path) => resolvePath(process.cwd, path))
      : [resolvePath(homeOf(process), '.kube/config')]
  const merged = paths.map((path) => read(process, path)).reduce(mergeConfigs, EMPTY)
  return { ...merged, file: paths.find((path) => process.machine.files.stat(path)) ?? paths[0]! }
}

function homeOf(process: Process): string {
  return process.env.get('HOME') ?? '/root'
}

function mergeConfigs(
  first: Omit<KubeConfig, 'file'>,
  second: Omit<KubeConfig, 'file'>,
): Omit<KubeConfig, 'file'> {
  const union = <T>(a: readonly Named<T>[], b: readonly Named<T>[]): Named<T>[] => [
    ...a,
    ...b.filter((entry) => !a.some((have) => have.name === entry.name)),
  ]
  return {
    clusters: union(first.clusters, second.clusters),
    contexts: union(first.contexts, second.contexts),
    users: union(first.users, second.users),
    currentContext: first.currentContext || second.currentContext,
  }
}

type Raw = Record<string, unknown> & { name?: string }

function read(process: Process, path: string): Omit<KubeConfig, 'file'> {
  const status = process.machine.files.stat(path)
  if (!status || status.type === 'directory') return EMPTY
  let document: Record<string, unknown>
  try {
    document = (parse(process.machine.files.read(path)) ?? {}) as Record<string, unknown>
  } catch (error) {
    throw new CommandError(
      `error loading config file "${path}": ${String((error as Error).message).split('\n')[0]}`,
    )
  }
  const entries = <T>(key: string, inner: string): Named<T>[] =>
    ((document[key] as Raw[] | undefined) ?? []).map((entry) => ({
      name: entry.name ?? '',
      value: (entry[inner] ?? {}) as T,
    }))
  return {
    clusters: entries<ClusterEntry>('clusters', 'cluster'),
    contexts: entries<ContextEntry>('contexts', 'context'),
    users: entries<UserEntry>('users', 'user'),
    currentContext: typeof document['current-context'] === 'string' ? document['current-context'] : '',
  }
}

/** The document kubectl writes: keys and entries sorted by name. */
export function kubeConfigDocument(config: KubeConfig): Record<string, unknown> {
  const byName = (a: Named<unknown>, b: Named<unknown>): number =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : 0
  return {
    apiVersion: 'v1',
    clusters: config.clusters.length
      ? [...config.clusters].sort(byName).map(({ name, value }) => ({ cluster: value, name }))
      : null,
    contexts: config.contexts.length
      ? [...config.contexts]
          .sort(byName)
          .map(({ name, value }) => ({ context: contextDocument(value), name }))
      : null,
    'current-context': config.currentContext,
    kind: 'Config',
    users: config.users.length
      ? [...config.users].sort(byName).map(({ name, value }) => ({ name, user: value }))
      : null,
  }
}

function contextDocument(entry: ContextEntry): Record<string, string> {
  return {
    cluster: entry.cluster ?? '',
    ...(entry.namespace ? { namespace: entry.namespace } : {}),
    user: entry.user ?? '',
  }
}

export function saveKubeConfig(process: Process, config: KubeConfig): void {
  const folder = config.file.slice(0, config.file.lastIndexOf('/'))
  if (folder && !process.machine.files.stat(folder))
    process.machine.files.makeDirectory(folder, { parents: true })
  process.machine.files.write(config.file, stringify(kubeConfigDocument(config)), { mode: 0o600 })
}

/**
 * The namespace to work in, and a first look at whether the configuration is usable.
 * @throws PlainError, CommandError when a named context or cluster is not there
 */
export function namespaceOf(config: KubeConfig, flags: FlagValues): string {
  if (flags.string('namespace') !== '') return flags.string('namespace')
  const name = flags.string('context') || config.currentContext
  const context = config.contexts.find((entry) => entry.name === name)
  if (flags.string('context') && !context)
    throw new PlainError(`Error in configuration: context was not found for specified context: ${name}`)
  const cluster = flags.string('cluster')
  if (cluster && !config.clusters.some((entry) => entry.name === cluster))
    throw new CommandError(`no server found for cluster "${cluster}"`)
  return context?.value.namespace || 'default'
}

/** Where to connect, as a URL. @throws CommandError when a named user, context or cluster is not there */
export function serverOf(config: KubeConfig, flags: FlagValues): string {
  // `set subject` has a --user of its own, which is a list.
  const user = flags.isList('user') ? '' : flags.string('user')
  if (user && !config.users.some((entry) => entry.name === user))
    throw new CommandError(`auth info "${user}" does not exist`)
  const contextName = flags.string('context') || config.currentContext
  const context = config.contexts.find((entry) => entry.name === contextName)
  if (flags.string('context') && !context) throw new CommandError(`context "${contextName}" does not exist`)
  const clusterName = flags.string('cluster') || context?.value.cluster
  const cluster = config.clusters.find((entry) => entry.name === clusterName)
  if (flags.string('cluster') && !cluster) throw new CommandError(`cluster "${clusterName}" does not exist`)
  const server = flags.string('server') || cluster?.value.server || 'http://localhost:8080'
  return /^[a-z]+:\/\//.test(server) ? server : `http://${server}`
}
