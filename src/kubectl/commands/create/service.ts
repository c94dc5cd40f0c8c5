import type { KubeObject } from '../../api.ts'
import { command } from '../../command.ts'
import type { Context } from '../../context.ts'
import { CommandError } from '../../errors.ts'
import type { Flag } from '../../flags.ts'
import { subcommand } from './subcommand.ts'

/** DNS-1123 subdomain, as a name outside must be. */
const DOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\.?$/

const TCP: Flag = { name: 'tcp', type: 'list', default: [], help: 'Ports, as PORT or PORT:TARGETPORT.' }

interface ServicePort {
  readonly name: string
  readonly protocol: 'TCP'
  readonly port: number
  readonly targetPort: number | string
}

/** `80`, `80:8080`, `80:http`. */
function portsOf(context: Context, nodePort = 0): KubeObject[] {
  return context.flags
    .list('tcp')
    .map((text) => ({ ...readPort(text), ...(nodePort > 0 ? { nodePort } : {}) }))
}

function readPort(text: string): ServicePort {
  const [port = '', target = port] = text.split(':')
  const number = parsePort(port)
  const targetPort = /^\d+$/.test(target) ? Number(target) : target
  if (typeof targetPort === 'number' && (targetPort < 1 || targetPort > 65535))
    throw new CommandError('must be between 1 and 65535, inclusive')
  return { name: text.replaceAll(':', '-'), protocol: 'TCP', port: number, targetPort }
}

function parsePort(text: string): number {
  if (!/^\d+$/.test(text))
    throw new CommandError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`)
  if (Number(text) > 65535)
    throw new CommandError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`)
  return Number(text)
}

function serviceObject(name: string, spec: KubeObject): KubeObject {
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name, labels: { app: name } },
    spec,
    status: { loadBalancer: {} },
  }
}

function needsPorts(context: Context): void {
  if (context.flags.list('tcp').length === 0)
    throw new CommandError('at least one tcp port specifier must be provided')
}

const clusterip = subcommand({
  name: 'clusterip',
  short: 'Create a Service with a virtual address inside the cluster',
  examples: [
    'kubectl create service clusterip web --tcp=80:8080',
    'kubectl create service clusterip db --clusterip=None',
  ],
  usage: 'NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none] [options]',
  called: 'ClusterIP service',
  flags: [
    TCP,
    { name: 'clusterip', type: 'string', default: '', help: 'The address; None for a headless Service.' },
  ],
  make(context, name) {
    const clusterIP = context.flags.string('clusterip')
    if (clusterIP !== 'None') needsPorts(context)
    const ports = portsOf(context)
    return serviceObject(name, {
      ...(ports.length > 0 ? { ports } : {}),
      selector: { app: name },
      ...(clusterIP ? { clusterIP } : {}),
      type: 'ClusterIP',
    })
  },
})

const nodeport = subcommand({
  name: 'nodeport',
  short: 'Create a Service with a port on every node',
  examples: ['kubectl create service nodeport web --tcp=80:8080 --node-port=30080'],
  usage: 'NAME [--tcp=port:targetPort] [--dry-run=server|client|none] [options]',
  called: 'NodePort service',
  flags: [TCP, { name: 'node-port', type: 'integer', default: 0, help: 'The port of the nodes.' }],
  make(context, name) {
    needsPorts(context)
    const ports = portsOf(context, context.flags.integer('node-port'))
    return serviceObject(name, { ports, selector: { app: name }, type: 'NodePort' })
  },
})

const loadbalancer = subcommand({
  name: 'loadbalancer',
  short: 'Create a Service with a load balancer outside the cluster',
  examples: ['kubectl create service loadbalancer web --tcp=80:8080'],
  usage: 'NAME [--tcp=port:targetPort] [--dry-run=server|client|none] [options]',
  called: 'LoadBalancer service',
  flags: [TCP],
  make(context, name) {
    needsPorts(context)
    return serviceObject(name, { ports: portsOf(context), selector: { app: name }, type: 'LoadBalancer' })
  },
})

const externalname = subcommand({
  name: 'externalname',
  short: 'Create a Service that is an alias of a name outside',
  examples: ['kubectl create service externalname db --external-name=db.example.com'],
  usage: 'NAME --external-name external.name [--dry-run=server|client|none] [options]',
  called: 'ExternalName service',
  flags: [
    TCP,
    { name: 'external-name', type: 'string', default: '', required: true, help: 'The name outside.' },
  ],
  make(context, name) {
    const ports = portsOf(context)
    const outside = context.flags.string('external-name')
    if (!DOMAIN.test(outside)) throw new CommandError(`invalid service external name ${outside}`)
    return serviceObject(name, {
      ...(ports.length > 0 ? { ports } : {}),
      selector: { app: name },
      type: 'ExternalName',
      externalName: outside,
    })
  },
})

export const service = command({
  name: 'service',
  aliases: ['svc'],
  short: 'Create a Service of some type',
  needsSubcommand: 'stderr',
  subcommands: [clusterip, nodeport, loadbalancer, externalname],
})
