import type { KubernetesObject } from '../../../../api/resource.ts'
import type { ResourceCall } from '../context.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { limitRanger } from './limit-ranger.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { priority } from './priority.ts'
import { serviceAccount } from './service-account.ts'

/** Looks at a new object, may change it, may refuse it (StatusError). */
export type AdmissionPlugin = (call: ResourceCall, object: KubernetesObject) => KubernetesObject

/** In the order in which kube-apiserver runs them. */
const PLUGINS: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  priority,
  defaultTolerationSeconds,
]

export function admit(call: ResourceCall, object: KubernetesObject): KubernetesObject {
  return PLUGINS.reduce((admitted, plugin) => plugin(call, admitted), object)
}
