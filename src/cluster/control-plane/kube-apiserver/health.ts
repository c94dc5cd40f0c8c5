import type { Answer, ApiRequest } from '../../../api/wire.ts'
import type { Server } from './context.ts'
import { respond, respondText } from './respond.ts'

/** Checks that `?verbose` lists. */
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  '/healthz': ['ping', 'log', 'etcd'],
  '/livez': ['ping', 'log', 'etcd'],
  '/readyz': ['ping', 'log', 'etcd', 'informer-sync', 'shutdown'],
}

/** `/version`, `/healthz`, `/livez`, `/readyz` and the checks below them; undefined for any other path. */
export function health(server: Server, request: ApiRequest): Answer | undefined {
  const path = request.path.replace(/\/$/, '')
  if (path === '/version') return respond(200, server.version)
  const base = `/${path.split('/')[1]}`
  const checks = CHECKS[base]
  if (!checks) return undefined
  const check = path.slice(base.length + 1)
  if (check !== '') return checks.includes(check) ? respondText(200, 'ok') : undefined
  if (request.query?.['verbose'] === undefined) return respondText(200, 'ok')
  return respondText(
    200,
    `${checks.map((name) => `[+]${name} ok\n`).join('')}${base.slice(1)} check passed\n`,
  )
}
