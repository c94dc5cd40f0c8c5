import type { FieldErrors } from '../field-errors.ts'
import type { Node } from '../generated/types.ts'
import { kind, statusOf } from '../kind.ts'
import { equal } from '../objects.ts'
import { AGE, column, NAME, wideColumn } from './shared/columns.ts'

const ROLE_PREFIX = 'node-role.kubernetes.io/'

function statusCell({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  const parts = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown']
  return [...parts, ...(spec?.unschedulable ? ['SchedulingDisabled'] : [])].join(',')
}

function rolesCell({ metadata }: Node): string {
  const labels = Object.entries(metadata?.labels ?? {})
  const roles = labels.flatMap(([key, value]) =>
    key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length
      ? [key.slice(ROLE_PREFIX.length)]
      : key === 'kubernetes.io/role' && value
        ? [value]
        : [],
  )
  return roles.length > 0 ? [...new Set(roles)].sort().join(',') : '<none>'
}

const addressCell =
  (wanted: string) =>
  ({ status }: Node) =>
    status?.addresses?.find(({ type }) => type === wanted)?.address ?? '<none>'

function kernelCell({ status }: Node): string {
  const { kernelVersion, architecture } = status?.nodeInfo ?? {}
  if (!kernelVersion) return '<unknown>'
  return architecture ? `${kernelVersion} (${architecture})` : kernelVersion
}

function validateTaints({ spec }: Node, errors: FieldErrors): void {
  const seen = new Set<string>()
  spec?.taints?.forEach(({ key, effect }, index) => {
    const at = `spec.taints[${index}]`
    const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']
    if (!effect) errors.required(`${at}.effect`)
    else if (!effects.includes(effect)) errors.notSupported(`${at}.effect`, effect, effects)
    if (seen.has(`${key}:${effect}`)) errors.duplicate(at, { key, effect })
    seen.add(`${key}:${effect}`)
  })
}

/** A machine on which Pods run. */
export const node = kind<Node>({
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  subresources: [
    { name: 'proxy', kind: 'NodeProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
    statusOf('Node'),
  ],
  selectableFields: [
    { path: 'spec.unschedulable', value: ({ spec }) => String(spec?.unschedulable ?? false) },
  ],
  columns: [
    NAME,
    column('Status', statusCell),
    column('Roles', rolesCell),
    AGE,
    column('Version', ({ status }) => status?.nodeInfo?.kubeletVersion ?? ''),
    wideColumn('Internal-IP', addressCell('InternalIP')),
    wideColumn('External-IP', addressCell('ExternalIP')),
    wideColumn('OS-Image', ({ status }) => status?.nodeInfo?.osImage ?? '<unknown>'),
    wideColumn('Kernel-Version', kernelCell),
    wideColumn('Container-Runtime', ({ status }) => status?.nodeInfo?.containerRuntimeVersion ?? '<unknown>'),
  ],
  validate: validateTaints,
  validateUpdate(next, old, errors) {
    if (old.spec?.podCIDRs?.length && !equal(next.spec?.podCIDRs, old.spec.podCIDRs)) {
      errors.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')
    }
    if (old.spec?.providerID && next.spec?.providerID !== old.spec.providerID) {
      errors.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid')
    }
  },
})
