/**
 * The Go structs of a Pod template: field order and types, which the hash of a template depends on and JSON does not
 * show. `Name Type`, comma-separated; `Name:json Type` where the JSON name is not the Go name with a small first
 * letter; `+Type` for an embedded struct. A struct that is not listed can only be hashed while it is nil.
 */
const STRUCTS: Readonly<Record<string, string>> = {
  PodTemplateSpec: '+ObjectMeta:metadata, Spec PodSpec',
  ObjectMeta:
    'Name string, GenerateName string, Namespace string, SelfLink string, UID:uid types.UID, ResourceVersion string, Generation int64, CreationTimestamp Time, DeletionTimestamp *Time, DeletionGracePeriodSeconds *int64, Labels map[string]string, Annotations map[string]string, OwnerReferences []OwnerReference, Finalizers []string, ManagedFields []ManagedFieldsEntry',
  PodSpec:
    'Volumes []Volume, InitContainers []Container, Containers []Container, EphemeralContainers []EphemeralContainer, RestartPolicy RestartPolicy, TerminationGracePeriodSeconds *int64, ActiveDeadlineSeconds *int64, DNSPolicy:dnsPolicy DNSPolicy, NodeSelector map[string]string, ServiceAccountName string, DeprecatedServiceAccount:serviceAccount string, AutomountServiceAccountToken *bool, NodeName string, HostNetwork bool, HostPID bool, HostIPC bool, ShareProcessNamespace *bool, SecurityContext *PodSecurityContext, ImagePullSecrets []LocalObjectReference, Hostname string, Subdomain string, Affinity *Affinity, SchedulerName string, Tolerations []Toleration, HostAliases []HostAlias, PriorityClassName string, Priority *int32, DNSConfig:dnsConfig *PodDNSConfig, ReadinessGates []PodReadinessGate, RuntimeClassName *string, EnableServiceLinks *bool, PreemptionPolicy *PreemptionPolicy, Overhead ResourceList, TopologySpreadConstraints []TopologySpreadConstraint, SetHostnameAsFQDN *bool, OS:os *PodOS, HostUsers *bool, SchedulingGates []PodSchedulingGate, ResourceClaims []PodResourceClaim, Resources *ResourceRequirements, HostnameOverride *string, SchedulingGroup *PodSchedulingGroup',
  Container:
    'Name string, Image string, Command []string, Args []string, WorkingDir string, Ports []ContainerPort, EnvFrom []EnvFromSource, Env []EnvVar, Resources ResourceRequirements, ResizePolicy []ContainerResizePolicy, RestartPolicy *ContainerRestartPolicy, RestartPolicyRules []ContainerRestartRule, VolumeMounts []VolumeMount, VolumeDevices []VolumeDevice, LivenessProbe *Probe, ReadinessProbe *Probe, StartupProbe *Probe, Lifecycle *Lifecycle, TerminationMessagePath string, TerminationMessagePolicy TerminationMessagePolicy, ImagePullPolicy PullPolicy, SecurityContext *SecurityContext, Stdin bool, StdinOnce bool, TTY:tty bool',
  Volume: 'Name string, +VolumeSource',
  VolumeSource:
    'HostPath *HostPathVolumeSource, EmptyDir *EmptyDirVolumeSource, GCEPersistentDisk:gcePersistentDisk *GCEPersistentDiskVolumeSource, AWSElasticBlockStore:awsElasticBlockStore *AWSElasticBlockStoreVolumeSource, GitRepo *GitRepoVolumeSource, Secret *SecretVolumeSource, NFS:nfs *NFSVolumeSource, ISCSI:iscsi *ISCSIVolumeSource, Glusterfs *GlusterfsVolumeSource, PersistentVolumeClaim *PersistentVolumeClaimVolumeSource, RBD:rbd *RBDVolumeSource, FlexVolume *FlexVolumeSource, Cinder *CinderVolumeSource, CephFS:cephfs *CephFSVolumeSource, Flocker *FlockerVolumeSource, DownwardAPI *DownwardAPIVolumeSource, FC:fc *FCVolumeSource, AzureFile *AzureFileVolumeSource, ConfigMap *ConfigMapVolumeSource, VsphereVolume *VsphereVirtualDiskVolumeSource, Quobyte *QuobyteVolumeSource, AzureDisk *AzureDiskVolumeSource, PhotonPersistentDisk *PhotonPersistentDiskVolumeSource, Projected *ProjectedVolumeSource, PortworxVolume *PortworxVolumeSource, ScaleIO *ScaleIOVolumeSource, StorageOS:storageos *StorageOSVolumeSource, CSI:csi *CSIVolumeSource, Ephemeral *EphemeralVolumeSource, Image *ImageVolumeSource',
  HostPathVolumeSource: 'Path string, Type *HostPathType',
  EmptyDirVolumeSource: 'Medium StorageMedium, SizeLimit *resource.Quantity',
  SecretVolumeSource: 'SecretName string, Items []KeyToPath, DefaultMode *int32, Optional *bool',
  NFSVolumeSource: 'Server string, Path string, ReadOnly bool',
  PersistentVolumeClaimVolumeSource: 'ClaimName string, ReadOnly bool',
  DownwardAPIVolumeSource: 'Items []DownwardAPIVolumeFile, DefaultMode *int32',
  DownwardAPIVolumeFile:
    'Path string, FieldRef *ObjectFieldSelector, ResourceFieldRef *ResourceFieldSelector, Mode *int32',
  ConfigMapVolumeSource: '+LocalObjectReference, Items []KeyToPath, DefaultMode *int32, Optional *bool',
  ProjectedVolumeSource: 'Sources []VolumeProjection, DefaultMode *int32',
  VolumeProjection:
    'Secret *SecretProjection, DownwardAPI *DownwardAPIProjection, ConfigMap *ConfigMapProjection, ServiceAccountToken *ServiceAccountTokenProjection, ClusterTrustBundle *ClusterTrustBundleProjection, PodCertificate *PodCertificateProjection',
  SecretProjection: '+LocalObjectReference, Items []KeyToPath, Optional *bool',
  ConfigMapProjection: '+LocalObjectReference, Items []KeyToPath, Optional *bool',
  DownwardAPIProjection: 'Items []DownwardAPIVolumeFile',
  ServiceAccountTokenProjection: 'Audience string, ExpirationSeconds *int64, Path string',
  ImageVolumeSource: 'Reference string, PullPolicy PullPolicy',
  KeyToPath: 'Key string, Path string, Mode *int32',
  LocalObjectReference: 'Name string',
  ContainerPort: 'Name string, HostPort int32, ContainerPort int32, Protocol Protocol, HostIP string',
  EnvFromSource: 'Prefix string, ConfigMapRef *ConfigMapEnvSource, SecretRef *SecretEnvSource',
  ConfigMapEnvSource: '+LocalObjectReference, Optional *bool',
  SecretEnvSource: '+LocalObjectReference, Optional *bool',
  EnvVar: 'Name string, Value string, ValueFrom *EnvVarSource',
  EnvVarSource:
    'FieldRef *ObjectFieldSelector, ResourceFieldRef *ResourceFieldSelector, ConfigMapKeyRef *ConfigMapKeySelector, SecretKeyRef *SecretKeySelector, FileKeyRef *FileKeySelector',
  ObjectFieldSelector: 'APIVersion:apiVersion string, FieldPath string',
  ResourceFieldSelector: 'ContainerName string, Resource string, Divisor resource.Quantity',
  ConfigMapKeySelector: '+LocalObjectReference, Key string, Optional *bool',
  SecretKeySelector: '+LocalObjectReference, Key string, Optional *bool',
  FileKeySelector: 'VolumeName string, Path string, Key string, Optional *bool',
  ResourceRequirements: 'Limits ResourceList, Requests ResourceList, Claims []ResourceClaim',
  ResourceClaim: 'Name string, Request string',
  ContainerResizePolicy: 'ResourceName ResourceName, RestartPolicy ResourceResizeRestartPolicy',
  VolumeMount:
    'Name string, ReadOnly bool, RecursiveReadOnly *RecursiveReadOnlyMode, MountPath string, SubPath string, MountPropagation *MountPropagationMode, SubPathExpr string',
  VolumeDevice: 'Name string, DevicePath string',
  Probe:
    '+ProbeHandler, InitialDelaySeconds int32, TimeoutSeconds int32, PeriodSeconds int32, SuccessThreshold int32, FailureThreshold int32, TerminationGracePeriodSeconds *int64',
  ProbeHandler: 'Exec *ExecAction, HTTPGet *HTTPGetAction, TCPSocket *TCPSocketAction, GRPC:grpc *GRPCAction',
  ExecAction: 'Command []string',
  HTTPGetAction:
    'Path string, Port intstr.IntOrString, Host string, Scheme URIScheme, HTTPHeaders []HTTPHeader',
  HTTPHeader: 'Name string, Value string',
  TCPSocketAction: 'Port intstr.IntOrString, Host string',
  GRPCAction: 'Port int32, Service *string',
  SleepAction: 'Seconds int64',
  Lifecycle: 'PostStart *LifecycleHandler, PreStop *LifecycleHandler, StopSignal *Signal',
  LifecycleHandler:
    'Exec *ExecAction, HTTPGet *HTTPGetAction, TCPSocket *TCPSocketAction, Sleep *SleepAction',
  SecurityContext:
    'Capabilities *Capabilities, Privileged *bool, SELinuxOptions:seLinuxOptions *SELinuxOptions, WindowsOptions *WindowsSecurityContextOptions, RunAsUser *int64, RunAsGroup *int64, RunAsNonRoot *bool, ReadOnlyRootFilesystem *bool, AllowPrivilegeEscalation *bool, ProcMount *ProcMountType, SeccompProfile *SeccompProfile, AppArmorProfile *AppArmorProfile',
  Capabilities: 'Add []Capability, Drop []Capability',
  SeccompProfile: 'Type SeccompProfileType, LocalhostProfile *string',
  AppArmorProfile: 'Type AppArmorProfileType, LocalhostProfile *string',
  SELinuxOptions: 'User string, Role string, Type string, Level string',
  PodSecurityContext:
    'SELinuxOptions:seLinuxOptions *SELinuxOptions, WindowsOptions *WindowsSecurityContextOptions, RunAsUser *int64, RunAsGroup *int64, RunAsNonRoot *bool, SupplementalGroups []int64, SupplementalGroupsPolicy *SupplementalGroupsPolicy, FSGroup:fsGroup *int64, Sysctls []Sysctl, FSGroupChangePolicy:fsGroupChangePolicy *PodFSGroupChangePolicy, SeccompProfile *SeccompProfile, AppArmorProfile *AppArmorProfile, SELinuxChangePolicy:seLinuxChangePolicy *PodSELinuxChangePolicy',
  Sysctl: 'Name string, Value string',
  Affinity: 'NodeAffinity *NodeAffinity, PodAffinity *PodAffinity, PodAntiAffinity *PodAntiAffinity',
  NodeAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution *NodeSelector, PreferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm',
  NodeSelector: 'NodeSelectorTerms []NodeSelectorTerm',
  NodeSelectorTerm: 'MatchExpressions []NodeSelectorRequirement, MatchFields []NodeSelectorRequirement',
  NodeSelectorRequirement: 'Key string, Operator NodeSelectorOperator, Values []string',
  PreferredSchedulingTerm: 'Weight int32, Preference NodeSelectorTerm',
  PodAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm, PreferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm',
  PodAntiAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm, PreferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm',
  PodAffinityTerm:
    'LabelSelector *LabelSelector, Namespaces []string, TopologyKey string, NamespaceSelector *LabelSelector, MatchLabelKeys []string, MismatchLabelKeys []string',
  WeightedPodAffinityTerm: 'Weight int32, PodAffinityTerm PodAffinityTerm',
  LabelSelector: 'MatchLabels map[string]string, MatchExpressions []LabelSelectorRequirement',
  LabelSelectorRequirement: 'Key string, Operator LabelSelectorOperator, Values []string',
  Toleration:
    'Key string, Operator TolerationOperator, Value string, Effect TaintEffect, TolerationSeconds *int64',
  HostAlias: 'IP:ip string, Hostnames []string',
  PodDNSConfig: 'Nameservers []string, Searches []string, Options []PodDNSConfigOption',
  PodDNSConfigOption: 'Name string, Value *string',
  PodReadinessGate: 'ConditionType PodConditionType',
  PodSchedulingGate: 'Name string',
  PodOS: 'Name OSName',
  TopologySpreadConstraint:
    'MaxSkew int32, TopologyKey string, WhenUnsatisfiable UnsatisfiableConstraintAction, LabelSelector *LabelSelector, MinDomains *int32, NodeAffinityPolicy *NodeInclusionPolicy, NodeTaintsPolicy *NodeInclusionPolicy, MatchLabelKeys []string',
}

export interface GoField {
  readonly name: string
  readonly json: string
  /** Without the pointer, slice or embedding mark: `Container`, `int64`, `map[string]string`. */
  readonly type: string
  readonly shape: 'value' | 'pointer' | 'slice' | 'embedded'
}

const lowerFirst = (name: string) => name[0]!.toLowerCase() + name.slice(1)

function parseField(text: string): GoField {
  if (text.startsWith('+')) {
    const [type, json] = text.slice(1).split(':')
    return { name: type!, json: json ?? '', type: type!, shape: json ? 'value' : 'embedded' }
  }
  const [names, written] = text.split(' ') as [string, string]
  const [name, json] = names.split(':') as [string, string | undefined]
  const shape = written.startsWith('*') ? 'pointer' : written.startsWith('[]') ? 'slice' : 'value'
  return { name, json: json ?? jsonName(name), type: written.replace(/^(\*|\[\])/, ''), shape }
}

/** `HTTPGet` is `httpGet`, `HostIP` `hostIP`, `TCPSocket` `tcpSocket`. */
function jsonName(name: string): string {
  const acronym = /^(HTTP|TCP|DNS)(?=[A-Z])/.exec(name)
  return acronym ? acronym[0].toLowerCase() + name.slice(acronym[0].length) : lowerFirst(name)
}

/** Struct name to its fields in Go's order. */
export const goStructs: ReadonlyMap<string, readonly GoField[]> = new Map(
  Object.entries(STRUCTS).map(([name, text]) => [name, text.split(', ').map(parseField)]),
)
