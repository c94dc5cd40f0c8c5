import { encodeBase64 } from '../../../../encoding/base64.ts'
import type { TokenRequest } from '../../../../api/generated/types.ts'
import type { Answer } from '../../../../api/wire.ts'
import { formatTimestamp } from '../../../../encoding/time.ts'
import type { ResourceCall } from '../context.ts'
import { decodeBody } from '../decode.ts'
import { writeOptions } from '../options.ts'
import { respond } from '../respond.ts'
import { existing } from '../verbs/get.ts'

const TOKEN_REQUEST = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  definition: 'TokenRequest',
}
const ISSUER = 'https://kubernetes.default.svc.cluster.local'

const base64Url = (text: string) =>
  encodeBase64(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

/** A token of a ServiceAccount: a JWT in form; its signature is chance, since nobody here checks one. */
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
  const random = server.simulation.random('kube-apiserver')
  const signature = random.string(342, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
  const jwt = `${base64Url(JSON.stringify({ alg: 'RS256', kid: 'tabernetes' }))}.${base64Url(JSON.stringify(claims))}.${signature}`
  return respond(201, {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {
      name: info.name,
      namespace: info.namespace,
      creationTimestamp: server.simulation.timestamp(),
    },
    spec: { ...spec, audiences: claims.aud, expirationSeconds },
    status: { token: jwt, expirationTimestamp: formatTimestamp(claims.exp * 1000) },
  })
}
