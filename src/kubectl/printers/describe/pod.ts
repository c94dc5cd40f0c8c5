import { qosClass } from '../../../api/pods.ts'
import type { KubeObject } from '../../api.ts'
import { humanDuration } from '../../../api/format.ts'
import { parseTimestamp } from '../../../encoding/time.ts'
import { rfc1123 } from '../time.ts'
import { addContainers } from './containers.ts'
import { addAnnotations, addLabels, type Lines } from './lines.ts'
import type { Describer } from './types.ts'
import { addVolumes } from './volumes.ts'

export const describePod: Describer = (lines, pod, { nowMs }) => {
  const { metadata, spec, status = {} } = pod
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  if (spec.priority !== undefined && spec.priority !== null) lines.add(0, `Priority:\t${spec.priority}`)
  if (spec.priorityClassName) lines.add(0, `Priority Class Name:\t${spec.priorityClassName}`)
  if (spec.runtimeClassName) lines.add(0, `Runtime Class Name:\t${spec.runtimeClassName}`)
  if (spec.serviceAccountName) lines.add(0, `Service Account:\t${spec.serviceAccountName}`)
  lines.add(0, `Node:\t${spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ''}` : '<none>'}`)
  if (status.startTime) lines.add(0, `Start Time:\t${rfc1123(status.startTime)}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  if (metadata.deletionTimestamp && status.phase !== 'Failed' && status.phase !== 'Succeeded') {
    lines.add(
      0,
      `Status:\tTerminating (lasts ${humanDuration(nowMs - parseTimestamp(metadata.deletionTimestamp))})`,
    )
    lines.add(0, `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s`)
  } else lines.add(0, `Status:\t${status.phase ?? ''}`)
  if (status.reason) lines.add(0, `Reason:\t${status.reason}`)
  if (status.message) lines.add(0, `Message:\t${status.message}`)
  if (spec.securityContext?.seccompProfile)
    lines.add(0, `SeccompProfile:\t${spec.securityContext.seccompProfile.type}`)
  lines.add(0, `IP:\t${status.podIP ?? ''}`)
  addAddresses(lines, status.podIPs)
  const owner = (metadata.ownerReferences as KubeObject[] | undefined)?.find((one) => one.controller)
  if (owner) lines.add(0, `Controlled By:\t${owner.kind}/${owner.name}`)
  if (status.nominatedNodeName) lines.add(0, `NominatedNodeName:\t${status.nominatedNodeName}`)
  addContainers(lines, 0, 'Init Containers', spec.initContainers, status.initContainerStatuses ?? [], pod)
  addContainers(lines, 0, 'Containers', spec.containers, status.containerStatuses ?? [], pod)
  addContainers(
    lines,
    0,
    'Ephemeral Containers',
    spec.ephemeralContainers,
    status.ephemeralContainerStatuses ?? [],
    pod,
  )
  addReadinessGates(lines, spec.readinessGates, status.conditions)
  addConditions(lines, status.conditions)
  addVolumes(lines, 0, spec.volumes)
  lines.add(0, `QoS Class:\t${status.qosClass ?? qosClass(spec)}`)
  addLabels(lines, 0, 'Node-Selectors', spec.nodeSelector)
  addTolerations(lines, 0, spec.tolerations)
  addTopologySpread(lines, spec.topologySpreadConstraints)
}

function addAddresses(lines: Lines, addresses: readonly KubeObject[] | undefined): void {
  if (!addresses?.length) return lines.add(0, 'IPs:\t<none>')
  lines.add(0, 'IPs:')
  for (const { ip } of addresses) lines.add(1, `IP:\t${ip}`)
}

function addReadinessGates(
  lines: Lines,
  gates: readonly KubeObject[] | undefined,
  conditions: readonly KubeObject[] | undefined,
): void {
  if (!gates?.length) return
  lines.add(0, 'Readiness Gates:')
  lines.add(1, 'Type\tStatus')
  for (const { conditionType } of gates) {
    lines.add(
      1,
      `${conditionType} \t${conditions?.find((one) => one.type === conditionType)?.status ?? '<none>'} `,
    )
  }
}

function addConditions(lines: Lines, conditions: readonly KubeObject[] | undefined): void {
  if (!conditions?.length) return
  lines.add(0, 'Conditions:')
  lines.add(1, 'Type\tStatus')
  for (const condition of conditions) lines.add(1, `${condition.type} \t${condition.status} `)
}

/** In order of their keys. */
export function addTolerations(
  lines: Lines,
  level: number,
  tolerations: readonly KubeObject[] | undefined,
): void {
  const sorted = [...(tolerations ?? [])].sort((a, b) =>
    (a.key ?? '') < (b.key ?? '') ? -1 : (a.key ?? '') > (b.key ?? '') ? 1 : 0,
  )
  if (sorted.length === 0) return lines.add(level, 'Tolerations:\t<none>')
  sorted.forEach((toleration, i) =>
    lines.add(level, `${i === 0 ? 'Tolerations:' : ''}\t${tolerationText(toleration)}`),
  )
}

function tolerationText({
  key = '',
  value = '',
  effect = '',
  operator = '',
  tolerationSeconds,
}: KubeObject): string {
  let text = key
  if (value !== '') text += `=${value}`
  if (effect !== '') text += `:${effect}`
  if (operator === 'Exists' && value === '') text += key !== '' || effect !== '' ? ' op=Exists' : 'op=Exists'
  if (tolerationSeconds !== undefined && tolerationSeconds !== null) text += ` for ${tolerationSeconds}s`
  return text
}

function addTopologySpread(lines: Lines, constraints: readonly KubeObject[] | undefined): void {
  const sorted = [...(constraints ?? [])].sort((a, b) => (a.topologyKey < b.topologyKey ? -1 : 1))
  sorted.forEach((one, i) => {
    const labels = Object.entries(one.labelSelector?.matchLabels ?? {})
      .map(([key, value]) => `${key}=${String(value)}`)
      .sort()
      .join(',')
    lines.add(
      0,
      `${i === 0 ? 'Topology Spread Constraints:' : ''}\t${one.topologyKey}:${one.whenUnsatisfiable} when max skew ${one.maxSkew} is exceeded${labels ? ` for selector ${labels}` : ''}`,
    )
  })
}

/** `Pod Template:` of a workload. */
export function addTemplate(lines: Lines, template: KubeObject, title = 'Pod Template', level = 0): void {
  lines.add(level, `${title}:`)
  addTemplateBody(lines, template, level + 1)
}

export function addTemplateBody(lines: Lines, template: KubeObject, level: number): void {
  addLabels(lines, level, 'Labels', template.metadata?.labels)
  if (Object.keys(template.metadata?.annotations ?? {}).length > 0)
    addAnnotations(lines, level, 'Annotations', template.metadata.annotations)
  if (template.spec.serviceAccountName)
    lines.add(level, `Service Account:\t${template.spec.serviceAccountName}`)
  if (template.spec.initContainers?.length)
    addContainers(lines, level, 'Init Containers', template.spec.initContainers, undefined)
  addContainers(lines, level, 'Containers', template.spec.containers, undefined)
  addVolumes(lines, level, template.spec.volumes, ' ')
  addSpreadAndPriority(lines, template.spec, level)
  addLabels(lines, level, 'Node-Selectors', template.spec.nodeSelector)
  addTolerations(lines, level, template.spec.tolerations)
}

function addSpreadAndPriority(lines: Lines, spec: KubeObject, level: number): void {
  if (spec.priorityClassName) lines.add(level, `Priority Class Name:\t${spec.priorityClassName}`)
}
