import type { Kind } from './kind.ts'
import { namespace } from './kinds/namespace.ts'
import { node } from './kinds/node.ts'
import { pod } from './kinds/pod.ts'
import { service } from './kinds/service.ts'
import { endpoints } from './kinds/endpoints.ts'
import { endpointSlice } from './kinds/endpoint-slice.ts'
import { deployment } from './kinds/deployment.ts'
import { replicaSet } from './kinds/replica-set.ts'
import { daemonSet } from './kinds/daemon-set.ts'
import { configMap } from './kinds/config-map.ts'
import { secret } from './kinds/secret.ts'
import { serviceAccount } from './kinds/service-account.ts'
import { event } from './kinds/event.ts'
import { lease } from './kinds/lease.ts'
import { componentStatus } from './kinds/component-status.ts'
import { statefulSet } from './kinds/stateful-set.ts'
import { job } from './kinds/job.ts'
import { cronJob } from './kinds/cron-job.ts'
import { ingress } from './kinds/ingress.ts'
import { ingressClass } from './kinds/ingress-class.ts'
import { networkPolicy } from './kinds/network-policy.ts'
import { serviceCIDR } from './kinds/service-cidr.ts'
import { ipAddress } from './kinds/ip-address.ts'
import { resourceQuota } from './kinds/resource-quota.ts'
import { limitRange } from './kinds/limit-range.ts'
import { podDisruptionBudget } from './kinds/pod-disruption-budget.ts'
import { horizontalPodAutoscaler } from './kinds/horizontal-pod-autoscaler.ts'
import { horizontalPodAutoscalerV1 } from './kinds/horizontal-pod-autoscaler-v1.ts'
import { eventsV1Event } from './kinds/events-v1-event.ts'
import { persistentVolume } from './kinds/persistent-volume.ts'
import { persistentVolumeClaim } from './kinds/persistent-volume-claim.ts'
import { storageClass } from './kinds/storage-class.ts'
import { priorityClass } from './kinds/priority-class.ts'
import { role } from './kinds/role.ts'
import { roleBinding } from './kinds/role-binding.ts'
import { clusterRole } from './kinds/cluster-role.ts'
import { clusterRoleBinding } from './kinds/cluster-role-binding.ts'
import { replicationController } from './kinds/replication-controller.ts'
import { podTemplate } from './kinds/pod-template.ts'
import { controllerRevision } from './kinds/controller-revision.ts'
import { apiService } from './kinds/api-service.ts'
import { certificateSigningRequest } from './kinds/certificate-signing-request.ts'
import { csiDriver } from './kinds/csi-driver.ts'
import { csiNode } from './kinds/csi-node.ts'
import { csiStorageCapacity } from './kinds/csi-storage-capacity.ts'
import { volumeAttachment } from './kinds/volume-attachment.ts'
import { volumeAttributesClass } from './kinds/volume-attributes-class.ts'
import { runtimeClass } from './kinds/runtime-class.ts'
import { customResourceDefinition } from './kinds/custom-resource-definition.ts'
import { mutatingWebhookConfiguration } from './kinds/mutating-webhook-configuration.ts'
import { validatingWebhookConfiguration } from './kinds/validating-webhook-configuration.ts'
import { mutatingAdmissionPolicy } from './kinds/mutating-admission-policy.ts'
import { mutatingAdmissionPolicyBinding } from './kinds/mutating-admission-policy-binding.ts'
import { validatingAdmissionPolicy } from './kinds/validating-admission-policy.ts'
import { validatingAdmissionPolicyBinding } from './kinds/validating-admission-policy-binding.ts'
import { deviceClass } from './kinds/device-class.ts'
import { resourceClaim } from './kinds/resource-claim.ts'
import { resourceClaimTemplate } from './kinds/resource-claim-template.ts'
import { resourceSlice } from './kinds/resource-slice.ts'
import { flowSchema } from './kinds/flow-schema.ts'
import { priorityLevelConfiguration } from './kinds/priority-level-configuration.ts'

export {
  namespace,
  node,
  pod,
  service,
  endpoints,
  endpointSlice,
  deployment,
  replicaSet,
  daemonSet,
  configMap,
  secret,
  serviceAccount,
  event,
  lease,
  componentStatus,
  statefulSet,
  job,
  cronJob,
  ingress,
  ingressClass,
  networkPolicy,
  serviceCIDR,
  ipAddress,
  resourceQuota,
  limitRange,
  podDisruptionBudget,
  horizontalPodAutoscaler,
  persistentVolume,
  persistentVolumeClaim,
  storageClass,
  priorityClass,
  role,
  roleBinding,
  clusterRole,
  clusterRoleBinding,
  replicationController,
  podTemplate,
  controllerRevision,
}

/** Every kind that the API server serves. To add one: a file in `kinds/` and a line here. */
export const kinds: readonly Kind[] = [
  namespace,
  node,
  pod,
  service,
  endpoints,
  endpointSlice,
  deployment,
  replicaSet,
  daemonSet,
  configMap,
  secret,
  serviceAccount,
  event,
  eventsV1Event,
  lease,
  componentStatus,
  statefulSet,
  job,
  cronJob,
  ingress,
  ingressClass,
  networkPolicy,
  serviceCIDR,
  ipAddress,
  resourceQuota,
  limitRange,
  podDisruptionBudget,
  horizontalPodAutoscaler,
  horizontalPodAutoscalerV1,
  persistentVolume,
  persistentVolumeClaim,
  storageClass,
  priorityClass,
  role,
  roleBinding,
  clusterRole,
  clusterRoleBinding,
  replicationController,
  podTemplate,
  controllerRevision,
  apiService,
  certificateSigningRequest,
  csiDriver,
  csiNode,
  csiStorageCapacity,
  volumeAttachment,
  volumeAttributesClass,
  runtimeClass,
  customResourceDefinition,
  mutatingWebhookConfiguration,
  validatingWebhookConfiguration,
  mutatingAdmissionPolicy,
  mutatingAdmissionPolicyBinding,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
  deviceClass,
  resourceClaim,
  resourceClaimTemplate,
  resourceSlice,
  flowSchema,
  priorityLevelConfiguration,
]
