import type { Blocking } from '../../../os/process.ts'
import type { KubeObject } from '../../api.ts'
import { command, PRINT_FLAGS } from '../../command.ts'
import type { Context } from '../../context.ts'
import { CommandError, StatusError, UsageError } from '../../errors.ts'
import { checkQuantity } from '../../printers/quantity.ts'
import { subcommand } from './subcommand.ts'

export const namespace = subcommand({
  name: 'namespace',
  aliases: ['ns'],
  short: 'Create a namespace',
  examples: ['kubectl create namespace staging'],
  make: (_, name) => ({ kind: 'Namespace', apiVersion: 'v1', metadata: { name }, spec: {}, status: {} }),
})

export const serviceaccount = subcommand({
  name: 'serviceaccount',
  aliases: ['sa'],
  short: 'Create a ServiceAccount',
  called: 'service account',
  make: (_, name) => ({ kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name } }),
})

export const quota = subcommand({
  name: 'quota',
  aliases: ['resourcequota'],
  short: 'Create a ResourceQuota',
  examples: ['kubectl create quota small --hard=pods=10,services=2'],
  usage:
    'NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none] [options]',
  called: 'quota',
  flags: [
    { name: 'hard', type: 'string', default: '', help: 'The limits: TYPE=NUMBER, separated by commas.' },
    { name: 'scopes', type: 'string', default: '', help: 'Which objects count.' },
  ],
  make(context, name) {
    const hard: Record<string, string> = {}
    for (const pair of context.flags.string('hard').split(',').filter(Boolean)) {
      const [key, value, ...more] = pair.split('=')
      if (!key || value === undefined || more.length > 0)
        throw new CommandError(`Invalid argument syntax ${pair}, expected <resource>=<value>`)
      checkQuantity(value)
      hard[key] = value
    }
    const scopes = context.flags.string('scopes').split(',').filter(Boolean)
    const spec = {
      ...(Object.keys(hard).length > 0 ? { hard } : {}),
      ...(scopes.length > 0 ? { scopes } : {}),
    }
    return { kind: 'ResourceQuota', apiVersion: 'v1', metadata: { name }, spec, status: {} }
  },
})

export const poddisruptionbudget = subcommand({
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  short: 'Create a PodDisruptionBudget',
  usage: 'NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none] [options]',
  called: 'poddisruptionbudgets',
  flags: [
    { name: 'selector', type: 'string', default: '', help: 'Labels of the Pods.' },
    {
      name: 'min-available',
      type: 'string',
      default: '',
      help: 'How many must stay, a number or a percentage.',
    },
    { name: 'max-unavailable', type: 'string', default: '', help: 'How many may go.' },
  ],
  make(context, name) {
    const [min, max] = [context.flags.string('min-available'), context.flags.string('max-unavailable')]
    if (context.flags.string('selector') === '') throw new CommandError('a selector must be specified')
    if (min === '' && max === '')
      throw new CommandError('one of min-available or max-unavailable must be specified')
    if (min !== '' && max !== '')
      throw new CommandError('min-available and max-unavailable cannot be both specified')
    for (const [flag, text] of [
      ['min-available', min],
      ['max-unavailable', max],
    ] as const)
      if (text !== '' && !/^\d+%?$/.test(text)) throw new CommandError(`invalid format specified for ${flag}`)
    const value = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text)
    const matchLabels = Object.fromEntries(
      context.flags
        .string('selector')
        .split(',')
        .map((pair) => pair.split(/==?/) as [string, string]),
    )
    const spec = {
      ...(min ? { minAvailable: value(min) } : {}),
      selector: { matchLabels },
      ...(max ? { maxUnavailable: value(max) } : {}),
    }
    const status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }
    return { kind: 'PodDisruptionBudget', apiVersion: 'policy/v1', metadata: { name }, spec, status }
  },
})

export const priorityclass = subcommand({
  name: 'priorityclass',
  aliases: ['pc'],
  short: 'Create a PriorityClass',
  called: 'priorityclass',
  flags: [
    { name: 'value', type: 'integer', default: 0, help: 'The priority.' },
    { name: 'global-default', type: 'boolean', default: false, help: 'For Pods that name none.' },
    { name: 'description', type: 'string', default: '', help: 'When to use it.' },
    {
      name: 'preemption-policy',
      type: 'string',
      default: 'PreemptLowerPriority',
      help: 'Never or PreemptLowerPriority.',
    },
  ],
  make: (context, name) => ({
    kind: 'PriorityClass',
    apiVersion: 'scheduling.k8s.io/v1',
    metadata: { name },
    value: context.flags.integer('value'),
    ...(context.flags.boolean('global-default') ? { globalDefault: true } : {}),
    ...(context.flags.string('description') ? { description: context.flags.string('description') } : {}),
    preemptionPolicy: context.flags.string('preemption-policy'),
  }),
})

export const ingress = subcommand({
  name: 'ingress',
  aliases: ['ing'],
  short: 'Create an Ingress',
  examples: ['kubectl create ingress web --rule="example.com/*=web:80"'],
  usage: 'NAME --rule=host/path=service:port[,tls[=secret]] [options]',
  called: 'ingress',
  flags: [
    { name: 'rule', type: 'array', default: [], help: 'HOST/PATH=SERVICE:PORT[,tls[=SECRET]].' },
    { name: 'class', type: 'string', default: '', help: 'The IngressClass.' },
    { name: 'default-backend', type: 'string', default: '', help: 'SERVICE:PORT for everything else.' },
    { name: 'annotation', type: 'array', default: [], help: 'KEY=VALUE.' },
  ],
  make: ingressObject,
})

function ingressObject(context: Context, name: string): KubeObject {
  const rules = context.flags.list('rule')
  for (const pair of context.flags.list('annotation'))
    if (!pair.includes('='))
      throw new CommandError(`annotation ${pair} is invalid and should be in format key=[value]`)
  const fallback = context.flags.string('default-backend')
  if (rules.length === 0 && fallback === '') {
    throw new CommandError(
      'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
    )
  }
  if (fallback !== '' && !/^[^:]+:[^:]+$/.test(fallback))
    throw new CommandError('default-backend should be in format servicename:serviceport')
  const backend = (text: string): KubeObject => {
    const [service = '', port = ''] = text.split(':')
    return {
      service: { name: service, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } },
    }
  }
  const hosts = new Map<string, KubeObject[]>()
  const tls: KubeObject[] = []
  for (const rule of rules) {
    const match = /^([^/=,]*)(\/[^=,]*)?=([^:,]+:[^,]+)(?:,tls(?:=(.+))?)?$/.exec(rule)
    if (!match)
      throw new CommandError(
        `rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`,
      )
    const [, host = '', path = '/', target = '', secretName] = match
    const prefix = path.endsWith('*')
    const entry = {
      path: prefix ? path.slice(0, -1) : path,
      pathType: prefix ? 'Prefix' : 'Exact',
      backend: backend(target),
    }
    hosts.set(host, [...(hosts.get(host) ?? []), entry])
    if (rule.includes(',tls'))
      tls.push({ ...(host ? { hosts: [host] } : {}), ...(secretName ? { secretName } : {}) })
  }
  const annotations = Object.fromEntries(
    context.flags.list('annotation').map((pair) => pair.split('=') as [string, string]),
  )
  return {
    kind: 'Ingress',
    apiVersion: 'networking.k8s.io/v1',
    metadata: { name, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: {
      ...(context.flags.string('class') ? { ingressClassName: context.flags.string('class') } : {}),
      ...(fallback ? { defaultBackend: backend(fallback) } : {}),
      ...(tls.length > 0 ? { tls } : {}),
      ...(hosts.size > 0
        ? { rules: [...hosts].map(([host, paths]) => ({ ...(host ? { host } : {}), http: { paths } })) }
        : {}),
    },
    status: { loadBalancer: {} },
  }
}

export const token = command({
  name: 'token',
  short: 'Ask for a token of a ServiceAccount',
  usage: 'SERVICE_ACCOUNT_NAME [options]',
  flags: [
    ...PRINT_FLAGS,
    { name: 'duration', type: 'duration', default: 0, help: 'How long it shall be good.' },
    { name: 'audience', type: 'array', default: [], help: 'For whom.' },
    { name: 'bound-object-kind', type: 'string', default: '', help: 'Accepted.' },
    { name: 'bound-object-name', type: 'string', default: '', help: 'Accepted.' },
  ],
  *run(context: Context): Blocking<void> {
    if (context.args.length !== 1)
      throw new UsageError(`exactly one NAME is required, got ${context.args.length}`)
    const duration = context.flags.duration('duration')
    const audiences = context.flags.list('audience')
    const spec = {
      ...(audiences.length > 0 ? { audiences } : {}),
      ...(duration > 0 ? { expirationSeconds: duration / 1000 } : {}),
    }
    const body = {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: {},
      spec,
      status: {},
    }
    try {
      const path = `/api/v1/namespaces/${context.namespace}/serviceaccounts/${context.args[0]}/token`
      const answer = yield* context.api.send('POST', path, {}, body)
      yield* context.printLine(String(answer.status.token))
    } catch (error) {
      if (error instanceof StatusError) throw new CommandError(`failed to create token: ${error.message}`)
      throw error
    }
  },
})
