import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { command, OUTPUT } from '../command.ts'
import { completeNamesOf } from '../completion-sources.ts'
import { CommandError } from '../errors.ts'
import { globalOptionsHelp } from '../help.ts'
import { goJson } from '../printers/json.ts'
import { toYaml } from '../printers/yaml.ts'

/** What this kubectl says of itself: the release it behaves as. */
const CLIENT_VERSION = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.4',
  gitCommit: 'bb826b1d48562f110659e64e8ec444327433db95',
  gitTreeState: 'clean',
  buildDate: '2026-09-29T20:03:31Z',
  goVersion: 'go1.27.1',
  compiler: 'gc',
  platform: 'linux/amd64',
}
const KUSTOMIZE_VERSION = 'v5.8.1'

export const version = command({
  name: 'version',
  group: 'Other Commands',
  short: 'Show the versions of client and server',
  flags: [
    { name: 'client', type: 'boolean', default: false, help: 'Do not ask the server.' },
    { ...OUTPUT, values: ['yaml', 'json'] },
  ],
  *run(context): Blocking<void> {
    if (context.args.length > 0) throw new CommandError(`extra arguments: [${context.args.join(' ')}]`)
    const output = context.flags.string('output')
    if (!['', 'yaml', 'json'].includes(output)) throw new CommandError("--output must be 'yaml' or 'json'")
    const server = context.flags.boolean('client')
      ? undefined
      : yield* context.api.get('/version', { timeout: '32s' }, 'application/json, */*')
    const all = {
      clientVersion: CLIENT_VERSION,
      kustomizeVersion: KUSTOMIZE_VERSION,
      ...(server ? { serverVersion: server } : {}),
    }
    if (output === 'json') return yield* context.printLine(goJson(all, { indent: 2, sorted: false }))
    if (output === 'yaml') return yield* context.print(`${toYaml(all)}\n`)
    yield* context.printLine(
      `Client Version: ${CLIENT_VERSION.gitVersion}\nKustomize Version: ${KUSTOMIZE_VERSION}`,
    )
    if (server) yield* context.printLine(`Server Version: ${server.gitVersion}`)
  },
})

export const clusterInfo = command({
  name: 'cluster-info',
  group: 'Cluster Management Commands',
  short: 'Show where the cluster is reached',
  *run(context): Blocking<void> {
    const green = '\x1b[0;32m',
      yellow = '\x1b[0;33m',
      plain = '\x1b[0m'
    const coloured = context.process.files.get(1)?.terminal !== undefined
    const line = (name: string, address: string): string =>
      coloured
        ? `${green}${name}${plain} is running at ${yellow}${address}${plain}`
        : `${name} is running at ${address}`
    const namespace = context.flags.string('namespace') || 'kube-system'
    const list = yield* context.api.get(
      `/api/v1/namespaces/${namespace}/services`,
      { labelSelector: 'kubernetes.io/cluster-service=true' },
      'application/json, */*',
    )
    yield* context.printLine(line('Kubernetes control plane', context.api.server))
    for (const service of list.items as KubeObject[])
      yield* context.printLine(
        line(
          service.metadata.labels?.['kubernetes.io/name'] ?? service.metadata.name,
          addressOf(context.api.server, service),
        ),
      )
    yield* context.printLine(
      "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.",
    )
  },
})

/** A Service's own balancer, else the API server's proxy to it. */
function addressOf(server: string, { metadata, spec, status }: KubeObject): string {
  const ingress = status?.loadBalancer?.ingress?.[0]
  if (ingress)
    return (spec.ports as KubeObject[])
      .map((port) => `http://${ingress.ip ?? ingress.hostname}:${port.port}`)
      .join(' ')
  const [port] = spec.ports as KubeObject[]
  const scheme = port?.name === 'https' || port?.port === 443 ? 'https:' : ''
  const name = port?.name
    ? `${scheme}${metadata.name}:${port.name}`
    : scheme
      ? `${scheme}${metadata.name}:`
      : metadata.name
  return `${server}/api/v1/namespaces/${metadata.namespace}/services/${name}/proxy`
}

export const options = command({
  name: 'options',
  group: 'Other Commands',
  short: 'List the flags that every command takes',
  *run(context): Blocking<void> {
    yield* context.print(globalOptionsHelp())
  },
})

function topOf(plural: 'pods' | 'nodes', name: string, alias: string): ReturnType<typeof command> {
  return command({
    name,
    aliases: [alias, plural],
    short: `Show what ${plural} use`,
    flags: [
      { name: 'containers', type: 'boolean', default: false, help: 'Each container.' },
      {
        name: 'all-namespaces',
        short: 'A',
        type: 'boolean',
        default: false,
        help: 'Look in every namespace.',
      },
      { name: 'selector', short: 'l', type: 'string', default: '', help: 'Labels they must have.' },
      { name: 'field-selector', type: 'string', default: '', help: 'Fields they must have.' },
      {
        name: 'sort-by',
        type: 'string',
        default: '',
        values: ['cpu', 'memory'],
        help: 'Sort by cpu or memory.',
      },
      { name: 'no-headers', type: 'boolean', default: false, help: 'Leave the header line out.' },
      { name: 'sum', type: 'boolean', default: false, help: 'Add them up.' },
      { name: 'use-protocol-buffers', type: 'boolean', default: true, help: 'Accepted.' },
      {
        name: 'show-capacity',
        type: 'boolean',
        default: false,
        help: 'Of all there is, not of what is allocatable.',
      },
      { name: 'show-swap', type: 'boolean', default: false, help: 'Swap too.' },
    ],
    completeArgs: completeNamesOf(plural),
    *run(context): Blocking<void> {
      const types = yield* context.discovery.all()
      // Metrics come from an aggregated API; a cluster without metrics-server has none.
      if (types.some((type) => type.group === 'metrics.k8s.io'))
        throw new CommandError('metrics are out of scope here')
      throw new CommandError('Metrics API not available')
    },
  })
}

export const top = command({
  name: 'top',
  needsSubcommand: 'stderr',
  group: 'Cluster Management Commands',
  short: 'Show what is used of CPU and memory',
  subcommands: [topOf('nodes', 'node', 'no'), topOf('pods', 'pod', 'po')],
})
