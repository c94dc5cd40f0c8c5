import { failure, StatusError } from '../../../../api/status.ts'
import type { ApiRequest } from '../../../../api/wire.ts'
import type { Server } from '../context.ts'
import type { RequestInfo } from '../request-info.ts'
import { isAllowed } from './rbac.ts'

/** `system:kube-scheduler`, `system:node:node-1`: the roles of components are not modelled, they may do everything. */
const COMPONENT = /^system:(?:node:|kube-|cloud-controller-manager$)/

/**
 * Refuses what the user has no role for. Who asks without saying who is the administrator; `kubectl --as` says who.
 * @throws StatusError Forbidden
 */
export function authorize(server: Server, request: ApiRequest, info: RequestInfo | undefined): void {
  const { user } = request
  if (user === undefined || COMPONENT.test(user.username)) return
  if (info === undefined) {
    const verb = request.method.toLowerCase()
    if (isAllowed(server, user, { verb, path: request.path })) return
    const message = `forbidden: User ${JSON.stringify(user.username)} cannot ${verb} path ${JSON.stringify(request.path)}`
    throw new StatusError(failure(403, 'Forbidden', message, {}))
  }
  const { verb, group, plural, subresource, name } = info
  // A Namespace is inside of itself: who may read what is in it may be let to read it too.
  const namespace = group === '' && plural === 'namespaces' ? name : info.namespace
  const resource = subresource === '' ? plural : `${plural}/${subresource}`
  if (isAllowed(server, user, { verb, group, resource, namespace, name })) return
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`
  const subject = `${plural}${group === '' ? '' : `.${group}`}${name === '' ? '' : ` ${JSON.stringify(name)}`}`
  const message = `${subject} is forbidden: User ${JSON.stringify(user.username)} cannot ${verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(group)} ${where}`
  const details = { ...(name !== '' && { name }), ...(group !== '' && { group }), kind: plural }
  throw new StatusError(failure(403, 'Forbidden', message, details))
}
