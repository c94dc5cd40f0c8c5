import type { KubeObject } from '../../api.ts'
import { parseQuantity } from '../quantity.ts'
import { ageSince } from '../../../api/format.ts'
import { rfc1123 } from '../time.ts'
import { addAnnotations, addLabels, type Lines } from './lines.ts'
import type { Describer } from './types.ts'

const ROLE = 'node-role.kubernetes.io/'

export const describeNode: Describer = function* (lines, node, describing) {
  const { metadata, spec, status = {} } = node
  const roles = Object.keys(metadata.labels ?? {})
    .filter((key) => key.startsWith(ROLE))
    .map((key) => key.slice(ROLE.length))
    .sort()
  const lease = yield* describing.get(
    `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${metadata.name}`,
  )
  const pods = yield* describing.list('/api/v1/pods', {
    fieldSelector: `spec.nodeName=${metadata.name},status.phase!=Failed,status.phase!=Succeeded`,
    limit: '500',
  })
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Roles:\t${roles.join(',') || '<none>'}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  lines.add(0, `CreationTimestamp:\t${rfc1123(metadata.creationTimestamp ?? '')}`)
  addTaints(lines, spec.taints)
  lines.add(0, `Unschedulable:\t${spec.unschedulable === true}`)
  addLease(lines, lease)
  if (status.conditions?.length) {
    lines.add(0, 'Conditions:')
    lines.add(1, 'Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage')
    lines.add(1, '----\t------\t-----------------\t------------------\t------\t-------')
    for (const one of status.conditions)
      lines.add(
        1,
        `${one.type} \t${one.status} \t${rfc1123(one.lastHeartbeatTime ?? '')} \t${rfc1123(one.lastTransitionTime ?? '')} \t${one.reason ?? ''} \t${one.message ?? ''}`,
      )
  }
  lines.add(0, 'Addresses:')
  for (const address of status.addresses ?? []) lines.add(1, `${address.type}:\t${address.address}`)
  for (const [title, key] of [
    ['Capacity', 'capacity'],
    ['Allocatable', 'allocatable'],
  ] as const) {
    lines.add(0, `${title}:`)
    for (const name of Object.keys(status[key] ?? {}).sort()) lines.add(1, `${name}:\t${status[key][name]}`)
  }
  addSystemInfo(lines, status.nodeInfo ?? {})
  if (spec.podCIDR) lines.add(0, `PodCIDR:\t${spec.podCIDR}`)
  if (spec.podCIDRs?.length) lines.add(0, `PodCIDRs:\t${spec.podCIDRs.join(',')}`)
  if (spec.providerID) lines.add(0, `ProviderID:\t${spec.providerID}`)
  addPods(lines, pods, status.allocatable ?? status.capacity ?? {}, describing.nowMs)
}

function addTaints(lines: Lines, taints: readonly KubeObject[] | undefined): void {
  const texts = [...(taints ?? [])]
    .map((taint) => `${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}`)
    .sort()
  if (texts.length === 0) return lines.add(0, 'Taints:\t<none>')
  texts.forEach((text, i) => lines.add(0, `${i === 0 ? 'Taints:' : ''}\t${text}`))
}

function addLease(lines: Lines, lease: KubeObject | undefined): void {
  lines.add(0, 'Lease:')
  if (!lease) return lines.add(1, 'Failed to get lease: leases.coordination.k8s.io not found')
  lines.add(1, `HolderIdentity:\t${lease.spec?.holderIdentity ?? '<unset>'}`)
  lines.add(1, `AcquireTime:\t${lease.spec?.acquireTime ? rfc1123(lease.spec.acquireTime) : '<unset>'}`)
  lines.add(1, `RenewTime:\t${lease.spec?.renewTime ? rfc1123(lease.spec.renewTime) : '<unset>'}`)
}

const SYSTEM_INFO: readonly (readonly [string, string])[] = [
  ['Machine ID', 'machineID'],
  ['System UUID', 'systemUUID'],
  ['Boot ID', 'bootID'],
  ['Kernel Version', 'kernelVersion'],
  ['OS Image', 'osImage'],
  ['Operating System', 'operatingSystem'],
  ['Architecture', 'architecture'],
  ['Container Runtime Version', 'containerRuntimeVersion'],
  ['Kubelet Version', 'kubeletVersion'],
]

function addSystemInfo(lines: Lines, info: KubeObject): void {
  lines.add(0, 'System Info:')
  for (const [title, key] of SYSTEM_INFO) lines.add(1, `${title}:\t${info[key] ?? ''}`)
}

type Sums = Record<string, { text: string; value: number }>

function addPods(
  lines: Lines,
  pods: readonly KubeObject[],
  allocatable: Record<string, string>,
  nowMs: number,
): void {
  lines.add(0, `Non-terminated Pods:\t(${pods.length} in total)`)
  lines.add(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge')
  lines.add(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---')
  const requests: Sums = {}
  const limits: Sums = {}
  const cell = (sums: Sums, name: string): string => {
    const { text = '0', value = 0 } = sums[name] ?? {}
    return `${text} (${percent(value, allocatable[name])}%)`
  }
  for (const pod of pods) {
    const [asked, capped] = [podSum(pod, 'requests'), podSum(pod, 'limits')]
    addSums(requests, asked)
    addSums(limits, capped)
    lines.add(
      1,
      [
        pod.metadata.namespace,
        pod.metadata.name,
        '',
        cell(asked, 'cpu'),
        cell(capped, 'cpu'),
        cell(asked, 'memory'),
        cell(capped, 'memory'),
        ageSince(pod.metadata.creationTimestamp, nowMs),
      ].join('\t'),
    )
  }
  lines.add(0, 'Allocated resources:')
  lines.add(1, '(Total limits may be over 100 percent, i.e., overcommitted.)')
  const names = [
    'cpu',
    'memory',
    'ephemeral-storage',
    ...Object.keys(allocatable)
      .filter((name) => name.startsWith('hugepages-'))
      .sort(),
  ]
  lines.table(
    1,
    ['Resource', 'Requests', 'Limits'],
    names.map((name) => [name, cell(requests, name), cell(limits, name)]),
  )
}

function percent(value: number, whole: string | undefined): number {
  const total = parseQuantity(whole ?? '0') ?? 0
  return total === 0 ? 0 : Math.trunc((value / total) * 100)
}

/** What a Pod asks for: its containers together, or its largest init container. */
function podSum(pod: KubeObject, key: 'requests' | 'limits'): Sums {
  const sums: Sums = {}
  const sidecars = ((pod.spec.initContainers ?? []) as KubeObject[]).filter(
    (one) => one.restartPolicy === 'Always',
  )
  for (const container of [...pod.spec.containers, ...sidecars])
    addSums(sums, quantities(container.resources?.[key]))
  for (const container of (pod.spec.initContainers ?? []) as KubeObject[]) {
    for (const [name, one] of Object.entries(quantities(container.resources?.[key]))) {
      if (one.value > (sums[name]?.value ?? 0)) sums[name] = one
    }
  }
  return sums
}

function quantities(values: Record<string, string> | undefined): Sums {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([name, text]) => [name, { text, value: parseQuantity(text) ?? 0 }]),
  )
}

function addSums(into: Sums, more: Sums): void {
  for (const [name, { text, value }] of Object.entries(more)) {
    const before = into[name]
    into[name] =
      before && before.value > 0
        ? { value: before.value + value, text: sumText(before.value + value, before.text) }
        : { text, value }
  }
}

/** A sum in the unit of its first part: `150Mi`, `200m`. */
function sumText(value: number, like: string): string {
  const suffix = /[A-Za-z]+$/.exec(like)?.[0] ?? ''
  if (/i$/.test(suffix)) {
    for (const unit of ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki']) {
      const size = parseQuantity(`1${unit}`)!
      if (value >= size && value % size === 0) return `${value / size}${unit}`
    }
    return String(value)
  }
  if (!Number.isInteger(value)) return `${Math.round(value * 1000)}m`
  return String(value)
}
