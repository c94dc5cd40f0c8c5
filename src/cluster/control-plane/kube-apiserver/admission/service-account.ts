import type { Container, Pod, PodSpec, ServiceAccount, Volume } from '../../../../api/generated/types.ts'
import { serviceAccount as serviceAccounts } from '../../../../api/kinds/service-account.ts'
import { forbidden, StatusError } from '../../../../api/status.ts'
import type { AdmissionPlugin } from './admission.ts'

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
/** An hour and a margin, for kubelets that refresh late. */
const TOKEN_SECONDS = 3607
const TOKEN_VOLUME = 'kube-api-access-'

/** ServiceAccount: every Pod runs as one, and has its token mounted unless it says no. */
export const serviceAccount: AdmissionPlugin = (call, object) => {
  const { server, kind, info } = call
  if (kind.kind !== 'Pod') return object
  const pod = object as Pod
  // Mirrors show what a node runs already, without an account of the API.
  if (pod.metadata?.annotations?.['kubernetes.io/config.mirror']) return object
  const spec = pod.spec ?? { containers: [] }
  const name = spec.serviceAccountName || spec.serviceAccount || 'default'
  const account = server.store.read(serviceAccounts, info.namespace, name) as ServiceAccount | undefined
  if (!account) {
    const why = `error looking up service account ${info.namespace}/${name}: serviceaccount "${name}" not found`
    throw new StatusError(forbidden(kind, pod.metadata?.name ?? '', why))
  }
  const secrets = spec.imagePullSecrets?.length ? spec.imagePullSecrets : account.imagePullSecrets
  const named: PodSpec = {
    ...spec,
    serviceAccountName: name,
    serviceAccount: name,
    ...(secrets?.length ? { imagePullSecrets: secrets } : {}),
  }
  const mounts = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
  const suffix = mounts ? server.simulation.random('kube-apiserver').string(5) : ''
  return { ...pod, spec: mounts ? withToken(named, `${TOKEN_VOLUME}${suffix}`) : named }
}

function withToken(spec: PodSpec, newName: string): PodSpec {
  // The copy of a Pod brings its volume along.
  const brought = spec.volumes?.find(({ name }) => name.startsWith(TOKEN_VOLUME))
  const volumeName = brought?.name ?? newName
  const containers = spec.containers ?? []
  const lacks = (container: Container) =>
    !container.volumeMounts?.some(({ mountPath }) => mountPath === TOKEN_PATH)
  if (![...containers, ...(spec.initContainers ?? [])].some(lacks)) return spec
  const mounted = (container: Container): Container =>
    lacks(container)
      ? {
          ...container,
          volumeMounts: [
            ...(container.volumeMounts ?? []),
            { name: volumeName, readOnly: true, mountPath: TOKEN_PATH },
          ],
        }
      : container
  return {
    ...spec,
    volumes: brought ? spec.volumes! : [...(spec.volumes ?? []), tokenVolume(volumeName)],
    containers: containers.map(mounted),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(mounted) } : {}),
  }
}

const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
    defaultMode: 420,
  },
})
