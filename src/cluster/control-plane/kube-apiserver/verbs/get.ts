import { notFound, StatusError } from '../../../../api/status.ts'
import type { Answer } from '../../../../api/wire.ts'
import type { ResourceCall } from '../context.ts'
import { respondObject } from '../respond.ts'
import type { StoredObject } from '../store.ts'

/** The object a path names. @throws StatusError NotFound */
export function existing({ server, kind, info }: ResourceCall): StoredObject {
  const object = server.store.read(kind, info.namespace, info.name)
  if (!object) throw new StatusError(notFound(kind, info.name))
  return object
}

export const get = (call: ResourceCall): Answer => respondObject(call, 200, existing(call))
