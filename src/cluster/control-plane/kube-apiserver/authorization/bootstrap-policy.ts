import type { PolicyRule } from '../../../../api/generated/types.ts'

/**
 * The roles and bindings that people build on, as every cluster has them from the start. The roles of the components
 * (`system:controller:...`) are left out: our components are not asked.
 */

const READ = ['get', 'list', 'watch']
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update']
const ALL = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/** Resources are written apart by spaces; groups by commas. */
const rule = (verbs: readonly string[], groups: string, resources: string): PolicyRule => ({
  verbs,
  apiGroups: groups.split(','),
  resources: resources.split(' '),
})

const RBAC = 'rbac.authorization.k8s.io'
const EXTENSIONS =
  'daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale'
const EXTENSIONS_READ =
  'daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale'

const TO_ADMIN = [
  rule(['create'], 'authorization.k8s.io', 'localsubjectaccessreviews'),
  rule(ALL, RBAC, 'rolebindings roles'),
]
const TO_EDIT = [
  rule(READ, '', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy'),
  rule(['impersonate'], '', 'serviceaccounts'),
  rule(WRITE, '', 'pods pods/attach pods/exec pods/portforward pods/proxy'),
  rule(['create'], '', 'pods/eviction'),
  rule(
    WRITE,
    '',
    'configmaps persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
  ),
  rule(['create'], '', 'serviceaccounts/token'),
  rule(WRITE, ',events.k8s.io', 'events'),
  rule(
    WRITE,
    'apps',
    'daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale',
  ),
  rule(WRITE, 'autoscaling', 'horizontalpodautoscalers'),
  rule(WRITE, 'batch', 'cronjobs jobs'),
  rule(WRITE, 'extensions', EXTENSIONS),
  rule(WRITE, 'policy', 'poddisruptionbudgets'),
  rule(WRITE, 'networking.k8s.io', 'ingresses networkpolicies'),
  rule(ALL, 'coordination.k8s.io', 'leases'),
  rule(WRITE, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
]
const TO_VIEW = [
  rule(
    READ,
    '',
    'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
  ),
  rule(
    READ,
    '',
    'bindings limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
  ),
  rule(READ, '', 'namespaces'),
  rule(READ, ',events.k8s.io', 'events'),
  rule(READ, 'discovery.k8s.io', 'endpointslices'),
  rule(
    READ,
    'apps',
    'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
  ),
  rule(READ, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
  rule(READ, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
  rule(READ, 'extensions', EXTENSIONS_READ),
  rule(READ, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
  rule(READ, 'networking.k8s.io', 'ingresses ingresses/status networkpolicies'),
  rule(READ, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
]
const PUBLIC = ['/healthz', '/livez', '/readyz', '/version', '/version/']
const DISCOVERY = ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', ...PUBLIC]

const aggregateTo = (name: string) => `rbac.authorization.k8s.io/aggregate-to-${name}`

/** A role that is the sum of those with a label, and by a label of its own a part of a greater one. */
const sum = (name: string, rules: readonly PolicyRule[], greater?: string) => ({
  metadata: metadata(name, greater === undefined ? {} : { [aggregateTo(greater)]: 'true' }),
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [aggregateTo(name)]: 'true' } }] },
  rules,
})

const part = (greater: string, rules: readonly PolicyRule[]) => ({
  metadata: metadata(`system:aggregate-to-${greater}`, { [aggregateTo(greater)]: 'true' }),
  rules,
})

const metadata = (name: string, labels: Readonly<Record<string, string>> = {}) => ({
  name,
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
})

export const clusterRoles = [
  {
    metadata: metadata('cluster-admin'),
    rules: [rule(['*'], '*', '*'), { verbs: ['*'], nonResourceURLs: ['*'] }],
  },
  { metadata: metadata('system:discovery'), rules: [{ verbs: ['get'], nonResourceURLs: DISCOVERY.sort() }] },
  { metadata: metadata('system:public-info-viewer'), rules: [{ verbs: ['get'], nonResourceURLs: PUBLIC }] },
  {
    metadata: metadata('system:basic-user'),
    rules: [
      rule(['create'], 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
      rule(['create'], 'authentication.k8s.io', 'selfsubjectreviews'),
    ],
  },
  sum('admin', [...TO_EDIT, ...TO_VIEW, ...TO_ADMIN]),
  sum('edit', [...TO_EDIT, ...TO_VIEW], 'admin'),
  sum('view', TO_VIEW, 'edit'),
  part('admin', TO_ADMIN),
  part('edit', TO_EDIT),
  part('view', TO_VIEW),
]

const bind = (name: string, roleName: string, ...groups: readonly string[]) => ({
  metadata: metadata(name),
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: roleName },
  subjects: groups.map((group) => ({ apiGroup: RBAC, kind: 'Group', name: group })),
})

export const clusterRoleBindings = [
  bind('cluster-admin', 'cluster-admin', 'system:masters'),
  bind('system:discovery', 'system:discovery', 'system:authenticated'),
  bind('system:basic-user', 'system:basic-user', 'system:authenticated'),
  bind(
    'system:public-info-viewer',
    'system:public-info-viewer',
    'system:authenticated',
    'system:unauthenticated',
  ),
  {
    ...bind('kubeadm:cluster-admins', 'cluster-admin', 'kubeadm:cluster-admins'),
    metadata: { name: 'kubeadm:cluster-admins' },
  },
]
