/**
 * What must not cost more in a larger cluster: work on one object among 100 or 10,000, a request through a ClusterIP among
 * 10 or 10,000 Services, one EndpointSlice told to 100 nodes. CPU time, this engine alone.
 */
import type { ApiRequest } from '../src/api/wire.ts'
import { Etcd } from '../src/cluster/control-plane/etcd/etcd.ts'
import { createApiServer } from '../src/cluster/control-plane/kube-apiserver/server.ts'
import type { StoredObject } from '../src/cluster/control-plane/kube-apiserver/store.ts'
import { Session } from '../src/session/session.ts'
import { Simulation } from '../src/sim/index.ts'
import { deploymentManifest } from './subject.ts'
import { clientPod, requestMany, until } from './ours-requests.ts'

type Body = Record<string, unknown>
interface Api {
  handle(request: ApiRequest): { readonly kind: string; readonly response?: unknown }
}

const PODS = '/api/v1/namespaces/default/pods'
const SERVICES = '/api/v1/namespaces/default/services'
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices'

function ask(
  api: Api,
  method: ApiRequest['method'],
  path: string,
  body?: Body,
  query?: Record<string, string>,
) {
  const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const answer = api.handle({ method, path, body, contentType, ...(query && { query }) })
  const { status, body: object } = answer.response as { status: number; body: unknown }
  if (status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(object)}`)
  return object
}

function cpuMs(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** The best of a few: what other processes and compilation add is not of interest here. */
const best = (times: number, run: () => number): number =>
  Math.min(...Array.from({ length: times }, () => run()))

const AT_ONCE = 400

/** One object among so many, at an API server with thirteen who watch Pods. Microseconds for one. */
function objects(count: number): Record<string, number> {
  const simulation = new Simulation({ seed: 1 })
  const etcd = new Etcd<StoredObject>({ simulation })
  const server = createApiServer({ simulation, etcd, connectToNode: () => ({ error: 'there are no nodes' }) })
  ask(server, 'POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
  const pod = (name: string, app: string): Body => ({
    metadata: { name, labels: { app } },
    spec: { nodeName: `node-${name.length % 12}`, containers: [{ name: 'web', image: 'nginx' }] },
  })
  for (let index = 0; index < count; index++)
    ask(server, 'POST', PODS, pod(`pod-${index}`, `app-${Math.floor(index / 10)}`))
  const names = Array.from({ length: AT_ONCE }, (_, index) => `one-more-${(index * 7919) % 10_000}`)
  const each = (run: (name: string) => void) => () => (cpuMs(() => names.forEach(run)) / AT_ONCE) * 1000
  const create = each((name) => ask(server, 'POST', PODS, pod(name, 'more')))
  const patch = each((name) => ask(server, 'PATCH', `${PODS}/${name}`, { metadata: { labels: { v: name } } }))
  const list = each(() => ask(server, 'GET', PODS, undefined, { labelSelector: 'app=app-3' }))
  const remove = each((name) => ask(server, 'DELETE', `${PODS}/${name}`, { gracePeriodSeconds: 0 }))
  const rounds = Array.from({ length: 8 }, () => ({
    create: create(),
    patch: patch(),
    list: list(),
    remove: remove(),
  }))
  const least = (name: 'create' | 'patch' | 'list' | 'remove') =>
    Math.min(...rounds.map((round) => round[name]))
  const quiet = least('patch')
  for (let node = -1; node < 12; node++) {
    const query = { watch: 'true', ...(node >= 0 && { fieldSelector: `spec.nodeName=node-${node}` }) }
    const answer = server.handle({ method: 'GET', path: PODS, query })
    if (answer.kind === 'stream') answer.start({ chunk: () => {}, end: () => {} })
  }
  create()
  const watched = best(8, patch)
  return {
    create: least('create'),
    patch: quiet,
    delete: least('remove'),
    'list ten by label': least('list'),
    'patch that 13 watchers are asked for': watched,
  }
}

/** Requests to one ClusterIP among so many, and writing the rules of all of them anew on one node. */
function services(count: number): Record<string, number> {
  const session = new Session({ seed: 1, nodes: 3 })
  session.boot()
  ask(
    session.cluster,
    'POST',
    '/apis/apps/v1/namespaces/default/deployments',
    deploymentManifest(1, 'hashicorp/http-echo:1.0'),
  )
  ask(session.cluster, 'POST', PODS, clientPod)
  for (let index = 0; index < count; index++)
    ask(session.cluster, 'POST', SERVICES, {
      metadata: { name: `web-${index}` },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 5678 }] },
    })
  const last = ask(session.cluster, 'GET', `${SERVICES}/web-${count - 1}`) as { spec: { clusterIP: string } }
  const { clusterIP } = last.spec
  const node = session.cluster.nodes.get('node-1')!
  const nodes = [...session.cluster.nodes.values()]
  const says = `"default/web-${count - 1} -> `
  const isThere = () => nodes.every((each) => each.rules().includes(says))
  until(session, () => session.cluster.machine('pod/client') !== undefined && isThere(), 1000)
  session.simulation.runFor(5000)
  requestMany(session, clusterIP, 3000)
  const requestMs = best(3, () => cpuMs(() => requestMany(session, clusterIP, 2000)))
  for (const table of ['mangle', 'nat', 'filter'] as const)
    node.host.netfilter.table(table).deleteChain('KUBE-PROXY-CANARY')
  const syncMs = cpuMs(() => session.simulation.runFor(35_000))
  const idleMs = cpuMs(() => session.simulation.runFor(35_000))
  return {
    'requests per CPU second': 2000 / (requestMs / 1000),
    'all rules of a node anew, CPU ms': Math.max(0, syncMs - idleMs),
  }
}

/** One endpoint of one Service, of so many, stops being ready: CPU ms until the rules of 100 nodes say so. */
function slices(count: number): number {
  const session = new Session({ seed: 1, nodes: 100 })
  session.boot()
  for (let index = 0; index < count; index++) {
    const name = `given-${index}`
    ask(session.cluster, 'POST', SERVICES, { metadata: { name }, spec: { ports: [{ port: 80 }] } })
    ask(session.cluster, 'POST', SLICES, slice(name, index, true))
  }
  session.simulation.runFor(10_000)
  const nodes = [...session.cluster.nodes.values()].filter(({ name }) => name !== 'control-plane')
  let ready = true
  return best(6, () => {
    ready = !ready
    ask(session.cluster, 'PATCH', `${SLICES}/given-3`, { endpoints: slice('given-3', 3, ready)['endpoints'] })
    // The rules are looked at afterwards: printing them all is not what is measured.
    const took = cpuMs(() => session.simulation.runFor(1500))
    for (const node of nodes)
      if (node.rules().includes('10.200.3.2:80') !== ready) throw new Error(`${node.name} has other rules`)
    return took
  })
}

const slice = (name: string, index: number, ready: boolean): Body => ({
  metadata: { name, labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  ports: [{ name: '', port: 80, protocol: 'TCP' }],
  endpoints: [1, 2, 3].map((host) => ({
    addresses: [`10.${200 + Math.floor(index / 250)}.${index % 250}.${host}`],
    conditions: { ready: host !== 2 || ready },
  })),
})

const [what, count] = [process.argv[2]!, Number(process.argv[3])]
const measured = { objects, services, slices: (size: number) => ({ 'CPU ms': slices(size) }) }[what]!(count)
process.stdout.write(JSON.stringify(measured))
