import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import { ALL, command, DRY_RUN, fieldManager, FILENAME_FLAGS, PRINT_FLAGS } from '../command.ts'
import { completeTypes } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { TYPED } from '../printers/printer.ts'
import { mustFetch } from '../resources/builder.ts'
import type { Info } from '../resources/manifests.ts'
import { mergePatch } from '../../api/patch/merge-patch.ts'
import { reporter } from './results.ts'
import { atoi, overridesOf } from './write.ts'

export const expose = command({
  name: 'expose',
  group: 'Basic Commands (Beginner)',
  short: 'Put a Service in front of a workload',
  examples: [
    'kubectl expose deployment web --port=80 --target-port=8080',
    'kubectl expose pod web --port=80 --type=NodePort --name=front',
  ],
  usage:
    '(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type] [options]',
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN,
    ALL,
    fieldManager('kubectl-expose'),
    { name: 'port', type: 'string', default: '', help: 'Port of the Service.' },
    { name: 'target-port', type: 'string', default: '', help: 'Port of the containers, a number or a name.' },
    { name: 'protocol', type: 'string', default: '', help: 'TCP, UDP or SCTP.' },
    { name: 'type', type: 'string', default: '', help: 'ClusterIP, NodePort, LoadBalancer or ExternalName.' },
    { name: 'name', type: 'string', default: '', help: 'Name of the Service.' },
    {
      name: 'selector',
      type: 'string',
      default: '',
      help: 'Labels to select instead of those of the workload.',
    },
    { name: 'labels', short: 'l', type: 'string', default: '', help: 'Labels of the Service.' },
    { name: 'external-ip', type: 'string', default: '', help: 'An address outside that leads to the nodes.' },
    { name: 'load-balancer-ip', type: 'string', default: '', help: 'Address to ask the load balancer for.' },
    {
      name: 'cluster-ip',
      type: 'string',
      default: '',
      help: 'The virtual address; None for a headless Service.',
    },
    { name: 'session-affinity', type: 'string', default: '', help: 'None or ClientIP.' },
    { name: 'overrides', type: 'string', default: '', help: 'JSON to lay over the Service.' },
    { name: 'override-type', type: 'string', default: 'merge', help: 'How to lay it.' },
    {
      name: 'save-config',
      type: 'boolean',
      default: false,
      help: 'Remember the Service in the annotation that apply reads.',
    },
  ],
  completeArgs: completeTypes(['deployment', 'pod', 'replicaset', 'replicationcontroller', 'service']),
  run: runExpose,
})

function* runExpose(context: Context): Blocking<void> {
  const report = reporter(context)
  for (const info of yield* mustFetch(context, { asInFile: true })) {
    if (!['Deployment', 'Pod', 'ReplicaSet', 'ReplicationController', 'Service'].includes(info.type.kind)) {
      throw new CommandError(`cannot expose a ${info.type.kind}${info.type.group && `.${info.type.group}`}`)
    }
    const service = overridden(context, serviceFor(context, info))
    if (context.dryRun === 'client') {
      yield* report({ ...service, [TYPED]: true }, 'exposed')
      continue
    }
    const path = pathOf({ group: '', version: 'v1', plural: 'services', namespaced: true }, context.namespace)
    yield* report(
      yield* context.api.send('POST', path, context.writeQuery(), service, {
        accept: 'application/json, */*',
      }),
      'exposed',
    )
  }
}

function overridden(context: Context, service: KubeObject): KubeObject {
  const text = context.flags.string('overrides')
  return text === '' ? service : mergePatch(service, overridesOf(text))
}

function serviceFor(context: Context, info: Info): KubeObject {
  const { flags } = context
  const name = flags.string('name') || info.name
  const labels = flags.string('labels') === '' ? info.object.metadata.labels : pairsOf(flags.string('labels'))
  const spec = {
    ports: portsOf(context, info),
    selector: flags.string('selector') === '' ? selectorOf(info) : pairsOf(flags.string('selector')),
    ...(flags.string('cluster-ip') ? { clusterIP: flags.string('cluster-ip') } : {}),
    ...(flags.string('type') ? { type: flags.string('type') } : {}),
    ...(flags.string('external-ip') ? { externalIPs: [flags.string('external-ip')] } : {}),
    ...(flags.string('session-affinity') ? { sessionAffinity: flags.string('session-affinity') } : {}),
    ...(flags.string('load-balancer-ip') && flags.string('type') === 'LoadBalancer'
      ? { loadBalancerIP: flags.string('load-balancer-ip') }
      : {}),
  }
  const metadata = {
    name,
    ...(context.namespaceExplicit ? { namespace: context.namespace } : {}),
    ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
  }
  return { kind: 'Service', apiVersion: 'v1', metadata, spec, status: { loadBalancer: {} } }
}

function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(text.split(',').map((pair) => pair.split(/==?/) as [string, string]))
}

function selectorOf(info: Info): Record<string, string> {
  const { object, type } = info
  if (type.kind === 'Pod') {
    if (!object.metadata.labels)
      throw new CommandError(
        "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed",
      )
    return object.metadata.labels
  }
  if (type.kind === 'Service' || type.kind === 'ReplicationController') {
    if (!object.spec.selector)
      throw new CommandError(
        `couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set`,
      )
    return object.spec.selector
  }
  const { matchLabels, matchExpressions } = object.spec.selector ?? {}
  if (matchExpressions?.length)
    throw new CommandError(
      'couldn\'t retrieve selectors via --selector flag or introspection: couldn\'t convert expressions - "[]" to map-based selector format',
    )
  return matchLabels ?? {}
}

/** The ports that flags name, else those of the containers. */
function portsOf(context: Context, info: Info): KubeObject[] {
  const { flags } = context
  const known = declaredPorts(info)
  const given = flags.string('port').split(',').filter(Boolean).map(atoi)
  const numbers = given.length > 0 ? given : [...new Set(known.map(({ port }) => port))]
  if (numbers.length === 0) throw new CommandError("couldn't find port via --port flag or introspection")
  const target = flags.string('target-port')
  return numbers.flatMap((port) => {
    const protocols = flags.string('protocol')
      ? [flags.string('protocol')]
      : known.filter((one) => one.port === port).map((one) => one.protocol)
    return (protocols.length > 0 ? protocols : ['TCP']).map((protocol, _, all) => {
      const index = numbers.indexOf(port) + 1
      const named =
        numbers.length > 1 || all.length > 1
          ? { name: all.length > 1 ? `port-${index}-${protocol.toLowerCase()}` : `port-${index}` }
          : {}
      const targetPort = target === '' ? port : /^\d+$/.test(target) ? Number(target) : target
      return { ...named, protocol, port, targetPort }
    })
  })
}

function declaredPorts(info: Info): { port: number; protocol: string }[] {
  const { object, type } = info
  if (type.kind === 'Service')
    return (object.spec.ports ?? []).map((one: KubeObject) => ({
      port: one.port,
      protocol: one.protocol ?? 'TCP',
    }))
  const spec = type.kind === 'Pod' ? object.spec : object.spec.template.spec
  return spec.containers.flatMap((container: KubeObject) =>
    (container.ports ?? []).map((one: KubeObject) => ({
      port: one.containerPort,
      protocol: one.protocol ?? 'TCP',
    })),
  )
}
