import type { TokenRequest } from '../../../../api/generated/types.ts'
import type { Answer } from '../../../../api/wire.ts'
import { formatTimestamp } from '../../../../encoding/time.ts'
import type { ResourceCall } from '../context.ts'
import { decodeBody } from '../decode.ts'
import { writeOptions } from '../options.ts'
import { respond } from '../respond.ts'
import { ISSUER, signed } from '../tokens.ts'
import { existing } from '../verbs/get.ts'

const TOKEN_REQUEST = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  definition: 'TokenRequest',
}
/** A token of a ServiceAccount. */
export function token(call: ResourceCall): Answer {
  const { server, info } = call
  const options = writeOptions(call.request, 'CreateOptions')
  const { spec } = decodeBody(call, TOKEN_REQUEST, options.fieldValidation) as TokenRequest
  const account = existing(call)
  const expirationSeconds = spec?.expirationSeconds ?? 3600
  const now = Math.floor(server.simulation.nowMs / 1000)
  const claims = {
    aud: spec?.audiences?.length ? spec.audiences : [ISSUER],
    exp: now + expirationSeconds,
    iat: now,
    iss: ISSUER,
    'kubernetes.io': {
      namespace: info.namespace,
      serviceaccount: { name: info.name, uid: account.metadata.uid },
    },
    nbf: now,
    sub: `system:serviceaccount:${info.namespace}:${info.name}`,
  }
  return respond(201, {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {
      name: info.name,
      namespace: info.namespace,
      creationTimestamp: server.simulation.timestamp(),
    },
    spec: { ...spec, audiences: claims.aud, expirationSeconds },
    status: { token: signed(server, claims), expirationTimestamp: formatTimestamp(claims.exp * 1000) },
  })
}
