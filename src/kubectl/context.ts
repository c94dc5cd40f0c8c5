import type { Transport } from '../client/transport.ts'
import type { ApiRequest } from '../api/wire.ts'
import { resolvePath } from '../os/path.ts'
import type { Blocking, Process } from '../os/process.ts'
import { Api } from './api.ts'
import type { Command } from './command.ts'
import { Discovery } from './discovery.ts'
import { CommandError, type ConnectionError } from './errors.ts'
import type { FlagValues } from './flags.ts'
import { klog } from './klog.ts'
import { loadKubeConfig, namespaceOf, serverOf, type KubeConfig } from './kubeconfig.ts'
import { BOOLEANS, parseDuration } from './flags.ts'

/** How a machine lends kubectl its way to API servers: the facility `dial-api`. */
export type DialApi = (server: string) => Transport | undefined

export type DryRun = 'none' | 'client' | 'server'

/** One run of one command: its arguments, the cluster behind it, and where its output goes. */
export class Context {
  readonly process: Process
  readonly command: Command
  /** `kubectl rollout status`. */
  readonly path: string
  readonly flags: FlagValues
  readonly args: readonly string[]
  /** How many arguments stood before `--`, or -1 without one. */
  readonly argsBeforeDash: number
  /** Warnings of the server, printed before whatever is printed next. */
  private readonly pendingWarnings: string[] = []
  private readonly warnings = new Set<string>()
  warned = false
  private loadedConfig: KubeConfig | undefined
  private loaded: { api: Api; discovery: Discovery } | undefined

  constructor(
    process: Process,
    command: Command,
    path: string,
    parsed: { values: FlagValues; args: readonly string[]; argsBeforeDash: number },
  ) {
    this.process = process
    this.command = command
    this.path = path
    this.flags = parsed.values
    this.args = parsed.args
    this.argsBeforeDash = parsed.argsBeforeDash
  }

  get config(): KubeConfig {
    this.loadedConfig ??= loadKubeConfig(this.process, this.flags)
    return this.loadedConfig
  }
  get namespace(): string {
    return namespaceOf(this.config, this.flags)
  }
  /** `-n` was given. */
  get namespaceExplicit(): boolean {
    return this.flags.string('namespace') !== ''
  }
  get api(): Api {
    return this.connection().api
  }
  get discovery(): Discovery {
    return this.connection().discovery
  }

  /** Why the server's types could not be asked for. */
  get unreachable(): ConnectionError | undefined {
    return this.loaded?.discovery.failure
  }

  *print(text: string): Blocking<void> {
    yield* this.flushWarnings()
    if (text !== '') yield* this.process.print(text)
  }

  *printLine(text: string): Blocking<void> {
    yield* this.print(`${text}\n`)
  }

  *printError(text: string): Blocking<void> {
    yield* this.flushWarnings()
    if (text !== '') yield* this.process.printError(text)
  }

  *flushWarnings(): Blocking<void> {
    for (const warning of this.pendingWarnings.splice(0))
      yield* this.process.printError(`Warning: ${warning}\n`)
  }

  warn(text: string): void {
    this.warned = true
    // The same warning is given once, however many answers carry it.
    if (this.warnings.has(text)) return
    this.warnings.add(text)
    this.pendingWarnings.push(text)
  }

  /** @throws CommandError for a value other than none, server, client and Go's booleans */
  get dryRun(): DryRun {
    const value = this.flags.string('dry-run')
    if (value === 'unchanged' || value === 'client') return 'client'
    if (value === 'none' || value === 'server') return value
    if (BOOLEANS[value] !== undefined) return BOOLEANS[value] ? 'client' : 'none'
    throw new CommandError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`)
  }

  /** Says of a way to write --dry-run that it is old. @throws CommandError as `dryRun` */
  *checkDryRun(): Blocking<void> {
    const value = this.flags.string('dry-run')
    const { dryRun } = this
    const warn = (line: number, text: string): Blocking<void> =>
      this.printError(klog(this, 'W', `helpers.go:${line}`, text))
    if (value === 'unchanged')
      yield* warn(719, '--dry-run is deprecated and can be replaced with --dry-run=client.')
    if (BOOLEANS[value] !== undefined)
      yield* warn(
        dryRun === 'client' ? 733 : 736,
        `--dry-run=${value} is deprecated (boolean value) and can be replaced with --dry-run=${dryRun}.`,
      )
  }

  /** ` (dry run)`, ` (server dry run)` or nothing: what follows the verb. */
  get dryRunSuffix(): string {
    if (!this.flags.has('dry-run')) return ''
    return { none: '', client: ' (dry run)', server: ' (server dry run)' }[this.dryRun]
  }

  /** The query parameters of a write. */
  writeQuery(extra: Record<string, string | undefined> = {}): Record<string, string | undefined> {
    return {
      ...(this.flags.has('dry-run') && this.dryRun === 'server' ? { dryRun: 'All' } : {}),
      ...(this.flags.has('field-manager') ? { fieldManager: this.flags.string('field-manager') } : {}),
      ...extra,
    }
  }

  /** @throws CommandError with the reason a Go program gives */
  readFile(path: string): string {
    const absolute = resolvePath(this.process.cwd, path)
    const status = this.process.machine.files.stat(absolute)
    if (!status) throw new CommandError(`open ${path}: no such file or directory`)
    if (status.type === 'directory') throw new CommandError(`read ${path}: is a directory`)
    return this.process.machine.files.read(absolute)
  }

  private connection(): NonNullable<Context['loaded']> {
    if (!this.loaded) {
      const server = serverOf(this.config, this.flags)
      const dial = this.process.machine.facilities.get('dial-api') as DialApi | undefined
      const api = new Api({
        server,
        transport: dial?.(server),
        process: this.process,
        onWarning: (text) => this.warn(text),
        ...this.impersonation(),
        ...this.timeout(),
      })
      this.loaded = { api, discovery: new Discovery(api, (text) => this.warn(text)) }
    }
    return this.loaded
  }

  private impersonation(): { user?: NonNullable<ApiRequest['user']> } {
    const username = this.flags.string('as')
    if (!username) return {}
    const groups = this.flags.list('as-group')
    return { user: { username, groups: [...groups, ...implicitGroups(username), 'system:authenticated'] } }
  }

  private timeout(): { timeoutMs?: number } {
    const text = this.flags.string('request-timeout')
    const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseDuration(text)
    if (typeof ms === 'string') {
      throw new CommandError(
        `Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)`,
      )
    }
    return ms > 0 ? { timeoutMs: ms } : {}
  }
}

/** The groups a service account is in by its name. */
function implicitGroups(username: string): string[] {
  const match = /^system:serviceaccount:([^:]+):/.exec(username)
  return match ? ['system:serviceaccounts', `system:serviceaccounts:${match[1]}`] : []
}
