import type { KubernetesObject } from '../api/resource.ts'

/** A lesson's logic as `lesson.yaml` states it (`lesson/v1alpha1`), shared by all languages of its prose. */
export interface Lesson {
  readonly difficulty?: 'beginner' | 'intermediate' | 'advanced'
  /** How long it takes, as written: `6m`. */
  readonly duration?: string
  readonly seed: number
  readonly cluster: ClusterSpec
  readonly targets: readonly ('simulator' | 'cluster')[]
  readonly layout?: { readonly top?: string; readonly bottom?: readonly string[] }
  readonly steps: readonly Step[]
}

/** What differs from the default cluster. */
export interface ClusterSpec {
  readonly nodes?: number
  readonly proxyMode?: 'iptables' | 'nftables' | 'ipvs'
}

export interface Step {
  readonly id: string
  /** Values frozen on entering the step; expressions see them as `vars.NAME`. */
  readonly capture: Readonly<Record<string, Query & { readonly cel: string }>>
  readonly tasks: readonly Task[]
  readonly deadEnds: readonly DeadEnd[]
}

export interface Task {
  readonly id: string
  /** `latch`: once true stays true. `hold`: true as long as its checks are. */
  readonly mode: 'latch' | 'hold'
  /** Tasks of the same step that must have passed before this one is looked at. */
  readonly needs: readonly string[]
  readonly checks: readonly Check[]
}

export interface DeadEnd {
  readonly absent: Query
  readonly message: string
  readonly offer: readonly ('rewind' | 'reset')[]
}

/** Which objects a check looks at: one by name, or those with the labels. */
export interface Query {
  readonly kind: string
  /** Default: `default`. Ignored for kinds without namespaces. */
  readonly namespace?: string
  readonly name?: string
  readonly labels?: Readonly<Record<string, string>>
}

/** One thing that must be true. `message` names the text shown while it is not. */
export type Check = { readonly message?: string } & (
  | (Query & { readonly type: 'cel'; readonly cel: string })
  | (Query & { readonly type: 'matches'; readonly matches: unknown })
  | { readonly type: 'absent'; readonly absent: Query }
  | { readonly type: 'probe'; readonly probe: Probe }
  | { readonly type: 'command'; readonly command: CommandSpec }
)

/** A request made on the learner's world, by the lesson, to see what it answers. */
export interface Probe {
  /** `laptop`, `node/NAME` or `pod/NAME` (of namespace `default`, or `pod/NAMESPACE/NAME`). */
  readonly from: string
  /** A URL; may hold `{{vars.NAME}}`. */
  readonly http?: string
  /** Expected status. Default 200. */
  readonly status?: number
  /** A name to resolve. */
  readonly dns?: string
}

/** A command that the learner must have run: only where the doing is the point. */
export interface CommandSpec {
  /** Where: `laptop`, or as in `Probe.from`. */
  readonly on: string
  /** Over `argv` (strings) and `vars`. */
  readonly cel: string
  readonly exitCode: number
}

/** A program that ran, as the world reports it. */
export interface CommandRun {
  readonly on: string
  readonly argv: readonly string[]
  readonly exitCode: number
}

/** What a lesson sees of a cluster, simulated or real. */
export interface LessonWorld {
  /** Objects of a kind in a namespace, by name. Empty until known. */
  list(kind: string, namespace: string): readonly KubernetesObject[]
  /** Called after any change of the kinds named. @returns a function that stops it. */
  watch(kinds: readonly string[], changed: () => void): () => void
  probe(probe: Probe, done: (result: ProbeResult) => void): void
  /** Called for each program that ended. @returns a function that stops it. */
  onCommand(listener: (run: CommandRun) => void): () => void
  schedule(delayMs: number, run: () => void): { cancel(): void }
}

export interface ProbeResult {
  readonly ok: boolean
  /** What was seen, for people: `connection refused`, `status 200`. */
  readonly present: string
}
