import type { Pod } from '../../api/index.ts'

export const RELEASE = 'v1.36.3'

/** The components that run as static Pods of the control-plane node, with the port each answers its probes on. */
const COMPONENTS = [
  { name: 'etcd', image: 'registry.k8s.io/etcd:3.6.6-0', cpu: '100m', memory: '100Mi' },
  { name: 'kube-apiserver', image: `registry.k8s.io/kube-apiserver:${RELEASE}`, cpu: '250m' },
  {
    name: 'kube-controller-manager',
    image: `registry.k8s.io/kube-controller-manager:${RELEASE}`,
    cpu: '200m',
  },
  { name: 'kube-scheduler', image: `registry.k8s.io/kube-scheduler:${RELEASE}`, cpu: '100m' },
  {
    name: 'cloud-controller-manager',
    image: `registry.k8s.io/cloud-controller-manager:${RELEASE}`,
    cpu: '100m',
  },
] as const

export type ControlPlaneComponent = (typeof COMPONENTS)[number]['name']

/** What kubeadm writes into `/etc/kubernetes/manifests`: by file name. Flags and probes are left out, see SCOPE.md. */
export function controlPlaneManifests(): Readonly<Record<string, Pod>> {
  return Object.fromEntries(COMPONENTS.map((component) => [`${component.name}.yaml`, staticPod(component)]))
}

export const imageOf = (name: ControlPlaneComponent): string =>
  COMPONENTS.find((component) => component.name === name)!.image

function staticPod(component: (typeof COMPONENTS)[number]): Pod {
  const { name, image, cpu } = component
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'kube-system', labels: { component: name, tier: 'control-plane' } },
    spec: {
      containers: [
        {
          name,
          image,
          command: [name],
          imagePullPolicy: 'IfNotPresent',
          resources: { requests: { cpu, ...('memory' in component && { memory: component.memory }) } },
        },
      ],
      hostNetwork: true,
      priority: 2_000_001_000,
      priorityClassName: 'system-node-critical',
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    },
  }
}
