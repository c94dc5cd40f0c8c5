import { badRequest, notFound, StatusError } from '../../../../api/status.ts'
import type { KubernetesObject } from '../../../../api/resource.ts'
import type { Answer } from '../../../../api/wire.ts'
import type { ResourceCall } from '../context.ts'
import { decodeBody } from '../decode.ts'
import { writeOptions } from '../options.ts'
import { respondObject } from '../respond.ts'
import { createObject, updateObject, type UpdateScope } from '../write.ts'

export function update(call: ResourceCall, scope: UpdateScope = 'object'): Answer {
  const { server, kind, info, request } = call
  const options = writeOptions(request, 'UpdateOptions')
  const old = server.store.read(kind, info.namespace, info.name)
  const body = decodeBody(call, kind, options.fieldValidation, old)
  checkIdentity(call, body)
  if (old) return respondObject(call, 200, updateObject(call, old, body, options, scope))
  if (!kind.createOnUpdate || scope !== 'object' || body.metadata?.resourceVersion)
    throw new StatusError(notFound(kind, info.name))
  return respondObject(call, 201, createObject(call, body, options))
}

/** The body must be about the object that the path names. */
export function checkIdentity({ kind, info }: ResourceCall, { metadata = {} }: KubernetesObject): void {
  const { name = '', namespace } = metadata
  if (name !== info.name) {
    throw new StatusError(
      badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`),
    )
  }
  if (kind.namespaced && namespace !== undefined && namespace !== info.namespace) {
    throw new StatusError(
      badRequest(
        `the namespace of the object (${namespace}) does not match the namespace on the URL (${info.namespace})`,
      ),
    )
  }
}
