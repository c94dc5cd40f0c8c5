/** Facts of objects in the words of the map and the table: both show the same, so both ask here. */
import type { EndpointSlice, Node, Pod, Service } from '../../api/generated/types.ts'

/** How a Pod does, in one word, with a mark that does not need colour. */
export interface PodHealth {
  readonly state: 'ready' | 'running' | 'pending' | 'terminating' | 'failed' | 'done'
  readonly mark: string
  /** As kubectl would put it: `Running`, `ContainerCreating`, `CrashLoopBackOff`. */
  readonly text: string
}

const MARKS: Readonly<Record<PodHealth['state'], string>> = {
  ready: '✓',
  running: '◐',
  pending: '○',
  terminating: '⊘',
  failed: '✕',
  done: '■',
}

export function healthOf(pod: Pod): PodHealth {
  const state = stateOf(pod)
  return { state, mark: MARKS[state], text: textOf(pod, state) }
}

function stateOf({ metadata, status }: Pod): PodHealth['state'] {
  if (metadata?.deletionTimestamp) return 'terminating'
  if (status?.phase === 'Succeeded') return 'done'
  const isStuck = (status?.containerStatuses ?? []).some(
    ({ state }) => state?.terminated || /BackOff|Err/.test(state?.waiting?.reason ?? ''),
  )
  if (status?.phase === 'Failed' || isStuck) return 'failed'
  if (status?.phase !== 'Running') return 'pending'
  return isReady(status?.conditions) ? 'ready' : 'running'
}

function textOf({ status }: Pod, state: PodHealth['state']): string {
  if (state === 'terminating') return 'Terminating'
  for (const container of status?.containerStatuses ?? []) {
    const reason = container.state?.waiting?.reason ?? container.state?.terminated?.reason
    if (reason) return reason
  }
  return status?.phase ?? 'Pending'
}

export const isReady = (
  conditions: readonly { readonly type: string; readonly status: string }[] | undefined,
): boolean => (conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True')

export function restartsOf({ status }: Pod): number {
  return (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0)
}

/** `80→8080/TCP, 443:30443/TCP`: port, target, node port. */
export function portsOf({ spec }: Service): string {
  return (spec?.ports ?? [])
    .map(({ port, targetPort, nodePort, protocol }) => {
      const target = targetPort !== undefined && targetPort !== port ? `→${targetPort}` : ''
      return `${port}${nodePort ? `:${nodePort}` : ''}${target}/${protocol ?? 'TCP'}`
    })
    .join(', ')
}

export const externalOf = ({ spec, status }: Service): string => {
  const given = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '')
  const all = [...given, ...(spec?.externalIPs ?? [])]
  if (all.length > 0) return all.join(', ')
  return spec?.type === 'LoadBalancer' ? 'pending' : ''
}

/** The lines of a Service: one for each address of its slices, and how that endpoint does. */
export interface EndpointFact {
  readonly service: string
  readonly namespace: string
  readonly address: string
  /** The Pod's `namespace/name`, where the slice tells. */
  readonly pod?: string
  readonly state: 'ready' | 'terminating' | 'not ready'
}

export function endpointsOf(slices: readonly EndpointSlice[]): EndpointFact[] {
  return slices.flatMap(({ metadata, endpoints }) => {
    const service = metadata?.labels?.['kubernetes.io/service-name']
    const namespace = metadata?.namespace ?? ''
    if (!service) return []
    return (endpoints ?? []).flatMap(({ addresses, conditions, targetRef }) =>
      addresses.map((address): EndpointFact => ({
        service,
        namespace,
        address,
        ...(targetRef?.kind === 'Pod'
          ? { pod: `${targetRef.namespace ?? namespace}/${targetRef.name}` }
          : {}),
        state: conditions?.terminating ? 'terminating' : (conditions?.ready ?? true) ? 'ready' : 'not ready',
      })),
    )
  })
}

export const rolesOf = ({ metadata }: Node): string => {
  const prefix = 'node-role.kubernetes.io/'
  const roles = Object.keys(metadata?.labels ?? {})
    .filter((label) => label.startsWith(prefix))
    .map((label) => label.slice(prefix.length))
  return roles.join(', ') || 'worker'
}

/** As kubectl writes ages: `12s`, `3m4s`, `2h`. */
export function ageOf(timestamp: string | undefined, nowMs: number): string {
  if (!timestamp) return ''
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(timestamp)) / 1000))
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return seconds % 60 ? `${minutes}m${seconds % 60}s` : `${minutes}m`
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`
}
