import type { ConfigMap, DaemonSet, ServiceAccount } from '../../api/index.ts'
import { RELEASE } from './control-plane.ts'

export const KUBE_PROXY_IMAGE = `registry.k8s.io/kube-proxy:${RELEASE}`

/** kube-proxy as kubeadm installs it: one Pod a node, its mode and times from a ConfigMap read at the start. */
export function kubeProxyManifests(options: { readonly mode: string; readonly podCidr: string }): {
  readonly serviceAccount: ServiceAccount
  readonly configMap: ConfigMap
  readonly daemonSet: DaemonSet
} {
  return {
    serviceAccount: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'kube-proxy', namespace: 'kube-system' },
    },
    configMap: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-proxy', namespace: 'kube-system', labels: { app: 'kube-proxy' } },
      data: { 'config.conf': configuration(options) },
    },
    daemonSet,
  }
}

const configuration = ({
  mode,
  podCidr,
}: {
  readonly mode: string
  readonly podCidr: string
}): string => `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clusterCIDR: ${podCidr}
mode: ${JSON.stringify(mode)}
iptables:
  masqueradeBit: 14
  minSyncPeriod: 1s
  syncPeriod: 30s
`

const daemonSet: DaemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'kube-proxy', namespace: 'kube-system', labels: { 'k8s-app': 'kube-proxy' } },
  spec: {
    selector: { matchLabels: { 'k8s-app': 'kube-proxy' } },
    updateStrategy: { type: 'RollingUpdate' },
    template: {
      metadata: { labels: { 'k8s-app': 'kube-proxy' } },
      spec: {
        containers: [
          {
            name: 'kube-proxy',
            image: KUBE_PROXY_IMAGE,
            imagePullPolicy: 'IfNotPresent',
            command: [
              '/usr/local/bin/kube-proxy',
              '--config=/var/lib/kube-proxy/config.conf',
              '--hostname-override=$(NODE_NAME)',
            ],
            env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
            securityContext: { privileged: true },
            volumeMounts: [{ name: 'kube-proxy', mountPath: '/var/lib/kube-proxy' }],
          },
        ],
        hostNetwork: true,
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        priorityClassName: 'system-node-critical',
        serviceAccountName: 'kube-proxy',
        tolerations: [{ operator: 'Exists' }],
        volumes: [{ name: 'kube-proxy', configMap: { name: 'kube-proxy' } }],
      },
    },
  },
}
