import * as api from '../../../api/index.ts'
import type { Condition, IPAddress, ServiceCIDR } from '../../../api/index.ts'
import { parseCidr, parseIPv4 } from '../../../api/ip.ts'
import { controller, isDeleting, nameOf, update, updateStatus, watch } from '../../../client/index.ts'
import { formatTimestamp } from '../../../encoding/time.ts'

const FINALIZER = 'networking.k8s.io/service-cidr-finalizer'

type Readiness = Pick<Condition, 'status' | 'reason' | 'message'>

const READY: Readiness = { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }
const IN_USE: Readiness = {
  status: 'False',
  reason: 'Terminating',
  message:
    'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
}

/** Holds a range of Service addresses for as long as one of them is in use and no other range has it. */
export const serviceCidr = controller<ServiceCIDR>({
  name: 'service-cidr-controller',
  for: api.serviceCIDR,
  watches: [
    watch<IPAddress>(
      api.ipAddress,
      (_, context) => context.list(api.serviceCIDR).filter(isDeleting).map(nameOf),
      (next) => next === undefined,
    ),
  ],
  reconcile(range, context) {
    const finalizers = range.metadata?.finalizers ?? []
    const withFinalizers = (wanted: readonly string[]) =>
      update(api.serviceCIDR, { ...range, metadata: { ...range.metadata, finalizers: [...wanted] } })
    if (!isDeleting(range)) {
      if (!finalizers.includes(FINALIZER)) return [withFinalizers([...finalizers, FINALIZER])]
      return withReadiness(range, READY, context.nowMs)
    }
    const others = context.list(api.serviceCIDR).filter((other) => !isDeleting(other))
    const isHeld = context
      .list(api.ipAddress)
      .some(
        (address) => holds(range, nameOf(address)) && !others.some((other) => holds(other, nameOf(address))),
      )
    if (isHeld) return withReadiness(range, IN_USE, context.nowMs)
    return finalizers.includes(FINALIZER)
      ? [withFinalizers(finalizers.filter((each) => each !== FINALIZER))]
      : []
  },
})

function holds({ spec }: ServiceCIDR, address: string): boolean {
  const value = parseIPv4(address)
  return (spec?.cidrs ?? []).some((text) => {
    const cidr = parseCidr(text)
    return value !== undefined && cidr && value >= cidr.base && value < cidr.base + cidr.size
  })
}

function withReadiness(range: ServiceCIDR, readiness: Readiness, nowMs: number) {
  const current = range.status?.conditions?.find(({ type }) => type === 'Ready')
  if (current?.status === readiness.status && current.reason === readiness.reason) return []
  const condition = { type: 'Ready', ...readiness, lastTransitionTime: formatTimestamp(nowMs) }
  return [updateStatus(api.serviceCIDR, { ...range, status: { conditions: [condition] } })]
}
