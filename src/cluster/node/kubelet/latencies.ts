/**
 * How long things take on a node, in ms of virtual time, after the recorded timelines of a real kubelet 1.36 with
 * containerd 2.1. `spread` is the part left to chance: a latency is drawn from [ms, ms + spread).
 */
export interface Latency {
  readonly ms: number
  readonly spread: number
}

export const LATENCIES = {
  /** A Pod of this node came over the watch: until its worker first syncs. */
  podAdmission: { ms: 30, spread: 25 },
  /** Volumes mounted, namespaces made, CNI called, pause started. */
  sandboxCreation: { ms: 480, spread: 180 },
  /** From `Pulled` to `Created`: snapshot, spec, shim. */
  containerCreation: { ms: 12, spread: 20 },
  /** From `Created` to `Started`: runc. */
  containerStart: { ms: 90, spread: 60 },
  /** From `Started` (or another change the kubelet made itself) to the sync that reports it. */
  resyncAfterChange: { ms: 8, spread: 10 },
  /** Status manager: from a changed status to its PATCH. */
  statusPatch: { ms: 4, spread: 6 },
  /** From `deletionTimestamp` seen to the stop signal. */
  podKill: { ms: 55, spread: 25 },
  /** From the death of the last container of a terminating Pod to the status that says so. */
  terminatedStatus: { ms: 180, spread: 80 },
  /** Sandbox, volumes and cgroup torn down: until the final DELETE. */
  podCleanup: { ms: 320, spread: 60 },
  /** A new process in a running container: exec, exec probes, hooks. */
  execStart: { ms: 45, spread: 25 },
} as const satisfies Record<string, Latency>

/** The pod lifecycle event generator looks at all containers this often; deaths are noticed then. */
export const RELIST_PERIOD_MS = 1000

/** A Pod that failed to sync is tried again after this, times a random factor of 1 to 1.5. */
export const SYNC_BACKOFF_MS = 10_000
/** Every Pod is synced again after this, times 1 to 1.5, when something about it is unfinished. */
export const RESYNC_PERIOD_MS = 60_000

/** Restarting containers and pulling images: first delay, doubled up to the longest, forgotten after twice that. */
export const BACKOFF_FIRST_MS = 10_000
export const BACKOFF_LONGEST_MS = 300_000

export const LEASE_RENEW_MS = 10_000
export const LEASE_DURATION_SECONDS = 40
/** Node status is posted this often even when nothing changed. */
export const NODE_STATUS_MS = 300_000
/** ConfigMap and Secret volumes follow their objects after at most a sync period; what a watch brings is faster. */
export const VOLUME_UPDATE: Latency = { ms: 20_000, spread: 40_000 }
