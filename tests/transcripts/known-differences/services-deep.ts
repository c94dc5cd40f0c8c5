import { CGROUP } from './reasons.ts'

const TRIGGER = 'chance: whether a Pod became ready in the very second in which it was made'
const GATHERED = 'chance: how many changes of Pods the controller gathers into one write'

export const SERVICES_DEEP: Readonly<Record<number, string>> = {
  12: TRIGGER,
  17: GATHERED,
  20: GATHERED,
  72: CGROUP,
  95: CGROUP,
  98: GATHERED,
  101: GATHERED,
  121: TRIGGER,
  122: TRIGGER,
  123: TRIGGER,
}
