import * as api from '../../../api/index.ts'
import type { ConfigMap, Namespace, ServiceAccount } from '../../../api/index.ts'
import {
  controller,
  create,
  nameOf,
  namespaceOf,
  update,
  watch,
  type Controller,
} from '../../../client/index.ts'

const isActive = (namespace: Namespace): boolean => namespace.status?.phase !== 'Terminating'

/** Gives every namespace the ServiceAccount that Pods have when they name none. */
export const serviceAccount = controller<Namespace>({
  name: 'serviceaccount-controller',
  for: api.namespace,
  workers: 1,
  watches: [
    watch<ServiceAccount>(
      api.serviceAccount,
      (account) => [namespaceOf(account)],
      (next) => next === undefined,
    ),
  ],
  reconcile(namespace, context) {
    if (!isActive(namespace) || context.get(api.serviceAccount, nameOf(namespace), 'default')) return []
    const account: ServiceAccount = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: nameOf(namespace) },
    }
    return [create(api.serviceAccount, account, { tolerate: ['AlreadyExists'] })]
  },
})

const ROOT_CA = 'kube-root-ca.crt'
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

/**
 * Puts the cluster's certificate authority into every namespace, and puts it back when somebody changes it.
 * @param certificate PEM text.
 */
export function rootCaPublisher(certificate: string): Controller {
  return controller<Namespace>({
    name: 'root-ca-certificate-publisher-controller',
    for: api.namespace,
    workers: 1,
    watches: [
      watch<ConfigMap>(
        api.configMap,
        (configMap) => [namespaceOf(configMap)],
        (next, previous) => nameOf((next ?? previous)!) === ROOT_CA,
      ),
    ],
    reconcile(namespace, context) {
      if (!isActive(namespace)) return []
      const known = context.get(api.configMap, nameOf(namespace), ROOT_CA)
      const data = { 'ca.crt': certificate }
      if (known && known.data?.['ca.crt'] === certificate && Object.keys(known.data).length === 1) return []
      const metadata = {
        ...known?.metadata,
        name: ROOT_CA,
        namespace: nameOf(namespace),
        annotations: { ...known?.metadata?.annotations, 'kubernetes.io/description': DESCRIPTION },
      }
      const configMap: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', ...known, metadata, data }
      return [known ? update(api.configMap, configMap) : create(api.configMap, configMap)]
    },
  })
}
