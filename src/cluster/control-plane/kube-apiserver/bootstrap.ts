import type { ApiRequest } from '../../../api/wire.ts'
import { apiServices } from './bootstrap-api-services.ts'
import { flowSchemas, priorityLevels } from './bootstrap-priorities.ts'
import { clusterRoleBindings, clusterRoles } from './authorization/bootstrap-policy.ts'

/** How the server names itself to itself. */
export interface BootstrapOptions {
  /** Address and port at which the API is served: the endpoint of the Service `kubernetes`. */
  readonly advertiseAddress: string
  readonly securePort: number
  readonly serviceCidr: string
  /** The first address of the range. */
  readonly serviceAddress: string
  /** RFC 3339, now. */
  readonly timestamp: string
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1'
const FLOW_CONTROL = '/apis/flowcontrol.apiserver.k8s.io/v1'
const PRIORITIES = {
  userAgent: 'api-priority-and-fairness-config-producer-v1',
  statusManager: 'api-priority-and-fairness-config-consumer-v1',
}
const NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'default']

/** A POST, and who applies the status that its body has, through its own door. */
export interface BootstrapRequest extends ApiRequest {
  readonly statusManager?: string
}

/** The requests with which a new API server fills an empty store, in order. */
export function bootstrapRequests(options: BootstrapOptions): readonly BootstrapRequest[] {
  const post = (path: string, body: object, more: Partial<BootstrapRequest> = {}): BootstrapRequest => ({
    method: 'POST',
    path,
    body,
    contentType: 'application/json',
    userAgent: 'kube-apiserver',
    ...more,
  })
  const { timestamp } = options
  return [
    ...apiServices.map((body) => post('/apis/apiregistration.k8s.io/v1/apiservices', body)),
    ...priorityLevels.map((body) => post(`${FLOW_CONTROL}/prioritylevelconfigurations`, body, PRIORITIES)),
    ...flowSchemas(timestamp).map((body) => post(`${FLOW_CONTROL}/flowschemas`, body, PRIORITIES)),
    ...NAMESPACES.map((name) => post('/api/v1/namespaces', { metadata: { name } })),
    ...priorityClasses.map((body) => post('/apis/scheduling.k8s.io/v1/priorityclasses', body)),
    ...clusterRoles.map((body) => post(`${RBAC}/clusterroles`, body)),
    ...clusterRoleBindings.map((body) => post(`${RBAC}/clusterrolebindings`, body)),
    post('/apis/networking.k8s.io/v1/servicecidrs', {
      metadata: { name: 'kubernetes' },
      spec: { cidrs: [options.serviceCidr] },
    }),
    post('/api/v1/namespaces/default/services', kubernetesService(options)),
    post('/api/v1/namespaces/default/endpoints', kubernetesEndpoints(options)),
    post('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', kubernetesEndpointSlice(options)),
  ]
}

const priorityClasses = [
  {
    metadata: { name: 'system-cluster-critical' },
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
  {
    metadata: { name: 'system-node-critical' },
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
]

const kubernetesService = ({ securePort, serviceAddress }: BootstrapOptions) => ({
  metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: {
    type: 'ClusterIP',
    clusterIP: serviceAddress,
    ipFamilyPolicy: 'SingleStack',
    ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: securePort }],
  },
})

const kubernetesEndpoints = ({ advertiseAddress, securePort }: BootstrapOptions) => ({
  metadata: { name: 'kubernetes', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
  subsets: [
    { addresses: [{ ip: advertiseAddress }], ports: [{ name: 'https', port: securePort, protocol: 'TCP' }] },
  ],
})

const kubernetesEndpointSlice = ({ advertiseAddress, securePort }: BootstrapOptions) => ({
  metadata: { name: 'kubernetes', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: [advertiseAddress], conditions: { ready: true } }],
  ports: [{ name: 'https', port: securePort, protocol: 'TCP' }],
})
