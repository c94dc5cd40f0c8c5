import type { Answer, ApiRequest } from '../../../api/wire.ts'
import type { Server } from './context.ts'
import { respond, respondText } from './respond.ts'

/** What a real API server starts after it listens, in its order; all of it is part of this one. */
const HOOKS = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'peer-endpoint-reconciler-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'storage-readiness',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'aggregator-reload-proxy-client-cert',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-wait-for-first-sync',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
].map((name) => `poststarthook/${name}`)

const OPENAPI_HOOKS = ['apiservice-openapi-controller', 'apiservice-openapiv3-controller'].map(
  (name) => `poststarthook/${name}`,
)

const STARTED = [...HOOKS, 'autoregister-completion', ...OPENAPI_HOOKS]
const ALIVE = ['ping', 'log', 'loopback-serving-certificate', 'etcd', ...STARTED]

/** Checks that `?verbose` lists. */
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  '/healthz': ALIVE,
  '/livez': ALIVE,
  '/readyz': ['ping', 'log', 'informer-sync', ...STARTED, 'shutdown'],
}

/** Checks that fail while etcd does not answer. */
const OF_ETCD = new Set(['etcd', 'poststarthook/storage-readiness'])

/** Every path of these checks, for the list at `/`. */
export const healthPaths: readonly string[] = Object.entries(CHECKS).flatMap(([base, checks]) => [
  base,
  ...checks.map((check) => `${base}/${check}`),
])

/** `/version`, `/healthz`, `/livez`, `/readyz` and the checks below them; undefined for any other path. */
export function health(server: Server, request: ApiRequest): Answer | undefined {
  const path = request.path.replace(/\/$/, '')
  if (path === '/version') return respond(200, server.version)
  const base = `/${path.split('/')[1]}`
  const checks = CHECKS[base]
  if (!checks) return undefined
  const check = path.slice(base.length + 1)
  const etcdRuns = server.store.etcd.running
  const isOk = (name: string) => etcdRuns || !OF_ETCD.has(name)
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
