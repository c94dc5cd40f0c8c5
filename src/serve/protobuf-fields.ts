/**
 * The numbers of fields on the wire: `name=number`. What Go embeds has a number too but no name in JSON: `+Type=number`.
 * The types of fields are the schema's. Here is what clients send as protobuf: bodies of `kubectl create ...`,
 * `autoscale`, `auth can-i`, and the Pod templates in them.
 */
const NUMBERS: Readonly<Record<string, string>> = {
  ObjectMeta:
    'name=1 generateName=2 namespace=3 selfLink=4 uid=5 resourceVersion=6 generation=7 creationTimestamp=8 deletionTimestamp=9 deletionGracePeriodSeconds=10 labels=11 annotations=12 ownerReferences=13 finalizers=14',
  OwnerReference: 'kind=1 name=3 uid=4 apiVersion=5 controller=6 blockOwnerDeletion=7',
  LabelSelector: 'matchLabels=1 matchExpressions=2',
  LabelSelectorRequirement: 'key=1 operator=2 values=3',
  LocalObjectReference: 'name=1',
  ObjectReference: 'kind=1 namespace=2 name=3 uid=4 apiVersion=5 resourceVersion=6 fieldPath=7',

  Namespace: 'metadata=1 spec=2 status=3',
  NamespaceSpec: 'finalizers=1',
  NamespaceStatus: 'phase=1',
  ServiceAccount: 'metadata=1 secrets=2 imagePullSecrets=3 automountServiceAccountToken=4',
  ConfigMap: 'metadata=1 data=2 binaryData=3 immutable=4',
  Secret: 'metadata=1 data=2 type=3 stringData=4 immutable=5',
  ResourceQuota: 'metadata=1 spec=2 status=3',
  ResourceQuotaSpec: 'hard=1 scopes=2',
  ResourceQuotaStatus: 'hard=1 used=2',

  Service: 'metadata=1 spec=2 status=3',
  ServiceSpec:
    'ports=1 selector=2 clusterIP=3 type=4 externalIPs=5 sessionAffinity=7 loadBalancerIP=8 loadBalancerSourceRanges=9 externalName=10 externalTrafficPolicy=11 healthCheckNodePort=12 publishNotReadyAddresses=13 sessionAffinityConfig=14 ipFamilyPolicy=17 clusterIPs=18 ipFamilies=19 allocateLoadBalancerNodePorts=20 loadBalancerClass=21 internalTrafficPolicy=22 trafficDistribution=23',
  ServicePort: 'name=1 protocol=2 port=3 targetPort=4 nodePort=5 appProtocol=6',
  SessionAffinityConfig: 'clientIP=1',
  ClientIPConfig: 'timeoutSeconds=1',
  ServiceStatus: 'loadBalancer=1',
  LoadBalancerStatus: 'ingress=1',

  Pod: 'metadata=1 spec=2 status=3',
  PodStatus:
    'phase=1 message=3 reason=4 hostIP=5 podIP=6 qosClass=9 nominatedNodeName=11 resize=14 observedGeneration=17',
  PodTemplateSpec: 'metadata=1 spec=2',
  PodSpec:
    'volumes=1 containers=2 restartPolicy=3 terminationGracePeriodSeconds=4 activeDeadlineSeconds=5 dnsPolicy=6 nodeSelector=7 serviceAccountName=8 serviceAccount=9 nodeName=10 hostNetwork=11 hostPID=12 hostIPC=13 securityContext=14 imagePullSecrets=15 hostname=16 subdomain=17 schedulerName=19 initContainers=20 automountServiceAccountToken=21 tolerations=22 hostAliases=23 priorityClassName=24 priority=25 shareProcessNamespace=27 runtimeClassName=29 enableServiceLinks=30 preemptionPolicy=31 setHostnameAsFQDN=35',
  PodSecurityContext:
    'runAsUser=2 runAsNonRoot=3 supplementalGroups=4 fsGroup=5 runAsGroup=6 fsGroupChangePolicy=9 seccompProfile=10',
  Toleration: 'key=1 operator=2 value=3 effect=4 tolerationSeconds=5',
  HostAlias: 'ip=1 hostnames=2',
  Container:
    'name=1 image=2 command=3 args=4 workingDir=5 ports=6 env=7 resources=8 volumeMounts=9 livenessProbe=10 readinessProbe=11 terminationMessagePath=13 imagePullPolicy=14 securityContext=15 stdin=16 stdinOnce=17 tty=18 envFrom=19 terminationMessagePolicy=20 startupProbe=22 restartPolicy=24',
  ContainerPort: 'name=1 hostPort=2 containerPort=3 protocol=4 hostIP=5',
  SecurityContext:
    'capabilities=1 privileged=2 runAsUser=4 runAsNonRoot=5 readOnlyRootFilesystem=6 allowPrivilegeEscalation=7 runAsGroup=8 procMount=9 seccompProfile=11',
  Capabilities: 'add=1 drop=2',
  SeccompProfile: 'type=1 localhostProfile=2',
  ResourceRequirements: 'limits=1 requests=2',
  EnvVar: 'name=1 value=2 valueFrom=3',
  EnvVarSource: 'fieldRef=1 resourceFieldRef=2 configMapKeyRef=3 secretKeyRef=4',
  ObjectFieldSelector: 'apiVersion=1 fieldPath=2',
  ResourceFieldSelector: 'containerName=1 resource=2 divisor=3',
  ConfigMapKeySelector: '+LocalObjectReference=1 key=2 optional=3',
  SecretKeySelector: '+LocalObjectReference=1 key=2 optional=3',
  EnvFromSource: 'prefix=1 configMapRef=2 secretRef=3',
  ConfigMapEnvSource: '+LocalObjectReference=1 optional=2',
  SecretEnvSource: '+LocalObjectReference=1 optional=2',
  VolumeMount: 'name=1 readOnly=2 mountPath=3 subPath=4 mountPropagation=5 subPathExpr=6 recursiveReadOnly=7',
  Volume: 'name=1 +VolumeSource=2',
  VolumeSource:
    'hostPath=1 emptyDir=2 secret=6 persistentVolumeClaim=10 downwardAPI=16 configMap=19 projected=26',
  HostPathVolumeSource: 'path=1 type=2',
  EmptyDirVolumeSource: 'medium=1 sizeLimit=2',
  SecretVolumeSource: 'secretName=1 items=2 defaultMode=3 optional=4',
  DownwardAPIVolumeSource: 'items=1 defaultMode=2',
  DownwardAPIVolumeFile: 'path=1 fieldRef=2 resourceFieldRef=3 mode=4',
  ProjectedVolumeSource: 'sources=1 defaultMode=2',
  VolumeProjection: 'secret=1 downwardAPI=2 configMap=3 serviceAccountToken=4',
  SecretProjection: '+LocalObjectReference=1 items=2 optional=4',
  ConfigMapProjection: '+LocalObjectReference=1 items=2 optional=4',
  DownwardAPIProjection: 'items=1',
  ServiceAccountTokenProjection: 'audience=1 expirationSeconds=2 path=3',
  PersistentVolumeClaimVolumeSource: 'claimName=1 readOnly=2',
  ConfigMapVolumeSource: '+LocalObjectReference=1 items=2 defaultMode=3 optional=4',
  KeyToPath: 'key=1 path=2 mode=3',
  Probe:
    '+ProbeHandler=1 initialDelaySeconds=2 timeoutSeconds=3 periodSeconds=4 successThreshold=5 failureThreshold=6 terminationGracePeriodSeconds=7',
  ProbeHandler: 'exec=1 httpGet=2 tcpSocket=3',
  ExecAction: 'command=1',
  HTTPGetAction: 'path=1 port=2 host=3 scheme=4 httpHeaders=5',
  HTTPHeader: 'name=1 value=2',
  TCPSocketAction: 'port=1 host=2',

  Deployment: 'metadata=1 spec=2 status=3',
  DeploymentSpec:
    'replicas=1 selector=2 template=3 strategy=4 minReadySeconds=5 revisionHistoryLimit=6 paused=7 progressDeadlineSeconds=9',
  DeploymentStrategy: 'type=1 rollingUpdate=2',
  RollingUpdateDeployment: 'maxUnavailable=1 maxSurge=2',
  DeploymentStatus:
    'observedGeneration=1 replicas=2 updatedReplicas=3 availableReplicas=4 unavailableReplicas=5 readyReplicas=7',

  Job: 'metadata=1 spec=2 status=3',
  JobSpec:
    'parallelism=1 completions=2 activeDeadlineSeconds=3 selector=4 manualSelector=5 template=6 backoffLimit=7 ttlSecondsAfterFinished=8 completionMode=9 suspend=10 podReplacementPolicy=14 managedBy=15',
  JobStatus:
    'startTime=2 completionTime=3 active=4 succeeded=5 failed=6 completedIndexes=7 ready=9 failedIndexes=10 terminating=11',
  CronJob: 'metadata=1 spec=2 status=3',
  CronJobSpec:
    'schedule=1 startingDeadlineSeconds=2 concurrencyPolicy=3 suspend=4 jobTemplate=5 successfulJobsHistoryLimit=6 failedJobsHistoryLimit=7 timeZone=8',
  CronJobStatus: '',
  JobTemplateSpec: 'metadata=1 spec=2',

  Ingress: 'metadata=1 spec=2 status=3',
  IngressSpec: 'defaultBackend=1 tls=2 rules=3 ingressClassName=4',
  IngressTLS: 'hosts=1 secretName=2',
  IngressRule: 'host=1 +IngressRuleValue=2',
  IngressRuleValue: 'http=1',
  HTTPIngressRuleValue: 'paths=1',
  HTTPIngressPath: 'path=1 backend=2 pathType=3',
  IngressBackend: 'service=4',
  IngressServiceBackend: 'name=1 port=2',
  ServiceBackendPort: 'name=1 number=2',
  IngressStatus: 'loadBalancer=1',
  IngressLoadBalancerStatus: 'ingress=1',

  PodDisruptionBudget: 'metadata=1 spec=2 status=3',
  PodDisruptionBudgetSpec: 'minAvailable=1 selector=2 maxUnavailable=3 unhealthyPodEvictionPolicy=4',
  PodDisruptionBudgetStatus:
    'observedGeneration=1 disruptionsAllowed=3 currentHealthy=4 desiredHealthy=5 expectedPods=6',
  PriorityClass: 'metadata=1 value=2 globalDefault=3 description=4 preemptionPolicy=5',

  Role: 'metadata=1 rules=2',
  ClusterRole: 'metadata=1 rules=2 aggregationRule=3',
  AggregationRule: 'clusterRoleSelectors=1',
  PolicyRule: 'verbs=1 apiGroups=2 resources=3 resourceNames=4 nonResourceURLs=5',
  RoleBinding: 'metadata=1 subjects=2 roleRef=3',
  ClusterRoleBinding: 'metadata=1 subjects=2 roleRef=3',
  Subject: 'kind=1 apiGroup=2 name=3 namespace=4',
  RbacV1Subject: 'kind=1 apiGroup=2 name=3 namespace=4',
  RoleRef: 'apiGroup=1 kind=2 name=3',

  HorizontalPodAutoscaler: 'metadata=1 spec=2 status=3',
  HorizontalPodAutoscalerSpec: 'scaleTargetRef=1 minReplicas=2 maxReplicas=3 metrics=4',
  HorizontalPodAutoscalerStatus: 'observedGeneration=1 currentReplicas=3 desiredReplicas=4',
  CrossVersionObjectReference: 'kind=1 name=2 apiVersion=3',
  MetricSpec: 'type=1 resource=4',
  ResourceMetricSource: 'name=1 target=2',
  MetricTarget: 'type=1 value=2 averageValue=3 averageUtilization=4',

  TokenRequest: 'metadata=1 spec=2 status=3',
  TokenRequestSpec: 'audiences=1 boundObjectRef=3 expirationSeconds=4',
  TokenRequestStatus: 'token=1 expirationTimestamp=2',
  BoundObjectReference: 'kind=1 apiVersion=2 name=3 uid=4',
  SelfSubjectReview: 'metadata=1 status=2',
  SelfSubjectReviewStatus: 'userInfo=1',
  UserInfo: 'username=1 uid=2 groups=3',
  SelfSubjectAccessReview: 'metadata=1 spec=2 status=3',
  SelfSubjectAccessReviewSpec: 'resourceAttributes=1 nonResourceAttributes=2',
  SubjectAccessReviewStatus: 'allowed=1 reason=2 evaluationError=3 denied=4',
  ResourceAttributes: 'namespace=1 verb=2 group=3 version=4 resource=5 subresource=6 name=7',
  NonResourceAttributes: 'path=1 verb=2',
  SelfSubjectRulesReview: 'metadata=1 spec=2 status=3',
  SelfSubjectRulesReviewSpec: 'namespace=1',
  SubjectRulesReviewStatus: 'incomplete=3 evaluationError=4',

  Eviction: 'metadata=1 deleteOptions=2',
  DeleteOptions: 'gracePeriodSeconds=1 preconditions=2 orphanDependents=3 propagationPolicy=4 dryRun=5',
  Preconditions: 'uid=1 resourceVersion=2',
}

export interface NumberedField {
  /** A field of the struct, or, embedded, the type whose fields are the struct's own. */
  readonly name: string
  readonly embedded: boolean
}

const compiled = new Map<string, ReadonlyMap<number, NumberedField>>()

/** A type's fields by number; undefined for a type that is not listed. */
export function numberedFields(type: string): ReadonlyMap<number, NumberedField> | undefined {
  const source = NUMBERS[type]
  if (source === undefined) return undefined
  let fields = compiled.get(type)
  if (!fields) {
    const entries = source.split(' ').filter((entry) => entry !== '')
    fields = new Map(
      entries.map((entry) => {
        const [name, number] = entry.split('=') as [string, string]
        return [Number(number), { name: name.replace('+', ''), embedded: name.startsWith('+') }]
      }),
    )
    compiled.set(type, fields)
  }
  return fields
}
