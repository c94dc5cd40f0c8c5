/** Objects of the cardboard cluster, and a request through its Service. */
const created = { creationTimestamp: '2026-11-22T08:00:00Z' }

const pod = (name: string, node: string, ip: string, namespace = 'default', phase = 'Running') => ({
  metadata: {
    name,
    namespace,
    uid: name,
    ...created,
    labels: namespace === 'default' ? { run: 'nginx' } : {},
  },
  spec: { nodeName: node, containers: [{ name: 'main', image: 'nginx' }] },
  status: {
    phase,
    podIP: ip,
    conditions: [{ type: 'Ready', status: phase === 'Running' ? 'True' : 'False' }],
    containerStatuses: [{ restartCount: 0 }],
  },
})
const node = (name: string, address: string, roles: Record<string, string> = {}) => ({
  metadata: { name, labels: roles },
  spec: { podCIDR: '10.244.1.0/24' },
  status: {
    addresses: [{ type: 'InternalIP', address }],
    conditions: [{ type: 'Ready', status: 'True' }],
    nodeInfo: { kubeletVersion: 'v1.36.3' },
  },
})
const service = (
  name: string,
  namespace: string,
  clusterIP: string,
  more: object = {},
  status: object = {},
) => ({
  metadata: { name, namespace, ...created },
  spec: {
    type: 'ClusterIP',
    clusterIP,
    ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
    selector: { run: name },
    ...more,
  },
  status,
})
const slice = (service: string, pods: readonly (readonly [string, string, boolean])[]) => ({
  metadata: {
    name: `${service}-x2k4p`,
    namespace: 'default',
    labels: { 'kubernetes.io/service-name': service },
  },
  ports: [{ port: 80, protocol: 'TCP' }],
  endpoints: pods.map(([name, ip, terminating]) => ({
    addresses: [ip],
    conditions: { ready: !terminating, serving: true, terminating },
    targetRef: { kind: 'Pod', namespace: 'default', name },
  })),
})

export const objects: Readonly<Record<string, readonly object[]>> = {
  namespaces: ['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) => ({
    metadata: { name },
  })),
  nodes: [
    node('control-plane', '192.168.99.10', { 'node-role.kubernetes.io/control-plane': '' }),
    node('node-1', '192.168.99.11'),
    node('node-2', '192.168.99.12'),
  ],
  pods: [
    pod('nginx-7c5d8bf9f7-2xkqp', 'node-1', '10.244.1.5'),
    pod('nginx-7c5d8bf9f7-9lmtz', 'node-2', '10.244.2.4'),
    pod('nginx-7c5d8bf9f7-tt4b8', 'node-2', '', 'default', 'Pending'),
    pod('client', 'node-1', '10.244.1.6'),
    pod('shop', 'node-2', '10.244.2.9', 'staging'),
    ...['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) =>
      pod(`${name}-control-plane`, 'control-plane', '192.168.99.10', 'kube-system'),
    ),
    pod('cloud-controller-manager-x7k2p', 'control-plane', '192.168.99.10', 'kube-system'),
    ...['control-plane', 'node-1', 'node-2'].map((name, index) =>
      pod(`kube-proxy-${'bcd'[index]}x4zz`, name, '192.168.99.10', 'kube-system'),
    ),
    pod('coredns-7c65d6cfc9-4xw2b', 'node-1', '10.244.1.2', 'kube-system'),
    pod('coredns-7c65d6cfc9-9zq7d', 'node-2', '10.244.2.2', 'kube-system'),
  ],
  services: [
    service('kubernetes', 'default', '10.96.0.1'),
    service('kube-dns', 'kube-system', '10.96.0.10'),
    service(
      'nginx',
      'default',
      '10.96.112.7',
      { type: 'LoadBalancer', ports: [{ port: 80, targetPort: 8080, nodePort: 31544, protocol: 'TCP' }] },
      { loadBalancer: { ingress: [{ ip: '203.0.113.10' }] } },
    ),
  ],
  endpointSlices: [
    slice('nginx', [
      ['nginx-7c5d8bf9f7-2xkqp', '10.244.1.5', false],
      ['nginx-7c5d8bf9f7-9lmtz', '10.244.2.4', true],
    ]),
  ],
  deployments: [
    {
      metadata: { name: 'nginx', namespace: 'default', ...created },
      spec: { replicas: 3, template: { spec: { containers: [{ image: 'nginx' }] } } },
      status: { readyReplicas: 2, updatedReplicas: 3 },
    },
  ],
  events: ['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started', 'BackOff'].map((reason, index) => ({
    metadata: { name: `nginx.${index}`, namespace: 'default', uid: `event-${index}`, ...created },
    type: reason === 'BackOff' ? 'Warning' : 'Normal',
    reason,
    message:
      reason === 'Scheduled'
        ? 'Successfully assigned default/nginx-7c5d8bf9f7-2xkqp to node-1'
        : `${reason} it`,
    involvedObject: { kind: 'Pod', name: 'nginx-7c5d8bf9f7-2xkqp' },
    lastTimestamp: '2026-11-22T08:00:00Z',
    source: { component: 'kubelet' },
  })),
}

export function story(port: number) {
  const [client, vip, backend] = [`10.244.1.6:${port}`, '10.96.112.7:80', '10.244.2.4:80']
  const hop = (host: string, stage: string, before: string, after = before) => ({
    atMs: 0,
    host,
    stage,
    in: 'eth0',
    out: '',
    before,
    after,
    rules:
      before === after
        ? []
        : [
            {
              table: 'nat',
              chain: 'KUBE-SVC-2CMXP7HKUVJN7L6M',
              line: 1,
              rule: '-A KUBE-SERVICES -d 10.96.112.7/32 -p tcp -m comment --comment "default/nginx cluster IP" -m tcp --dport 80 -j KUBE-SVC-2CMXP7HKUVJN7L6M',
            },
          ],
    conntrack: 'NEW',
    entry: '',
  })
  const to = (from: string, target: string, flags: string) => `tcp ${from} > ${target} ${flags}`
  return {
    request: {
      protocol: 'tcp',
      outcome: 'delivered to nginx-7c5d8bf9f7-9lmtz',
      payload: '',
      hops: [
        hop('client', 'OUTPUT', to(client, vip, 'SYN')),
        hop('node-1', 'PREROUTING', to(client, vip, 'SYN'), to(client, backend, 'SYN')),
        hop('node-2', 'FORWARD', to(client, backend, 'SYN')),
        hop('nginx-7c5d8bf9f7-9lmtz', 'deliver', to(client, backend, 'SYN')),
      ],
    },
    answer: {
      protocol: 'tcp',
      outcome: 'delivered to client',
      payload: '',
      hops: [
        hop('nginx-7c5d8bf9f7-9lmtz', 'OUTPUT', to(backend, client, 'SYN,ACK')),
        hop('node-2', 'FORWARD', to(backend, client, 'SYN,ACK')),
        hop('node-1', 'PREROUTING', to(backend, client, 'SYN,ACK'), to(vip, client, 'SYN,ACK')),
        hop('client', 'deliver', to(vip, client, 'SYN,ACK')),
      ],
    },
  }
}
