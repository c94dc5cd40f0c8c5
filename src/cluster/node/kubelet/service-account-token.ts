import { encodeBase64 } from '../../../encoding/base64.ts'
import type { Pod } from '../../../api/generated/types.ts'

const LIFETIME_SECONDS = 3607

/**
 * The token a Pod finds in its `serviceAccountToken` volume: a JSON Web Token with the claims that a real one has. Its
 * signature is none, since nothing in this cluster checks tokens.
 */
export function mintToken(pod: Pod, nodeName: string, audience: string | undefined, nowMs: number): string {
  const { name, namespace, uid } = pod.metadata ?? {}
  const issuedAt = Math.floor(nowMs / 1000)
  const account = pod.spec?.serviceAccountName ?? 'default'
  const claims = {
    aud: [audience ?? 'https://kubernetes.default.svc.cluster.local'],
    exp: issuedAt + LIFETIME_SECONDS,
    iat: issuedAt,
    iss: 'https://kubernetes.default.svc.cluster.local',
    'kubernetes.io': {
      namespace,
      node: { name: nodeName },
      pod: { name, uid },
      serviceaccount: { name: account },
    },
    nbf: issuedAt,
    sub: `system:serviceaccount:${namespace}:${account}`,
  }
  return `${HEADER}.${encodePart(JSON.stringify(claims))}.${encodePart(`${uid}:${issuedAt}`)}`
}

const encodePart = (part: string) =>
  encodeBase64(part).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')

const HEADER = encodePart(JSON.stringify({ alg: 'RS256', typ: 'JWT' }))
