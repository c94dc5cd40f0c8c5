/** The plugins there are, in the order in which a query passes them, whatever the Corefile's order. */
import type { Plugin } from './plugin.ts'
import { cache } from './plugins/cache.ts'
import { errors } from './plugins/errors.ts'
import { forward } from './plugins/forward.ts'
import { health } from './plugins/health.ts'
import { hosts } from './plugins/hosts.ts'
import { kubernetes } from './plugins/kubernetes/kubernetes.ts'
import { loadbalance } from './plugins/loadbalance.ts'
import { log } from './plugins/log.ts'
import { loop } from './plugins/loop.ts'
import { prometheus } from './plugins/prometheus.ts'
import { ready } from './plugins/ready.ts'
import { reload } from './plugins/reload.ts'
import { rewrite } from './plugins/rewrite.ts'
import { template } from './plugins/template.ts'

export const PLUGINS: readonly Plugin[] = [
  reload,
  ready,
  health,
  prometheus,
  errors,
  log,
  loadbalance,
  cache,
  rewrite,
  template,
  hosts,
  kubernetes,
  loop,
  forward,
]
