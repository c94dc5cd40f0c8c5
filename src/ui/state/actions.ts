/** What one can do with an object: commands for the terminal, the very ones a learner would type. */

export interface Action {
  readonly label: string
  readonly command: string
  /** Changes something: it is inserted, and Enter stays with the learner. */
  readonly changes?: boolean
}

interface Subject {
  readonly kind: string
  readonly name: string
  readonly namespace?: string | undefined
}

export function actionsFor({ kind, name, namespace }: Subject): readonly Action[] {
  const type = RESOURCE[kind] ?? kind.toLowerCase()
  const where = namespace && namespace !== 'default' ? ` -n ${namespace}` : ''
  const own: Readonly<Record<string, readonly Action[]>> = {
    Pod: [
      { label: 'Logs', command: `kubectl logs ${name}${where}` },
      { label: 'Shell', command: `kubectl exec -it ${name}${where} -- sh`, changes: true },
      { label: 'Delete', command: `kubectl delete pod ${name}${where}`, changes: true },
    ],
    Service: [
      {
        label: 'Endpoints',
        command: `kubectl get endpointslices${where} -l kubernetes.io/service-name=${name}`,
      },
      { label: 'Edit', command: `kubectl edit service ${name}${where}`, changes: true },
      { label: 'Delete', command: `kubectl delete service ${name}${where}`, changes: true },
    ],
    Deployment: [
      { label: 'Scale', command: `kubectl scale deployment ${name}${where} --replicas=3`, changes: true },
      { label: 'Restart', command: `kubectl rollout restart deployment ${name}${where}`, changes: true },
      { label: 'Stop', command: `kubectl scale deployment ${name}${where} --replicas=0`, changes: true },
    ],
    // Ways to break a node, and to mend it, are those of an administrator: on the node itself.
    Node: [
      { label: 'Shell', command: `ssh ${name}`, changes: true },
      { label: 'Stop kubelet', command: `ssh ${name} systemctl stop kubelet`, changes: true },
      { label: 'Start kubelet', command: `ssh ${name} systemctl start kubelet`, changes: true },
      { label: 'Cordon', command: `kubectl cordon ${name}`, changes: true },
      { label: 'Drain', command: `kubectl drain ${name} --ignore-daemonsets`, changes: true },
    ],
  }
  return [
    { label: 'Describe', command: `kubectl describe ${type} ${name}${where}` },
    { label: 'YAML', command: `kubectl get ${type} ${name}${where} -o yaml` },
    ...(own[kind] ?? []),
  ]
}

const RESOURCE: Readonly<Record<string, string>> = {
  Deployment: 'deployment',
  EndpointSlice: 'endpointslice',
  Node: 'node',
  Pod: 'pod',
  Service: 'service',
}
