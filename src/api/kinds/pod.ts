import { ageSince } from '../format.ts'
import type { Pod, PodSpec } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { equal } from '../objects.ts'
import { podCondition, qosClass, summarizePod } from '../pods.ts'
import { AGE, column, NAME, wideColumn } from './shared/columns.ts'
import { defaultPodSpec } from './shared/pod-defaults.ts'
import { validatePodSpec } from './shared/pod-validation.ts'
import { validatePodUpdate } from './pod/update.ts'
import { podWarnings } from './shared/pod-warnings.ts'

const CONNECT = ['create', 'get']
const PROXY = ['create', 'delete', 'get', 'patch', 'update']
const READ_WRITE = ['get', 'patch', 'update']

function restartsCell(pod: Pod, nowMs: number): string {
  const { restarts, lastRestart } = summarizePod(pod)
  return restarts > 0 && lastRestart ? `${restarts} (${ageSince(lastRestart, nowMs)} ago)` : String(restarts)
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  return `${gates.filter(({ conditionType }) => podCondition(pod, conditionType)?.status === 'True').length}/${gates.length}`
}

/** Requests that were left out are as high as the limits. */
function defaultRequests(pod: Pod): Pod {
  const spec = pod.spec
  if (!spec?.containers.some(({ resources }) => resources?.limits)) return pod
  const containers = spec.containers.map((container) => {
    const { limits, requests } = container.resources ?? {}
    return limits
      ? { ...container, resources: { ...container.resources, requests: { ...limits, ...requests } } }
      : container
  })
  return { ...pod, spec: { ...spec, containers } }
}

function withHostPorts(pod: Pod): Pod {
  const spec = pod.spec
  if (!spec?.hostNetwork) return pod
  const containers = spec.containers.map((container) =>
    container.ports
      ? {
          ...container,
          ports: container.ports.map((port) => ({ ...port, hostPort: port.hostPort || port.containerPort })),
        }
      : container,
  )
  return { ...pod, spec: { ...spec, containers } }
}

const defaulted = new WeakSet<object>()

const completed = (reason: string, message: string) => [
  { type: 'Completed', status: 'True', reason, message },
]

/** What a table says of a Pod that runs no more. */
const ENDS: Readonly<Record<string, readonly object[]>> = {
  Succeeded: completed('Succeeded', 'The pod has completed successfully.'),
  Failed: completed('Failed', 'The pod failed.'),
}

/** What is less than nothing counts as one second. */
const withPositiveGrace = (spec: PodSpec): PodSpec =>
  (spec.terminationGracePeriodSeconds ?? 0) < 0 ? { ...spec, terminationGracePeriodSeconds: 1 } : spec

/** Containers that run together on one node, with one address. */
export const pod = kind<Pod>({
  kind: 'Pod',
  plural: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  tracksGeneration: true,
  returnsDeleted: true,
  subresources: [
    { name: 'attach', kind: 'PodAttachOptions', verbs: CONNECT },
    { name: 'binding', kind: 'Binding', verbs: ['create'] },
    { name: 'ephemeralcontainers', kind: 'Pod', verbs: READ_WRITE },
    { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
    { name: 'exec', kind: 'PodExecOptions', verbs: CONNECT },
    { name: 'log', kind: 'Pod', verbs: ['get'] },
    { name: 'portforward', kind: 'PodPortForwardOptions', verbs: CONNECT },
    { name: 'proxy', kind: 'PodProxyOptions', verbs: PROXY },
    { name: 'resize', kind: 'Pod', verbs: READ_WRITE },
    statusOf('Pod'),
  ],
  selectableFields: [
    { path: 'spec.nodeName', value: ({ spec }) => spec?.nodeName ?? '' },
    { path: 'spec.restartPolicy', value: ({ spec }) => spec?.restartPolicy ?? '' },
    { path: 'spec.schedulerName', value: ({ spec }) => spec?.schedulerName ?? '' },
    { path: 'spec.serviceAccountName', value: ({ spec }) => spec?.serviceAccountName ?? '' },
    { path: 'spec.hostNetwork', value: ({ spec }) => String(spec?.hostNetwork ?? false) },
    { path: 'status.phase', value: ({ status }) => status?.phase ?? '' },
    { path: 'status.podIP', value: ({ status }) => status?.podIP ?? '' },
    { path: 'status.podIPs', value: ({ status }) => status?.podIPs?.[0]?.ip ?? '' },
    { path: 'status.nominatedNodeName', value: ({ status }) => status?.nominatedNodeName ?? '' },
  ],
  columns: [
    NAME,
    column('Ready', (object) => {
      const { readyContainers, totalContainers } = summarizePod(object)
      return `${readyContainers}/${totalContainers}`
    }),
    column('Status', (object) => summarizePod(object).status),
    column('Restarts', restartsCell),
    AGE,
    wideColumn('IP', ({ status }) => status?.podIPs?.[0]?.ip ?? status?.podIP ?? '<none>'),
    wideColumn('Node', ({ spec }) => spec?.nodeName || '<none>'),
    wideColumn('Nominated Node', ({ status }) => status?.nominatedNodeName || '<none>'),
    wideColumn('Readiness Gates', readinessGates),
  ],
  rowConditions: ({ status }) => ENDS[status?.phase ?? ''],
  defaults(object) {
    const spec = object.spec ?? { containers: [] }
    if (defaulted.has(spec)) return object
    const full = withHostPorts(
      defaultRequests({
        ...object,
        spec: { ...defaultPodSpec(spec), enableServiceLinks: spec.enableServiceLinks ?? true },
      }),
    )
    defaulted.add(full.spec!)
    return full
  },
  prepareForCreate: (object) => ({
    ...object,
    spec: withPositiveGrace(object.spec!),
    status: { phase: 'Pending', qosClass: qosClass(object.spec) },
  }),
  validate(object, errors) {
    validatePodSpec('spec', object.spec ?? { containers: [] }, errors)
    object.spec?.containers?.forEach(({ image = '' }, index) => {
      if (image !== image.trim())
        errors.invalid(
          `spec.containers[${index}].image`,
          image,
          'must not have leading or trailing whitespace',
        )
    })
  },
  validateUpdate(next, old, errors) {
    if (!equal(next.spec, old.spec)) validatePodUpdate(next, old, errors)
  },
  warnings: (next, old) => (old && equal(next.spec, old.spec) ? [] : podWarnings('spec', next.spec)),
  gracePeriodSeconds({ spec, status }) {
    if (!spec?.nodeName || status?.phase === 'Succeeded' || status?.phase === 'Failed') return undefined
    return spec.terminationGracePeriodSeconds ?? 30
  },
})
