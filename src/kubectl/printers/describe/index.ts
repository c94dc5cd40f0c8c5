import {
  describeConfigMap,
  describeLimitRange,
  describeNamespace,
  describePodDisruptionBudget,
  describeQuota,
  describeSecret,
  describeServiceAccount,
} from './configuration.ts'
import {
  describeEndpoints,
  describeEndpointSlice,
  describeIngress,
  describeNetworkPolicy,
  describeService,
} from './network.ts'
import { describeNode } from './node.ts'
import {
  describeAutoscaler,
  describeGeneric,
  describeIngressClass,
  describeIpAddress,
  describePersistentVolumeClaim,
  describePriorityClass,
  describeRole,
  describeRoleBinding,
  describeServiceCidr,
} from './others.ts'
import { describePod } from './pod.ts'
import type { Describer } from './types.ts'
import {
  describeCronJob,
  describeDaemonSet,
  describeDeployment,
  describeJob,
  describeReplicaSet,
  describeStatefulSet,
} from './workloads.ts'

/** How each kind is described; kinds not named here by their fields. */
const DESCRIBERS: Readonly<Record<string, Describer>> = {
  Pod: describePod,
  Service: describeService,
  Endpoints: describeEndpoints,
  EndpointSlice: describeEndpointSlice,
  Ingress: describeIngress,
  IngressClass: describeIngressClass,
  NetworkPolicy: describeNetworkPolicy,
  Node: describeNode,
  Deployment: describeDeployment,
  ReplicaSet: describeReplicaSet,
  ReplicationController: describeReplicaSet,
  StatefulSet: describeStatefulSet,
  DaemonSet: describeDaemonSet,
  Job: describeJob,
  CronJob: describeCronJob,
  ConfigMap: describeConfigMap,
  Secret: describeSecret,
  ServiceAccount: describeServiceAccount,
  ResourceQuota: describeQuota,
  LimitRange: describeLimitRange,
  Namespace: describeNamespace,
  PodDisruptionBudget: describePodDisruptionBudget,
  PersistentVolumeClaim: describePersistentVolumeClaim,
  PriorityClass: describePriorityClass,
  ServiceCIDR: describeServiceCidr,
  IPAddress: describeIpAddress,
  Role: describeRole,
  ClusterRole: describeRole,
  RoleBinding: describeRoleBinding,
  ClusterRoleBinding: describeRoleBinding,
  HorizontalPodAutoscaler: describeAutoscaler,
}

/** Kinds whose description has no events. */
const EVENTLESS = new Set([
  'Secret',
  'ResourceQuota',
  'LimitRange',
  'Namespace',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'NetworkPolicy',
])

export function describerOf(kind: string): Describer {
  return DESCRIBERS[kind] ?? describeGeneric
}

export function describesEvents(kind: string): boolean {
  return !EVENTLESS.has(kind)
}
