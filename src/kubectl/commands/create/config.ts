import { resolvePath } from '../../../os/path.ts'
import type { KubeObject } from '../../api.ts'
import { command } from '../../command.ts'
import type { Context } from '../../context.ts'
import { CommandError } from '../../errors.ts'
import type { Flag } from '../../flags.ts'
import { encodeBase64 } from '../../../encoding/base64.ts'
import { goJson } from '../../printers/json.ts'
import { subcommand } from './subcommand.ts'

const SOURCES: readonly Flag[] = [
  { name: 'from-file', type: 'array', default: [], values: 'files', help: 'A file, a folder, or KEY=FILE.' },
  { name: 'from-literal', type: 'array', default: [], help: 'KEY=VALUE.' },
  { name: 'from-env-file', type: 'array', default: [], values: 'files', help: 'A file of KEY=VALUE lines.' },
  { name: 'append-hash', type: 'boolean', default: false, help: 'Accepted.' },
]

/** The entries that flags name. @throws CommandError for a key given twice and for files that are not there */
function entriesOf(context: Context, add: (key: string, value: string) => void): void {
  const { flags } = context
  if (
    flags.list('from-env-file').length > 0 &&
    (flags.list('from-file').length > 0 || flags.list('from-literal').length > 0)
  ) {
    throw new CommandError('from-env-file cannot be combined with from-file or from-literal')
  }
  for (const source of flags.list('from-file')) fromFile(context, source, add)
  for (const literal of flags.list('from-literal')) {
    const equals = literal.indexOf('=')
    if (equals <= 0) throw new CommandError(`invalid literal source ${literal}, expected key=value`)
    add(literal.slice(0, equals), unquoted(literal.slice(equals + 1)))
  }
  for (const path of flags.list('from-env-file')) fromEnvFile(context, path, add)
}

function unquoted(text: string): string {
  const match = /^(['"])([\s\S]*)\1$/.exec(text)
  return match ? match[2]! : text
}

function fromFile(context: Context, source: string, add: (key: string, value: string) => void): void {
  const equals = source.indexOf('=')
  if (equals === 0) throw new CommandError(`key name for file path ${source.slice(1)} missing`)
  if (equals === source.length - 1)
    throw new CommandError(`file path for key name ${source.slice(0, equals)} missing`)
  const path = equals < 0 ? source : source.slice(equals + 1)
  if (path.includes('=')) throw new CommandError("key names or file paths cannot contain '='")
  const { files } = context.process.machine
  const absolute = resolvePath(context.process.cwd, path)
  const status = files.stat(absolute)
  if (!status) throw new CommandError(`error reading ${path}: no such file or directory`)
  if (status.type !== 'directory')
    return add(
      equals < 0 ? path.slice(path.lastIndexOf('/') + 1) : source.slice(0, equals),
      files.read(absolute),
    )
  if (equals >= 0) throw new CommandError('cannot give a key name for a directory path')
  for (const name of [...files.list(absolute)].sort()) {
    if (files.stat(`${absolute}/${name}`)?.type === 'file') add(name, files.read(`${absolute}/${name}`))
  }
}

function fromEnvFile(context: Context, path: string, add: (key: string, value: string) => void): void {
  const absolute = resolvePath(context.process.cwd, path)
  if (!context.process.machine.files.stat(absolute))
    throw new CommandError(`error reading ${path}: no such file or directory`)
  for (const line of context.process.machine.files.read(absolute).split('\n')) {
    const text = line.trimStart()
    if (text === '' || text.startsWith('#')) continue
    const [key = '', ...rest] = text.split('=')
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key)) {
      throw new CommandError(
        `${JSON.stringify(key)} is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`,
      )
    }
    add(key, rest.length > 0 ? rest.join('=') : (context.process.env.get(key) ?? ''))
  }
}

function collect(
  context: Context,
  kind: string,
  name: string,
  encode: (value: string) => string,
): Record<string, string> {
  const data: Record<string, string> = {}
  entriesOf(context, (key, value) => {
    if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
      throw new CommandError(
        `${JSON.stringify(key)} is not a valid key name for a ${kind}: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
      )
    }
    if (Object.hasOwn(data, key))
      throw new CommandError(
        `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ${kind} ${JSON.stringify(name)}`,
      )
    data[key] = encode(value)
  })
  return data
}

export const configmap = subcommand({
  name: 'configmap',
  aliases: ['cm'],
  short: 'Create a ConfigMap from files, folders or literal values',
  examples: [
    'kubectl create configmap settings --from-literal=colour=blue',
    'kubectl create configmap site --from-file=nginx.conf',
  ],
  usage:
    'NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]',
  called: 'configmap',
  flags: SOURCES,
  make(context, name) {
    const data = collect(context, 'ConfigMap', name, (value) => value)
    return {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name },
      ...(Object.keys(data).length > 0 ? { data } : {}),
    }
  },
})

function secretObject(name: string, data: Record<string, string>, type?: string): KubeObject {
  return {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name },
    ...(Object.keys(data).length > 0 ? { data } : {}),
    ...(type ? { type } : {}),
  }
}

const generic = subcommand({
  name: 'generic',
  short: 'Create a Secret from files, folders or literal values',
  examples: ['kubectl create secret generic login --from-literal=user=admin'],
  usage:
    'NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]',
  called: 'secret',
  flags: [...SOURCES, { name: 'type', type: 'string', default: '', help: 'Type of the Secret.' }],
  make: (context, name) =>
    secretObject(
      name,
      collect(context, 'Secret', name, encodeBase64),
      context.flags.string('type') || undefined,
    ),
})

function pem(context: Context, path: string, what: 'certificate' | 'key'): string {
  let text: string
  try {
    text = context.readFile(path)
  } catch (error) {
    throw new CommandError(`Cannot read file ${path}, ${(error as Error).message}`)
  }
  if (!text.includes('-----BEGIN '))
    throw new CommandError(`tls: failed to find any PEM data in ${what} input`)
  return encodeBase64(text)
}

const tls = subcommand({
  name: 'tls',
  short: 'Create a Secret with a certificate and its key',
  usage: 'NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none] [options]',
  called: 'secret',
  flags: [
    { name: 'cert', type: 'string', default: '', values: 'files', help: 'PEM certificate.' },
    { name: 'key', type: 'string', default: '', values: 'files', help: 'PEM private key.' },
    { name: 'append-hash', type: 'boolean', default: false, help: 'Accepted.' },
  ],
  make(context, name) {
    const [cert, key] = [context.flags.string('cert'), context.flags.string('key')]
    if (!cert || !key) throw new CommandError('key and cert must be specified')
    const data = { 'tls.crt': pem(context, cert, 'certificate'), 'tls.key': pem(context, key, 'key') }
    return secretObject(name, data, 'kubernetes.io/tls')
  },
})

const dockerRegistry = subcommand({
  name: 'docker-registry',
  short: 'Create a Secret for pulling from a registry',
  usage:
    'NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [options]',
  called: 'secret',
  flags: [
    { name: 'docker-server', type: 'string', default: 'https://index.docker.io/v1/', help: 'The registry.' },
    { name: 'docker-username', type: 'string', default: '', help: 'Who to be there.' },
    { name: 'docker-password', type: 'string', default: '', help: 'The password.' },
    { name: 'docker-email', type: 'string', default: '', help: 'The address.' },
    { name: 'from-file', type: 'array', default: [], values: 'files', help: 'A configuration file.' },
    { name: 'append-hash', type: 'boolean', default: false, help: 'Accepted.' },
  ],
  make(context, name) {
    const text = (flag: string): string => context.flags.string(flag)
    if (!text('docker-username') || !text('docker-password')) {
      throw new CommandError(
        'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
      )
    }
    const entry = {
      username: text('docker-username'),
      password: text('docker-password'),
      ...(text('docker-email') ? { email: text('docker-email') } : {}),
      auth: encodeBase64(`${text('docker-username')}:${text('docker-password')}`),
    }
    const config = goJson({ auths: { [text('docker-server')]: entry } }, { sorted: false })
    return secretObject(name, { '.dockerconfigjson': encodeBase64(config) }, 'kubernetes.io/dockerconfigjson')
  },
})

export const secret = command({
  name: 'secret',
  short: 'Create a Secret of some type',
  needsSubcommand: 'stderr',
  subcommands: [dockerRegistry, generic, tls],
})
