const TRIGGER = 'chance: whether a Pod became ready in the very second in which it was made'
const GATHERED = 'chance: how many changes of Pods the controller gathers into one write'
const CGROUP = "the recorded nodes' cgroup v1 reports a limit of memory for Pods that have none"

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
