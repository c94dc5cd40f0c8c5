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
  const etcdRuns = server.store.etcd.running
  const isOk = (name: string) => name !== 'etcd' || etcdRuns
  if (check !== '') {
    if (!checks.includes(check)) return undefined
    return isOk(check)
      ? respondText(200, 'ok')
      : respondText(500, 'internal server error: context deadline exceeded\n')
  }
  const ok = checks.every(isOk)
  if (ok && request.query?.['verbose'] === undefined) return respondText(200, 'ok')
  const lines = checks.map((name) =>
    isOk(name) ? `[+]${name} ok\n` : `[-]${name} failed: reason withheld\n`,
  )
  const verdict = `${base.slice(1)} check ${ok ? 'passed' : 'failed'}\n`
  return respondText(ok ? 200 : 500, lines.join('') + verdict)
}
