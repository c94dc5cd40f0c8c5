import { OPEN } from './open.ts'
import { CGROUP, VERSION } from './reasons.ts'

const RETRY = 'chance: when the kubelet tries again, as a random part is added to its pauses'
const SECONDS =
  'chance: which Pods were made in the same second, among which the order is that of an unstable sort'
const HINTS =
  'the queueing hints of plugins are not simulated: the end of a Pod has every Pod tried again that waits for a node'
const READY = 'chance: whether the last Pod became ready before the watch was ended'
const GATHERED = 'chance: how many changes of Pods the controller gathers into one write'
const PLACED = 'chance: which of the nodes that score the same a Pod is placed on'

export const GET: Readonly<Record<number, string>> = {
  50: PLACED,
  57: RETRY,
  58: SECONDS,
  59: OPEN,
  60: PLACED,
  65: VERSION,
  165: VERSION,
  167: HINTS,
  170: 'the recorded scheduler ran on a host called vm; ours runs on the control-plane node',
  251: CGROUP,
  252: RETRY,
  262: READY,
  263: GATHERED,
  266: CGROUP,
}
