import { OPEN } from './open.ts'
import { CGROUP, VERSION } from './reasons.ts'

const PLACED = 'chance: which of the nodes that score the same a Pod is placed on'

export const GET: Readonly<Record<number, string>> = {
  50: PLACED,
  57: OPEN,
  58: OPEN,
  59: OPEN,
  60: PLACED,
  65: VERSION,
  165: VERSION,
  167: OPEN,
  170: 'the recorded scheduler ran on a host called vm; ours runs on the control-plane node',
  251: CGROUP,
  252: OPEN,
  262: OPEN,
  263: OPEN,
  266: CGROUP,
}
