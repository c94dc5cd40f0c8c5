import type { Container as ContainerSpec, EphemeralContainer, Pod } from '../../../api/generated/types.ts'
import type { Container } from '../container-runtime/index.ts'

export type ContainerKind = 'init' | 'container' | 'ephemeral'

/** What the kubelet knows about one container of a Pod. */
export interface ContainerRecord {
  readonly spec: ContainerSpec
  readonly kind: ContainerKind
  /** The latest run, in whatever state. */
  current: Container | undefined
  /** The run before it: its end is `lastState`, its log `--previous`. */
  previous: Container | undefined
  restartCount: number
  /** Why it could not be started at the last attempt; empty once it was. */
  waiting: { readonly reason: string; readonly message: string } | undefined
  /** What the startup and readiness probes say of the current run; true where there is none. */
  started: boolean
  ready: boolean
  /** A liveness or startup probe has failed: it is to be killed and started again. */
  unhealthy: string | undefined
}

export function newRecord(spec: ContainerSpec | EphemeralContainer, kind: ContainerKind): ContainerRecord {
  return {
    spec,
    kind,
    current: undefined,
    previous: undefined,
    restartCount: 0,
    waiting: undefined,
    started: false,
    ready: false,
    unhealthy: undefined,
  }
}

/** An init container that goes on beside the others (`restartPolicy: Always`): a sidecar. */
export const isSidecar = ({ spec, kind }: ContainerRecord): boolean =>
  kind === 'init' && spec.restartPolicy === 'Always'

export const isRunning = ({ current }: ContainerRecord): boolean => current?.state === 'running'
export const hasExited = ({ current }: ContainerRecord): boolean => current?.state === 'exited'

/** Whether this one's end lets the next init container begin. */
export const isInitialized = (record: ContainerRecord): boolean =>
  isSidecar(record) ? isRunning(record) && record.started : record.current?.exit?.code === 0

/** After the Pod's restart policy, and the container's own where it has one. */
export function shouldRestart(record: ContainerRecord, pod: Pod): boolean {
  if (record.kind === 'ephemeral') return false
  const policy = isSidecar(record) ? 'Always' : (pod.spec?.restartPolicy ?? 'Always')
  const code = record.current?.exit?.code
  if (code === undefined) return true
  if (record.kind === 'init' && !isSidecar(record)) return code !== 0 && policy !== 'Never'
  return policy === 'Always' || (policy === 'OnFailure' && code !== 0)
}

/** `spec.containers{web}`: what an event about it points to. */
export function fieldPathOf({ kind, spec }: ContainerRecord): string {
  const list = { init: 'initContainers', container: 'containers', ephemeral: 'ephemeralContainers' }[kind]
  return `spec.${list}{${spec.name}}`
}
