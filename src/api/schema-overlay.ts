import { goStructs } from './go-types.ts'

/**
 * What OpenAPI does not say and Go's types do: which optional scalars are pointers, and so keep an explicit zero
 * (`replicas: 0`), where others lose it (`nodePort: 0` is as if left out).
 */
const POINTERS: Readonly<Record<string, string>> = {
  ObjectMeta: 'deletionGracePeriodSeconds',
  OwnerReference: 'controller blockOwnerDeletion',
  DeploymentSpec: 'replicas revisionHistoryLimit progressDeadlineSeconds',
  DeploymentStatus: 'collisionCount terminatingReplicas',
  ReplicaSetSpec: 'replicas',
  ReplicaSetStatus: 'terminatingReplicas',
  ReplicationControllerSpec: 'replicas',
  StatefulSetSpec: 'replicas revisionHistoryLimit',
  StatefulSetStatus: 'collisionCount availableReplicas',
  RollingUpdateDeployment: 'maxSurge maxUnavailable',
  RollingUpdateDaemonSet: 'maxSurge maxUnavailable',
  RollingUpdateStatefulSetStrategy: 'partition maxUnavailable',
  DaemonSetSpec: 'revisionHistoryLimit',
  DaemonSetStatus: 'collisionCount',
  JobSpec:
    'parallelism completions activeDeadlineSeconds backoffLimit backoffLimitPerIndex maxFailedIndexes manualSelector ttlSecondsAfterFinished completionMode suspend podReplacementPolicy managedBy',
  JobStatus: 'ready terminating failedIndexes',
  CronJobSpec: 'startingDeadlineSeconds suspend successfulJobsHistoryLimit failedJobsHistoryLimit timeZone',
  ServiceSpec:
    'allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy ipFamilyPolicy trafficDistribution',
  ServicePort: 'appProtocol',
  ClientIPConfig: 'timeoutSeconds',
  Endpoint: 'hostname nodeName zone',
  EndpointConditions: 'ready serving terminating',
  EndpointSlicePort: 'name port protocol appProtocol',
  EndpointAddress: 'nodeName',
  EndpointPort: 'appProtocol',
  ConfigMap: 'immutable',
  Secret: 'immutable',
  ServiceAccount: 'automountServiceAccountToken',
  LeaseSpec: 'holderIdentity leaseDurationSeconds leaseTransitions strategy preferredHolder',
  IngressSpec: 'ingressClassName',
  HTTPIngressPath: 'pathType',
  NetworkPolicyPort: 'protocol endPort',
  PodDisruptionBudgetSpec: 'minAvailable maxUnavailable unhealthyPodEvictionPolicy',
  HorizontalPodAutoscalerSpec: 'minReplicas',
  HPAScalingRules: 'stabilizationWindowSeconds selectPolicy',
  MetricTarget: 'averageUtilization',
  MetricValueStatus: 'averageUtilization',
  PersistentVolumeClaimSpec: 'storageClassName volumeMode volumeAttributesClassName',
  PersistentVolumeSpec: 'volumeMode volumeAttributesClassName',
  StorageClass: 'reclaimPolicy allowVolumeExpansion volumeBindingMode',
  PriorityClass: 'preemptionPolicy',
  ContainerStatus: 'started',
  LoadBalancerIngress: 'ipMode',
  PortStatus: 'error',
  DeleteOptions:
    'gracePeriodSeconds orphanDependents propagationPolicy ignoreStoreReadErrorWithClusterBreakingPotential',
  Preconditions: 'uid resourceVersion',
  ServiceBackendPort: '',
  TokenRequestSpec: 'expirationSeconds',
  TokenReviewSpec: '',
}

/** Fields that Go always writes though OpenAPI calls them optional. */
const ALWAYS_WRITTEN: Readonly<Record<string, string>> = {
  Event: 'reportingComponent reportingInstance',
  NodeRuntimeHandler: 'name',
  PodDisruptionBudgetStatus: 'currentHealthy desiredHealthy disruptionsAllowed expectedPods',
  Status: 'status',
}

/** Fields without `omitempty`, or times that are no pointers: empty, they are null on the wire. */
const NULL_WHEN_EMPTY: Readonly<Record<string, readonly string[]>> = {
  EndpointSlice: ['endpoints', 'ports'],
  Event: ['eventTime', 'firstTimestamp', 'lastTimestamp'],
  PodCondition: ['lastProbeTime'],
  ContainerStateTerminated: ['startedAt', 'finishedAt'],
  HorizontalPodAutoscalerStatus: ['currentMetrics'],
}
const NONE: readonly string[] = []

/** The fields of a definition that are written as null where other empty ones are left out. */
export const nullWhenEmpty = (definition: string): readonly string[] => NULL_WHEN_EMPTY[definition] ?? NONE

const pointers = new Map(Object.entries(POINTERS).map(([name, fields]) => [name, new Set(fields.split(' '))]))
const written = new Map(
  Object.entries(ALWAYS_WRITTEN).map(([name, fields]) => [name, new Set(fields.split(' '))]),
)

/** Does an explicit zero (`""`, 0, false) of this optional scalar survive? */
export function keepsZero(definition: string, field: string): boolean {
  if (written.get(definition)?.has(field)) return true
  const known = pointers.get(definition)
  if (known) return known.has(field)
  const fields = goStructs.get(definition === 'EphemeralContainer' ? 'Container' : definition)
  const found = fields?.find(({ json }) => json === field)
  return found?.shape === 'pointer'
}

/** The package of a definition's Go type, for messages. */
export function goPackage(definition: string): string {
  return /^(HorizontalPodAutoscaler|HPA|Metric|.*Metric(Source|Status)$|CrossVersion)/.test(definition) &&
    !definition.endsWith('V1')
    ? 'v2'
    : 'v1'
}
