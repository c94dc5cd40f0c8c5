import { decodeBase64, encodeBase64 } from '../../../encoding/base64.ts'
import { serviceAccount } from '../../../api/kinds/service-account.ts'
import { isObject } from '../../../api/objects.ts'
import type { Server } from './context.ts'

export const ISSUER = 'https://kubernetes.default.svc.cluster.local'

/** What a ServiceAccount's token says. Times in seconds since 1970. */
export interface Claims {
  readonly aud: readonly string[]
  readonly exp: number
  readonly sub: string
  readonly 'kubernetes.io': {
    readonly namespace: string
    readonly serviceaccount: { readonly name: string; readonly uid: string }
  }
  readonly [more: string]: unknown
}

const base64Url = (text: string) =>
  encodeBase64(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

/** A JWT in form; its signature is chance, since nobody here checks one. */
export function signed({ simulation }: Server, claims: Claims): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const signature = simulation.random('kube-apiserver').string(342, alphabet)
  const header = JSON.stringify({ alg: 'RS256', kid: 'tabernetes' })
  return `${base64Url(header)}.${base64Url(JSON.stringify(claims))}.${signature}`
}

function claimsOf(token: string): Claims | undefined {
  const payload = token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/')
  try {
    const claims: unknown = JSON.parse(decodeBase64(payload ?? '') ?? '')
    return isObject(claims) && isObject(claims['kubernetes.io']) ? (claims as unknown as Claims) : undefined
  } catch {
    return undefined
  }
}

/** The status of a TokenReview: whose token it is, if it is anybody's still. */
export function reviewToken({ store, simulation }: Server, token = ''): object {
  const claims = claimsOf(token)
  const { namespace = '', serviceaccount } = claims?.['kubernetes.io'] ?? {}
  const account = serviceaccount && store.read(serviceAccount, namespace, serviceaccount.name)
  if (!claims || claims.exp * 1000 < simulation.nowMs || account?.metadata.uid !== serviceaccount?.uid)
    return { user: {}, error: 'invalid bearer token' }
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
  const user = { username: claims.sub, uid: account?.metadata.uid, groups }
  return { authenticated: true, user, audiences: claims.aud }
}
