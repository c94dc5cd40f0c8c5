/** Reasons of steps in more than one recording. */
export const VERSION =
  'the text has resource versions, which count all writes of a cluster: the recorded one had seen more, or others'
export const CGROUP = "the recorded nodes' cgroup v1 reports a limit of memory for Pods that have none"
