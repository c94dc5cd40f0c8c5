/**
 * Lists that a strategic merge patch merges instead of replacing: `Definition.field` to the key that tells items apart;
 * the empty string for lists of plain values. Lists not named here are replaced as a whole.
 */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  'ObjectMeta.finalizers': '',
  'ObjectMeta.ownerReferences': 'uid',
  'PodSpec.containers': 'name',
  'PodSpec.initContainers': 'name',
  'PodSpec.ephemeralContainers': 'name',
  'PodSpec.volumes': 'name',
  'PodSpec.imagePullSecrets': 'name',
  'PodSpec.hostAliases': 'ip',
  'PodSpec.topologySpreadConstraints': 'topologyKey',
  'PodSpec.schedulingGates': 'name',
  'PodSpec.resourceClaims': 'name',
  'PodStatus.conditions': 'type',
  'PodStatus.podIPs': 'ip',
  'PodStatus.hostIPs': 'ip',
  'PodStatus.resourceClaimStatuses': 'name',
  'Container.env': 'name',
  'Container.ports': 'containerPort',
  'Container.volumeMounts': 'mountPath',
  'Container.volumeDevices': 'devicePath',
  'EphemeralContainer.env': 'name',
  'EphemeralContainer.ports': 'containerPort',
  'EphemeralContainer.volumeMounts': 'mountPath',
  'EphemeralContainer.volumeDevices': 'devicePath',
  'ServiceSpec.ports': 'port',
  'ServiceStatus.conditions': 'type',
  'ServiceAccount.secrets': 'name',
  'NodeSpec.podCIDRs': '',
  'NodeStatus.addresses': 'type',
  'NodeStatus.conditions': 'type',
  'NamespaceStatus.conditions': 'type',
  'DeploymentStatus.conditions': 'type',
  'ReplicaSetStatus.conditions': 'type',
  'ReplicationControllerStatus.conditions': 'type',
  'StatefulSetStatus.conditions': 'type',
  'DaemonSetStatus.conditions': 'type',
  'JobStatus.conditions': 'type',
  'PersistentVolumeClaimStatus.conditions': 'type',
  'PodDisruptionBudgetStatus.conditions': 'type',
  'ServiceCIDRStatus.conditions': 'type',
  'ComponentStatus.conditions': 'type',
}

/** The merge key of a list field; undefined when the list is replaced. */
export function mergeKeyOf(definition: string, field: string): string | undefined {
  return MERGE_KEYS[`${definition}.${field}`]
}
