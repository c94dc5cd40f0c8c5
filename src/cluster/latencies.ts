/**
 * How long the control plane's conversations take, in ms of virtual time, as measured on a small real cluster (time
 * from a write to the watch event another component gets, from a request to its answer). What nodes, images and the
 * cloud take is in the latency tables beside them.
 */
export const latencies = {
  /** From a client's send to the API server's handler. */
  apiRequestMs: 2,
  /** From the handler's answer (etcd's fsync included) to the client. */
  apiResponseMs: 3,
  /** From a commit to a watcher. */
  watchEventMs: 3,
  /** A chunk of an exec, attach or port-forward, one way. */
  streamChunkMs: 1,
} as const
