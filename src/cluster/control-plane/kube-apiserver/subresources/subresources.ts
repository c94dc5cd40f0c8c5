import { methodNotAllowed, noSuchPath, StatusError } from '../../../../api/status.ts'
import type { Answer } from '../../../../api/wire.ts'
import type { ResourceCall } from '../context.ts'
import { renditionOf } from '../negotiation.ts'
import { get } from '../verbs/get.ts'
import { patch } from '../verbs/patch.ts'
import { update } from '../verbs/update.ts'
import { binding } from './binding.ts'
import { connect } from './connect.ts'
import { eviction } from './eviction.ts'
import { finalize } from './finalize.ts'
import { log } from './log.ts'
import { proxy } from './proxy.ts'
import { scale } from './scale.ts'
import { token } from './token.ts'

type Handler = (call: ResourceCall) => Answer

const status: Handler = (call) => readOrWrite(call, 'status')
const partOfObject: Handler = (call) => readOrWrite(call, 'other')

const HANDLERS: Readonly<Record<string, Handler>> = {
  status,
  scale,
  log,
  binding,
  eviction,
  finalize,
  token,
  exec: connect,
  attach: connect,
  portforward: connect,
  proxy,
  ephemeralcontainers: partOfObject,
  resize: partOfObject,
  approval: status,
}

/** What the kubelet or a backend answers, in whatever form. */
const PASSED_ON = new Set([connect, log, proxy])

/** A request to a subresource. @throws StatusError NotFound when the kind has none of that name. */
export function subresource(call: ResourceCall): Answer {
  const { kind, info } = call
  const declared = kind.subresources.find(({ name }) => name === info.subresource)
  const handler = HANDLERS[info.subresource]
  if (!declared || !handler || (info.rest.length > 0 && handler !== proxy))
    throw new StatusError(noSuchPath())
  const verb = info.verb === 'watch' || info.verb === 'list' ? 'get' : info.verb
  if (!declared.verbs.includes(verb)) throw new StatusError(methodNotAllowed())
  if (!PASSED_ON.has(handler)) renditionOf(call.request)
  return handler(call)
}

function readOrWrite(call: ResourceCall, scope: 'status' | 'other'): Answer {
  if (call.info.verb === 'update') return update(call, scope)
  if (call.info.verb === 'patch') return patch(call, scope)
  return get(call)
}
