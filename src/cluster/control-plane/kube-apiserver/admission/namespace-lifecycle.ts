import type { Namespace } from '../../../../api/generated/types.ts'
import { namespace as namespaces } from '../../../../api/kinds/namespace.ts'
import { forbidden, notFound, StatusError } from '../../../../api/status.ts'
import type { AdmissionPlugin } from './admission.ts'

/** NamespaceLifecycle: nothing new in a namespace that does not exist, or that is going. */
export const namespaceLifecycle: AdmissionPlugin = ({ server, kind, info }, object) => {
  if (!kind.namespaced) return object
  const namespace = server.store.read(namespaces, '', info.namespace) as Namespace | undefined
  if (!namespace) throw new StatusError(notFound(namespaces, info.namespace))
  if (namespace.status?.phase === 'Terminating') {
    const name = object.metadata?.name ?? ''
    const status = forbidden(
      kind,
      name,
      `unable to create new content in namespace ${info.namespace} because it is being terminated`,
    )
    const cause = {
      reason: 'NamespaceTerminating',
      message: `namespace ${info.namespace} is being terminated`,
      field: 'metadata.namespace',
    }
    throw new StatusError({ ...status, details: { ...status.details, causes: [cause] } })
  }
  return object
}
