import { badRequest, StatusError } from '../../../../api/status.ts'
import type { Answer } from '../../../../api/wire.ts'
import type { ResourceCall } from '../context.ts'
import { decodeBody } from '../decode.ts'
import { writeOptions } from '../options.ts'
import { respondObject } from '../respond.ts'
import { createObject } from '../write.ts'

export function create(call: ResourceCall): Answer {
  const { kind, info, request } = call
  if (kind.namespaced && info.namespace === '') {
    throw new StatusError(badRequest('an empty namespace may not be set during creation'))
  }
  const options = writeOptions(request, 'CreateOptions')
  const body = decodeBody(call, kind, options.fieldValidation)
  return respondObject(call, 201, createObject(call, body, options))
}
