import type { Blocking } from '../os/process.ts'
import type { Context } from './context.ts'
import type { Flag } from './flags.ts'

/** What Tab offers for an argument. */
export type CompleteArgs = (context: Context) => Blocking<readonly string[]>

/** One command of kubectl, from which its help, parsing, completion and errors follow. */
export interface Command {
  readonly name: string
  readonly aliases?: readonly string[]
  /** One line for the list of commands. */
  readonly short: string
  readonly long?: string
  readonly examples?: readonly string[]
  /** What follows the name in the usage line: `(TYPE NAME | -f FILENAME) [options]`. */
  readonly usage?: string
  readonly flags: readonly Flag[]
  readonly subcommands: readonly Command[]
  /** Heading in kubectl's own help. */
  readonly group?: string
  readonly completeArgs?: CompleteArgs
  /** Without a subcommand its help is an error: exit code 1, printed where this says. */
  readonly needsSubcommand?: 'stdout' | 'stderr'
  /** Looks at --dry-run itself, after its arguments. */
  readonly lateDryRun?: boolean
  /** The exit code of flags that cannot be read, where it is not 1 (`diff`). */
  readonly flagErrorCode?: number
  /** Undefined for a command that only has subcommands. Returns the exit code, default 0. */
  readonly run?: (context: Context) => Blocking<number | void>
}

/** Declares a command. */
export function command(
  declaration: Omit<Command, 'flags' | 'subcommands'> & Partial<Pick<Command, 'flags' | 'subcommands'>>,
): Command {
  return { flags: [], subcommands: [], ...declaration }
}

export const DRY_RUN: Flag = {
  name: 'dry-run',
  type: 'string',
  default: 'none',
  bare: 'unchanged',
  values: ['none', 'server', 'client'],
  help: 'Only say what would happen: client (nothing is sent) or server (the server checks and stores nothing).',
}

export const OUTPUT: Flag = {
  name: 'output',
  short: 'o',
  type: 'string',
  default: '',
  values: [
    'json',
    'yaml',
    'name',
    'kyaml',
    'go-template',
    'go-template-file',
    'template',
    'templatefile',
    'jsonpath',
    'jsonpath-as-json',
    'jsonpath-file',
  ],
  help: 'How to print the result.',
}

/** Flags of whatever prints objects. */
export const PRINT_FLAGS: readonly Flag[] = [
  OUTPUT,
  {
    name: 'template',
    type: 'string',
    default: '',
    help: 'Template text or file for -o go-template, -o jsonpath.',
  },
  {
    name: 'show-managed-fields',
    type: 'boolean',
    default: false,
    help: 'Keep metadata.managedFields in the output.',
  },
  {
    name: 'allow-missing-template-keys',
    type: 'boolean',
    default: true,
    help: 'Ignore missing fields in templates.',
  },
]

/** -f, -R and -k of whatever reads manifests. */
export const FILENAME_FLAGS: readonly Flag[] = [
  {
    name: 'filename',
    short: 'f',
    type: 'list',
    default: [],
    values: 'files',
    help: 'File, folder, or - for standard input, with the objects.',
  },
  {
    name: 'recursive',
    short: 'R',
    type: 'boolean',
    default: false,
    help: 'Go down into the folders given with -f.',
  },
  {
    name: 'kustomize',
    short: 'k',
    type: 'string',
    default: '',
    values: 'files',
    help: 'Not available here: kustomize is out of scope.',
  },
]

export const SELECTOR: Flag = {
  name: 'selector',
  short: 'l',
  type: 'string',
  default: '',
  help: "Labels the objects must have: 'a=b,c in (d,e),!f'.",
}
export const FIELD_SELECTOR: Flag = {
  name: 'field-selector',
  type: 'string',
  default: '',
  help: "Fields the objects must have: 'status.phase=Running'.",
}
export const ALL_NAMESPACES: Flag = {
  name: 'all-namespaces',
  short: 'A',
  type: 'boolean',
  default: false,
  help: 'Look in every namespace.',
}
export const ALL: Flag = {
  name: 'all',
  type: 'boolean',
  default: false,
  help: 'Every object of the type in the namespace.',
}

export function fieldManager(name: string): Flag {
  return { name: 'field-manager', type: 'string', default: name, help: 'Who owns the fields that change.' }
}

/** Flags that every command takes. */
export const GLOBAL_FLAGS: readonly Flag[] = [
  { name: 'as', type: 'string', default: '', help: 'User to act as.' },
  { name: 'as-group', type: 'array', default: [], help: 'Group to act as a member of.' },
  { name: 'as-uid', type: 'string', default: '', help: 'UID to act as.' },
  { name: 'as-user-extra', type: 'array', default: [], help: 'Extra field of the user to act as.' },
  { name: 'cache-dir', type: 'string', default: '', help: 'Accepted; nothing is cached on disk.' },
  {
    name: 'certificate-authority',
    type: 'string',
    default: '',
    help: 'Accepted; certificates are not modelled.',
  },
  {
    name: 'client-certificate',
    type: 'string',
    default: '',
    help: 'Accepted; certificates are not modelled.',
  },
  { name: 'client-key', type: 'string', default: '', help: 'Accepted; certificates are not modelled.' },
  {
    name: 'cluster',
    type: 'string',
    default: '',
    values: 'clusters',
    help: 'Cluster of the kubeconfig to use.',
  },
  {
    name: 'context',
    type: 'string',
    default: '',
    values: 'contexts',
    help: 'Context of the kubeconfig to use.',
  },
  { name: 'disable-compression', type: 'boolean', default: false, help: 'Accepted; nothing is compressed.' },
  {
    name: 'insecure-skip-tls-verify',
    type: 'boolean',
    default: false,
    help: 'Accepted; certificates are not modelled.',
  },
  { name: 'kubeconfig', type: 'string', default: '', values: 'files', help: 'Kubeconfig file to use.' },
  { name: 'kuberc', type: 'string', default: '', help: 'Accepted; preferences are not modelled.' },
  { name: 'log-flush-frequency', type: 'duration', default: 5000, help: 'Accepted.' },
  { name: 'match-server-version', type: 'boolean', default: false, help: 'Accepted.' },
  {
    name: 'namespace',
    short: 'n',
    type: 'string',
    default: '',
    values: 'namespaces',
    help: 'Namespace to work in.',
  },
  { name: 'password', type: 'string', default: '', help: 'Accepted; credentials are not modelled.' },
  { name: 'profile', type: 'string', default: 'none', help: 'Accepted.' },
  { name: 'profile-output', type: 'string', default: 'profile.pprof', help: 'Accepted.' },
  {
    name: 'request-timeout',
    type: 'string',
    default: '0',
    help: 'How long one request may take; 0 is for ever.',
  },
  { name: 'server', short: 's', type: 'string', default: '', help: 'Address of the API server.' },
  { name: 'tls-server-name', type: 'string', default: '', help: 'Accepted; certificates are not modelled.' },
  { name: 'token', type: 'string', default: '', help: 'Accepted; credentials are not modelled.' },
  { name: 'user', type: 'string', default: '', values: 'users', help: 'User of the kubeconfig to use.' },
  { name: 'username', type: 'string', default: '', help: 'Accepted; credentials are not modelled.' },
  {
    name: 'v',
    short: 'v',
    type: 'integer',
    default: 0,
    help: 'How much to log: 6 and more logs the requests.',
  },
  { name: 'vmodule', type: 'string', default: '', help: 'Accepted.' },
  {
    name: 'warnings-as-errors',
    type: 'boolean',
    default: false,
    help: 'End with exit code 1 when the server warned.',
  },
]

export const HELP_FLAG: Flag = {
  name: 'help',
  short: 'h',
  type: 'boolean',
  default: false,
  help: 'Help for this command.',
}
