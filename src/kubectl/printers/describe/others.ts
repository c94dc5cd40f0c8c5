import type { KubeObject } from '../../api.ts'
import { goValue } from '../go-format.ts'
import { byRule } from '../rules.ts'
import { rfc1123 } from '../time.ts'
import { addAnnotations, addLabels, type Lines } from './lines.ts'
import type { Describer } from './types.ts'

function head(lines: Lines, object: KubeObject, namespaced: boolean): void {
  lines.add(0, `Name:\t${object.metadata.name}`)
  if (namespaced) lines.add(0, `Namespace:\t${object.metadata.namespace}`)
  addLabels(lines, 0, 'Labels', object.metadata.labels)
  addAnnotations(lines, 0, 'Annotations', object.metadata.annotations)
}

const ACCESS_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

function accessModes(modes: readonly string[] | undefined): string {
  return (modes ?? []).map((mode) => ACCESS_MODES[mode] ?? mode).join(',')
}

export const describePersistentVolumeClaim: Describer = function* (lines, claim, describing) {
  const { metadata, spec, status = {} } = claim
  const pods = yield* describing.list(`/api/v1/namespaces/${metadata.namespace}/pods`, {})
  const users = pods.filter((pod) =>
    ((pod.spec.volumes ?? []) as KubeObject[]).some(
      (volume) => volume.persistentVolumeClaim?.claimName === metadata.name,
    ),
  )
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  lines.add(0, `StorageClass:\t${spec.storageClassName ?? ''}`)
  lines.add(0, `Status:\t${metadata.deletionTimestamp ? 'Terminating' : (status.phase ?? '')}`)
  lines.add(0, `Volume:\t${spec.volumeName ?? ''}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  lines.add(0, `Finalizers:\t[${(metadata.finalizers ?? []).join(' ')}]`)
  const bound = spec.volumeName ? status : {}
  lines.add(0, `Capacity:\t${bound.capacity?.storage ?? ''}`)
  lines.add(0, `Access Modes:\t${accessModes(bound.accessModes)}`)
  if (spec.volumeMode) lines.add(0, `VolumeMode:\t${spec.volumeMode}`)
  if (users.length === 0) lines.add(0, 'Used By:\t<none>')
  users.forEach((pod, i) => lines.add(0, `${i === 0 ? 'Used By:' : ''}\t${pod.metadata.name}`))
}

export const describePriorityClass: Describer = (lines, priority) => {
  lines.add(0, `Name:\t${priority.metadata.name}`)
  lines.add(0, `Value:\t${priority.value ?? 0}`)
  lines.add(0, `GlobalDefault:\t${priority.globalDefault === true}`)
  lines.add(0, `PreemptionPolicy:\t${priority.preemptionPolicy ?? ''}`)
  lines.add(0, `Description:\t${priority.description ?? ''}`)
  lines.add(
    0,
    `Annotations:\t${
      Object.entries(priority.metadata.annotations ?? {})
        .map(([key, value]) => `${key}=${String(value)}`)
        .sort()
        .join(',') || '<none>'
    }`,
  )
}

export const describeServiceCidr: Describer = (lines, cidr) => {
  head(lines, cidr, false)
  lines.add(0, `CIDRs:\t${(cidr.spec.cidrs ?? []).join(', ')}`)
  if (!cidr.status?.conditions?.length) return
  lines.add(0, 'Status:')
  lines.add(0, 'Conditions:')
  lines.table(
    1,
    ['Type', 'Status', 'LastTransitionTime', 'Reason', 'Message'],
    cidr.status.conditions.map((one: KubeObject) => [
      one.type,
      one.status,
      rfc1123(one.lastTransitionTime),
      one.reason ?? '',
      one.message ?? '',
    ]),
  )
}

export const describeIpAddress: Describer = (lines, address) => {
  head(lines, address, false)
  const parent = address.spec.parentRef ?? {}
  lines.add(0, 'Parent Reference:')
  lines.add(1, `Group:\t${parent.group ?? ''}`)
  lines.add(1, `Resource:\t${parent.resource ?? ''}`)
  lines.add(1, `Namespace:\t${parent.namespace ?? ''}`)
  lines.add(1, `Name:\t${parent.name ?? ''}`)
}

export const describeIngressClass: Describer = (lines, one) => {
  head(lines, one, false)
  lines.add(0, `Controller:\t${one.spec.controller ?? ''}`)
  if (one.spec.parameters) {
    lines.add(0, 'Parameters:')
    lines.add(1, `APIGroup:\t${one.spec.parameters.apiGroup ?? ''}`)
    lines.add(1, `Kind:\t${one.spec.parameters.kind}`)
    lines.add(1, `Name:\t${one.spec.parameters.name}`)
  }
}

/** Role and ClusterRole: a line for each type, path or name a rule speaks of. */
export const describeRole: Describer = (lines, role) => {
  lines.add(0, `Name:\t${role.metadata.name}`)
  addLabels(lines, 0, 'Labels', role.metadata.labels)
  addAnnotations(lines, 0, 'Annotations', role.metadata.annotations)
  lines.add(0, 'PolicyRule:')
  const rows = ((role.rules ?? []) as KubeObject[]).flatMap(ruleRows)
  const merged = mergeRows(rows)
  lines.table(1, ['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'], merged)
}

function ruleRows(rule: KubeObject): string[][] {
  const list = (values: readonly string[] | undefined): string => `[${(values ?? []).join(' ')}]`
  const verbs = list(rule.verbs)
  if (rule.nonResourceURLs?.length) return [['', list(rule.nonResourceURLs), '[]', verbs]]
  const names = rule.resourceNames?.length ? (rule.resourceNames as string[]) : [undefined]
  return ((rule.apiGroups ?? ['']) as string[]).flatMap((group) =>
    ((rule.resources ?? []) as string[]).flatMap((resource) => {
      const [plural, sub] = resource.split('/')
      const full = group ? `${plural}.${group}${sub ? `/${sub}` : ''}` : resource
      return names.map((name) => [full, '[]', name ? `[${name}]` : '[]', verbs])
    }),
  )
}

/** Rules for the same thing are one line; more verbs come first, then by name. */
function mergeRows(rows: readonly string[][]): string[][] {
  const byTarget = new Map<string, string[]>()
  for (const row of rows) {
    const key = row.slice(0, 3).join('\t')
    const before = byTarget.get(key)
    if (!before) byTarget.set(key, row)
    else before[3] = `[${[...new Set([...words(before[3]!), ...words(row[3]!)])].join(' ')}]`
  }
  return [...byTarget.values()].sort(byRule)
}

function words(list: string): string[] {
  return list.slice(1, -1).split(' ').filter(Boolean)
}

export const describeRoleBinding: Describer = (lines, binding) => {
  lines.add(0, `Name:\t${binding.metadata.name}`)
  addLabels(lines, 0, 'Labels', binding.metadata.labels)
  addAnnotations(lines, 0, 'Annotations', binding.metadata.annotations)
  lines.add(0, 'Role:')
  lines.add(1, `Kind:\t${binding.roleRef.kind}`)
  lines.add(1, `Name:\t${binding.roleRef.name}`)
  lines.add(0, 'Subjects:')
  lines.table(
    1,
    ['Kind', 'Name', 'Namespace'],
    ((binding.subjects ?? []) as KubeObject[]).map((one) => [one.kind, one.name, one.namespace ?? '']),
  )
}

export const describeAutoscaler: Describer = (lines, scaler) => {
  const { metadata, spec, status = {} } = scaler
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  lines.add(0, `CreationTimestamp:\t${rfc1123(metadata.creationTimestamp ?? '')}`)
  lines.add(0, `Reference:\t${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`)
  lines.add(0, 'Metrics:\t( current / target )')
  ;((spec.metrics ?? []) as KubeObject[]).forEach((metric, i) => {
    if (metric.type !== 'Resource') return
    const { name, target } = metric.resource
    const current = (status.currentMetrics ?? [])[i]?.resource?.current
    if (target.averageUtilization !== undefined) {
      const now =
        current?.averageUtilization !== undefined
          ? `${current.averageUtilization}% (${current.averageValue})`
          : '<unknown>'
      lines.add(
        1,
        `resource ${name} on pods  (as a percentage of request):\t${now} / ${target.averageUtilization}%`,
      )
    } else
      lines.add(
        1,
        `resource ${name} on pods:\t${current?.averageValue ?? '<unknown>'} / ${target.averageValue}`,
      )
  })
  lines.add(0, `Min replicas:\t${spec.minReplicas ?? '<unset>'}`)
  lines.add(0, `Max replicas:\t${spec.maxReplicas}`)
  lines.add(
    0,
    `${spec.scaleTargetRef.kind} pods:\t${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired`,
  )
  if (!status.conditions?.length) return
  lines.add(0, 'Conditions:')
  lines.add(1, 'Type\tStatus\tReason\tMessage')
  lines.add(1, '----\t------\t------\t-------')
  for (const one of status.conditions)
    lines.add(1, `${one.type}\t${one.status}\t${one.reason ?? ''}\t${one.message ?? ''}`)
}

/** Any other kind: every field, titled by its name. */
export const describeGeneric: Describer = (lines, object) => {
  const { metadata } = object
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace ?? ''}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  addFields(lines, 0, object, HIDDEN, '')
}

const HIDDEN = new Set([
  '.metadata.name',
  '.metadata.namespace',
  '.metadata.labels',
  '.metadata.annotations',
  '.metadata.managedFields',
])

function addFields(
  lines: Lines,
  level: number,
  object: KubeObject,
  hidden: ReadonlySet<string>,
  path: string,
): void {
  const keys = Object.keys(object).filter((key) => !hidden.has(`${path}.${key}`))
  const titled = keys
    .map((key) => ({ key, title: titleOf(key) }))
    .sort((a, b) => (a.title < b.title ? -1 : 1))
  for (const { key, title } of titled) {
    const value: unknown = object[key]
    if (Array.isArray(value)) addList(lines, level, title, value, hidden, `${path}.${key}`)
    else if (typeof value === 'object' && value !== null) {
      lines.add(level, `${title}:`)
      addFields(lines, level + 1, value, hidden, `${path}.${key}`)
    } else lines.add(level, `${title}:\t${goValue(value)}`)
  }
}

function addList(
  lines: Lines,
  level: number,
  title: string,
  items: readonly unknown[],
  hidden: ReadonlySet<string>,
  path: string,
): void {
  lines.add(level, `${title}:`)
  for (const item of items) {
    if (typeof item === 'object' && item !== null && !Array.isArray(item))
      addFields(lines, level + 1, item, hidden, path)
    else lines.add(level + 1, goValue(item))
  }
}

/** `creationTimestamp` to `Creation Timestamp`, `apiVersion` to `API Version`. */
function titleOf(key: string): string {
  if (key !== '' && !/^[a-zA-Z0-9]+$/.test(key)) return key
  const parts = key.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|\d+/g) ?? [key]
  return parts
    .map((part) => (part === 'api' ? 'API' : part === 'uid' ? 'UID' : part[0]!.toUpperCase() + part.slice(1)))
    .join(' ')
}
