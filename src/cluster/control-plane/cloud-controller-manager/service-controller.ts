import * as api from '../../../api/index.ts'
import type { Service } from '../../../api/index.ts'
import {
  call,
  controller,
  equal,
  event,
  isDeleting,
  keyOf,
  patch,
  uidOf,
  watch,
  type Controller,
  type ReconcileContext,
  type Write,
} from '../../../client/index.ts'
import type { Cloud } from '../../cloud/index.ts'
import { addressOf, isEligible, loadBalancerFor, loadBalancerName } from './load-balancer-spec.ts'

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup'
/** A cloud is not asked as often as an API server. */
const BACKOFF = { firstMs: 5000, longestMs: 300_000 }

/** What was last brought to the cloud for a Service. */
interface Ensured {
  readonly specification: string
  readonly hosts: string
}

/** Has the cloud make, change and delete a load balancer for every Service that wants one. */
export function serviceController(cloud: Cloud): Controller {
  const ensured = new Map<string, Ensured>()
  return controller<Service>({
    name: 'service-controller',
    for: api.service,
    workers: 1,
    backoff: BACKOFF,
    wakesFor: concernsCloud,
    watches: [
      watch(
        api.node,
        (_, context) => context.list(api.service).filter(wantsLoadBalancer).map(keyOf),
        (next, previous) =>
          isHost(next) !== isHost(previous) ||
          (next && addressOf(next)) !== (previous && addressOf(previous)),
      ),
    ],
    reconcile(service, context) {
      if (wantsLoadBalancer(service)) return ensure(service, cloud, ensured, context)
      return hasFinalizer(service) ? cleanUp(service, cloud, ensured, context) : []
    },
  })
}

const isHost = (node: api.Node | undefined): boolean => node !== undefined && isEligible(node)

const wantsLoadBalancer = (service: Service): boolean =>
  service.spec?.type === 'LoadBalancer' && !service.spec.loadBalancerClass && !isDeleting(service)

const hasFinalizer = (service: Service): boolean => service.metadata?.finalizers?.includes(FINALIZER) ?? false

/** Its own writes, and changes that the cloud need not hear of, must not cut a back-off short. */
function concernsCloud(next: Service | undefined, previous: Service | undefined): boolean {
  if (!next) return false
  if (!previous) return wantsLoadBalancer(next) || hasFinalizer(next)
  if (isDeleting(next) !== isDeleting(previous) || uidOf(next) !== uidOf(previous)) return true
  return !equal(next.spec, previous.spec) && (wantsLoadBalancer(next) || wantsLoadBalancer(previous))
}

function ensure(
  service: Service,
  cloud: Cloud,
  ensured: Map<string, Ensured>,
  context: ReconcileContext,
): Write[] {
  const nodes = context.list(api.node).filter(isEligible)
  const spec = loadBalancerFor(service, nodes)
  const hosts = spec.nodes.map(({ address }) => address).join(',')
  const { ports, externalTrafficPolicy, healthCheckNodePort, loadBalancerIP, sessionAffinity } =
    service.spec ?? {}
  const specification = JSON.stringify([
    ports,
    externalTrafficPolicy,
    healthCheckNodePort,
    loadBalancerIP,
    sessionAffinity,
  ])
  const known = ensured.get(uidOf(service))
  const none =
    nodes.length > 0
      ? []
      : [tell(service, 'Warning', 'UnAvailableLoadBalancer', 'There are no available nodes for LoadBalancer')]
  if (known?.specification === specification && known.hosts === hosts) return []
  const remember = () => ensured.set(uidOf(service), { specification, hosts })
  if (known?.specification === specification) return [...none, updateHosts(service, cloud, spec, remember)]
  return [
    tell(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer'),
    ...(hasFinalizer(service)
      ? []
      : [withFinalizers(service, [...(service.metadata?.finalizers ?? []), FINALIZER])]),
    ...none,
    call(`asks the cloud for a load balancer for ${keyOf(service)}`, (done) =>
      cloud.ensureLoadBalancer(spec, (result) => {
        if (!result.ok) return done(result.message, [failed(service, 'ensure', result.message)])
        remember()
        done(undefined, [
          tell(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer'),
          ...writeStatus(service, [{ ip: result.address, ipMode: 'VIP' }]),
        ])
      }),
    ),
  ]
}

function updateHosts(
  service: Service,
  cloud: Cloud,
  spec: ReturnType<typeof loadBalancerFor>,
  remember: () => void,
): Write {
  return call(`tells the cloud the nodes for ${keyOf(service)}`, (done) =>
    cloud.updateLoadBalancer(spec, (result) => {
      if (!result.ok) {
        const message = `Error updating load balancer with new hosts ${JSON.stringify(spec.nodes.map(({ name }) => name))}: ${result.message}`
        return done(result.message, [tell(service, 'Warning', 'UpdateLoadBalancerFailed', message)])
      }
      remember()
      done(undefined, [
        tell(service, 'Normal', 'UpdatedLoadBalancer', 'Updated load balancer with new hosts'),
      ])
    }),
  )
}

/** The Service goes, or is of another type now. */
function cleanUp(
  service: Service,
  cloud: Cloud,
  ensured: Map<string, Ensured>,
  context: ReconcileContext,
): Write[] {
  return [
    tell(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer'),
    call(`gives back the load balancer of ${keyOf(service)}`, (done) =>
      cloud.deleteLoadBalancer(loadBalancerName(service), (result) => {
        if (!result.ok) return done(result.message, [failed(service, 'delete', result.message)])
        ensured.delete(uidOf(service))
        const left = (service.metadata?.finalizers ?? []).filter((name) => name !== FINALIZER)
        const known =
          context.get(api.service, service.metadata?.namespace, service.metadata?.name ?? '') ?? service
        const hasStatus = (known.status?.loadBalancer?.ingress ?? []).length > 0
        done(undefined, [
          ...(hasStatus && !isDeleting(service) ? writeStatus(service, []) : []),
          withFinalizers(service, left),
          tell(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer'),
        ])
      }),
    ),
  ]
}

function withFinalizers(service: Service, finalizers: readonly string[]): Write {
  const body = { metadata: { finalizers: finalizers.length > 0 ? finalizers : null } }
  return patch(api.service, service, { type: 'merge', body }, { tolerate: ['NotFound'] })
}

function writeStatus(service: Service, ingress: readonly api.LoadBalancerIngress[]): Write[] {
  const body = { status: { loadBalancer: ingress.length > 0 ? { ingress } : { ingress: null } } }
  return [
    patch(api.service, service, { type: 'merge', body, subresource: 'status' }, { tolerate: ['NotFound'] }),
  ]
}

function failed(service: Service, verb: string, message: string): Write {
  return tell(
    service,
    'Warning',
    'SyncLoadBalancerFailed',
    `Error syncing load balancer: failed to ${verb} load balancer: ${message}`,
  )
}

const tell = (service: Service, type: 'Normal' | 'Warning', reason: string, message: string): Write =>
  event(api.service, service, type, reason, message)
