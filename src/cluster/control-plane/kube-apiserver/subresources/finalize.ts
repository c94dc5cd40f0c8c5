import type { Namespace } from '../../../../api/generated/types.ts'
import type { Answer } from '../../../../api/wire.ts'
import type { ResourceCall } from '../context.ts'
import { decodeBody } from '../decode.ts'
import { writeOptions } from '../options.ts'
import { respondObject } from '../respond.ts'
import type { StoredObject } from '../store.ts'
import { existing } from '../verbs/get.ts'
import { checkIdentity } from '../verbs/update.ts'
import { removeObject } from '../write.ts'

/** The namespace controller's last word: without finalizers in its spec, a namespace that is going is gone. */
export function finalize(call: ResourceCall): Answer {
  const { server, kind } = call
  const options = writeOptions(call.request, 'UpdateOptions')
  const body = decodeBody(call, kind, options.fieldValidation) as Namespace
  checkIdentity(call, body)
  const old = existing(call)
  const finalizers = body.spec?.finalizers ?? []
  const next = { ...old, spec: finalizers.length > 0 ? { finalizers } : {} } as StoredObject
  const over =
    finalizers.length === 0 &&
    old.metadata.deletionTimestamp !== undefined &&
    !old.metadata.finalizers?.length
  return respondObject(call, 200, over ? removeObject(server, kind, next) : server.store.write(kind, next))
}
