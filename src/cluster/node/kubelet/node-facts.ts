import type { NodeCondition, NodeStatus, NodeSystemInfo } from '../../../api/generated/types.ts'
import { formatTimestamp } from '../../../encoding/time.ts'
import type { StoredImage } from '../container-runtime/index.ts'

/** What every node of this cluster is made of. */
export const NODE_INFO: Omit<NodeSystemInfo, 'machineID' | 'systemUUID' | 'bootID'> = {
  kernelVersion: '6.18.44-fc-v595',
  osImage: 'Debian GNU/Linux 12 (bookworm)',
  containerRuntimeVersion: 'containerd://2.1.9+unknown',
  kubeletVersion: 'v1.36.3',
  kubeProxyVersion: '',
  operatingSystem: 'linux',
  architecture: 'amd64',
}

export const CAPACITY: Readonly<Record<string, string>> = {
  cpu: '2',
  'ephemeral-storage': '264212084Ki',
  'hugepages-1Gi': '0',
  'hugepages-2Mi': '0',
  memory: '24684096Ki',
  pods: '110',
}

/** Capacity without what the kubelet keeps for evictions (100 MiB of memory, a tenth of the disk left free). */
export const ALLOCATABLE: Readonly<Record<string, string>> = {
  ...CAPACITY,
  'ephemeral-storage': '267847642337',
  memory: '24581696Ki',
}

const RUNTIME_FEATURES = { recursiveReadOnlyMounts: true, userNamespaces: true }

/** The parts of a Node's status that never change while its kubelet runs. */
export const NODE_STATUS: NodeStatus = {
  daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
  runtimeHandlers: [
    { name: '', features: RUNTIME_FEATURES },
    { name: 'runc', features: RUNTIME_FEATURES },
  ],
  features: { supplementalGroupsPolicy: true },
  declaredFeatures: [
    'ExtendWebSocketsToKubelet',
    'InPlacePodLevelResourcesVerticalScaling',
    'InPlacePodVerticalScalingInitContainers',
    'RestartAllContainersOnContainerExits',
  ],
}

const HEALTHY = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
] as const

const NO_NETWORK = [
  'Ready',
  'False',
  'KubeletNotReady',
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
] as const

/** The conditions of a node that is well, but perhaps for its network. @param previous keeps the times of what has not turned */
export function nodeConditions(
  previous: readonly NodeCondition[],
  nowMs: number,
  networkReady: boolean,
): NodeCondition[] {
  const now = formatTimestamp(nowMs)
  const conditions = networkReady ? HEALTHY : [...HEALTHY.slice(0, -1), NO_NETWORK]
  return conditions.map(([type, status, reason, message]) => {
    const before = previous.find((condition) => condition.type === type)
    const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? now) : now
    return { type, status, lastHeartbeatTime: now, lastTransitionTime, reason, message }
  })
}

/** At most fifty, the largest first. */
export function imagesOf(stored: readonly StoredImage[]): NonNullable<NodeStatus['images']> {
  return [...stored]
    .sort((a, b) => b.image.sizeBytes - a.image.sizeBytes)
    .slice(0, 50)
    .map(({ image, names }) => ({
      names: [`${image.name}@${image.digest}`, ...names],
      sizeBytes: image.sizeBytes,
    }))
}
