/** The FlowSchemas and priority levels of every cluster. */
import type { FlowSchema, FlowSchemaSpec, PolicyRulesWithSubjects } from '../../../api/generated/types.ts'

type Limited = readonly [shares: number, lendablePercent: number, queues?: number, handSize?: number]

const LIMITED: Readonly<Record<string, Limited>> = {
  'leader-election': [10, 0, 16, 4],
  'node-high': [40, 25, 64, 6],
  system: [30, 33, 64, 6],
  'workload-high': [40, 50, 128, 6],
  'workload-low': [100, 90, 128, 6],
  'global-default': [20, 50, 128, 6],
  'catch-all': [5, 0],
}
const QUEUE_LENGTH_LIMIT = 50

const limitResponse = (queues: number | undefined, handSize: number | undefined) =>
  queues === undefined
    ? { type: 'Reject' }
    : { type: 'Queue', queuing: { queues, handSize, queueLengthLimit: QUEUE_LENGTH_LIMIT } }

/** A later release may change their specs. */
const kept = (name: string) => ({ name, annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' } })

export const priorityLevels = [
  {
    metadata: kept('exempt'),
    spec: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
  },
  ...Object.entries(LIMITED).map(([name, [shares, lendablePercent, queues, handSize]]) => ({
    metadata: kept(name),
    spec: {
      type: 'Limited',
      limited: {
        nominalConcurrencyShares: shares,
        lendablePercent,
        limitResponse: limitResponse(queues, handSize),
      },
    },
  })),
]

type Subject = PolicyRulesWithSubjects['subjects'][number]

const user = (name: string): Subject => ({ kind: 'User', user: { name } })
const group = (name: string): Subject => ({ kind: 'Group', group: { name } })
const SYSTEM_ACCOUNTS: Subject = {
  kind: 'ServiceAccount',
  serviceAccount: { namespace: 'kube-system', name: '*' },
}
const EVERYBODY = [group('system:unauthenticated'), group('system:authenticated')]

const resources = (verbs: string, groups: string, names: string, clusterScope: boolean) => ({
  verbs: verbs.split(' '),
  apiGroups: [groups],
  resources: names.split(' '),
  ...(clusterScope ? { clusterScope } : {}),
  namespaces: ['*'],
})

const everything = (subjects: readonly Subject[]): PolicyRulesWithSubjects => ({
  subjects,
  resourceRules: [resources('*', '*', '*', true)],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
})

const schema = (
  name: string,
  level: string,
  matchingPrecedence: number,
  distinguisher: 'ByUser' | 'ByNamespace' | undefined,
  rules: FlowSchemaSpec['rules'],
): FlowSchema => ({
  metadata: kept(name),
  spec: {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence,
    ...(distinguisher ? { distinguisherMethod: { type: distinguisher } } : {}),
    rules: rules!,
  },
})

const found = ({ spec }: FlowSchema, lastTransitionTime: string) => ({
  type: 'Dangling',
  status: 'False',
  lastTransitionTime,
  reason: 'Found',
  message: `This FlowSchema references the PriorityLevelConfiguration object named "${spec!.priorityLevelConfiguration.name}" and it exists`,
})

/** @param since RFC 3339, when their priority levels were found. */
export const flowSchemas = (since: string): readonly FlowSchema[] =>
  schemas.map((flowSchema) => ({ ...flowSchema, status: { conditions: [found(flowSchema, since)] } }))

const schemas: readonly FlowSchema[] = [
  schema('exempt', 'exempt', 1, undefined, [everything([group('system:masters')])]),
  schema('probes', 'exempt', 2, undefined, [
    {
      subjects: EVERYBODY,
      nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
    },
  ]),
  schema('system-leader-election', 'leader-election', 100, 'ByUser', [
    {
      subjects: [user('system:kube-controller-manager'), user('system:kube-scheduler'), SYSTEM_ACCOUNTS],
      resourceRules: [resources('get create update', 'coordination.k8s.io', 'leases', false)],
    },
  ]),
  schema('system-node-high', 'node-high', 400, 'ByUser', [
    {
      subjects: [group('system:nodes')],
      resourceRules: [
        resources('*', '', 'nodes nodes/status', true),
        resources('*', 'coordination.k8s.io', 'leases', false),
      ],
    },
  ]),
  schema('system-nodes', 'system', 500, 'ByUser', [everything([group('system:nodes')])]),
  schema('kube-controller-manager', 'workload-high', 800, 'ByNamespace', [
    everything([user('system:kube-controller-manager')]),
  ]),
  schema('kube-scheduler', 'workload-high', 800, 'ByNamespace', [
    everything([user('system:kube-scheduler')]),
  ]),
  schema('kube-system-service-accounts', 'workload-high', 900, 'ByNamespace', [
    everything([SYSTEM_ACCOUNTS]),
  ]),
  schema('service-accounts', 'workload-low', 9000, 'ByUser', [everything([group('system:serviceaccounts')])]),
  schema('global-default', 'global-default', 9900, 'ByUser', [everything(EVERYBODY)]),
  schema('catch-all', 'catch-all', 10000, 'ByUser', [everything(EVERYBODY)]),
]
