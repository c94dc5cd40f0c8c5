import { pathOf } from '../../api/resource.ts'
import type { Blocking } from '../../os/process.ts'
import { command, DRY_RUN, fieldManager, FILENAME_FLAGS, PRINT_FLAGS } from '../command.ts'
import { completeTypes } from '../completion-sources.ts'
import type { Context } from '../context.ts'
import { groupVersion } from '../discovery.ts'
import { CommandError, StatusError } from '../errors.ts'
import { TYPED } from '../printers/printer.ts'
import { isQuantity } from '../printers/quantity.ts'
import { mustFetch } from '../resources/builder.ts'
import { reporter, type Report } from './results.ts'

export const autoscale = command({
  name: 'autoscale',
  group: 'Deploy Commands',
  short: 'Let a HorizontalPodAutoscaler scale a workload',
  examples: ['kubectl autoscale deployment web --min=2 --max=5 --cpu=70%'],
  usage: '(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [options]',
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN,
    fieldManager('kubectl-autoscale'),
    { name: 'max', type: 'integer', default: -1, required: true, help: 'The most replicas.' },
    { name: 'min', type: 'integer', default: -1, help: 'The fewest replicas.' },
    { name: 'cpu', type: 'string', default: '', help: 'CPU to aim at: 70% or 500m.' },
    { name: 'memory', type: 'string', default: '', help: 'Memory to aim at: 70% or 200Mi.' },
    {
      name: 'cpu-percent',
      type: 'integer',
      default: -1,
      help: 'CPU to aim at, in percent.',
      deprecated:
        "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
    },
    { name: 'name', type: 'string', default: '', help: 'Name of the autoscaler.' },
    {
      name: 'save-config',
      type: 'boolean',
      default: false,
      help: 'Remember the object in the annotation that apply reads.',
    },
  ],
  completeArgs: completeTypes(['deployment', 'replicaset', 'replicationcontroller', 'statefulset']),
  run: runAutoscale,
})

/** Without --cpu what the newer API cannot say is tried in the older, which fails by its own empty value. */
function reporterOf(context: Context): Report {
  try {
    return reporter(context)
  } catch (error) {
    throw context.flags.string('cpu') === '' ? new CommandError(INCOMPATIBLE) : error
  }
}

const INCOMPATIBLE =
  'failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: empty input'

function* runAutoscale(context: Context): Blocking<void> {
  const [min, max] = [context.flags.integer('min'), context.flags.integer('max')]
  if (max < 1) throw new CommandError(`--max=MAXPODS is required and must be at least 1, max: ${max}`)
  if (max < min)
    throw new CommandError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`)
  void metricsOf(context)
  const report = reporterOf(context)
  for (const info of yield* mustFetch(context)) {
    if (!info.type.subresources.includes('scale')) {
      const resource = `${info.type.group}/${info.type.version}, Resource=${info.type.plural}`
      throw new CommandError(
        `cannot autoscale a ${info.type.kind}: could not find scale subresource for ${resource} in discovery information`,
      )
    }
    const metrics = metricsOf(context)
    const autoscaler = {
      kind: 'HorizontalPodAutoscaler',
      apiVersion: 'autoscaling/v2',
      metadata: {
        name: context.flags.string('name') || info.name,
        ...(context.namespaceExplicit ? { namespace: context.namespace } : {}),
      },
      spec: {
        scaleTargetRef: { kind: info.type.kind, name: info.name, apiVersion: groupVersion(info.type) },
        ...(min > 0 ? { minReplicas: min } : {}),
        maxReplicas: max,
        ...(metrics.length > 0 ? { metrics } : {}),
      },
      status: { desiredReplicas: 0, currentMetrics: null },
    }
    if (context.dryRun === 'client') {
      yield* report({ ...autoscaler, [TYPED]: true }, metrics.length === 0 ? 'created' : 'autoscaled')
      continue
    }
    const path = pathOf(
      { group: 'autoscaling', version: 'v2', plural: 'horizontalpodautoscalers', namespaced: true },
      context.namespace,
    )
    try {
      yield* report(yield* context.api.send('POST', path, context.writeQuery(), autoscaler), 'autoscaled')
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      // What the older API could say too is tried there; without a metric it cannot.
      throw metrics.length === 0 ? new CommandError(INCOMPATIBLE) : error
    }
  }
}

function metricsOf(context: Context): object[] {
  const percent = context.flags.integer('cpu-percent')
  const wanted = [
    ['cpu', percent >= 0 ? `${percent}%` : context.flags.string('cpu')],
    ['memory', context.flags.string('memory')],
  ] as const
  return wanted
    .filter(([, text]) => text !== '')
    .map(([name, text]) => ({
      type: 'Resource',
      resource: {
        name,
        target: targetOf(name, text),
      },
    }))
}

/** `70%` of what is requested, or an amount: a number alone is of millicores and MiB. */
function targetOf(name: 'cpu' | 'memory', text: string): object {
  if (text.endsWith('%')) {
    const percent = text.slice(0, -1)
    if (!/^\d+$/.test(percent)) throw new CommandError(`invalid percentage value: ${percent}`)
    return { type: 'Utilization', averageUtilization: Number(percent) }
  }
  const amount = /^\d+$/.test(text) ? text + (name === 'cpu' ? 'm' : 'Mi') : text
  if (!isQuantity(amount)) throw new CommandError(`invalid resource ${name} value: ${text}`)
  return { type: 'AverageValue', averageValue: amount }
}
