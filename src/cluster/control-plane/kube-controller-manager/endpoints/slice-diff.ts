import * as api from '../../../../api/index.ts'
import type { Endpoint, EndpointSlice, EndpointSlicePort } from '../../../../api/index.ts'
import { create, equal, nameOf, remove, update, type Write } from '../../../../client/index.ts'
import { annotate } from './trigger-time.ts'

const MAX_ENDPOINTS_PER_SLICE = 100

/** What an endpoint is known by: the UID of its Pod, or its address when it is none of a Pod's. */
export const endpointKey = ({ targetRef, addresses }: Endpoint): string =>
  targetRef?.uid ?? addresses[0] ?? ''

/** Endpoints that share address family and ports, so may share a slice; by `endpointKey`. */
export interface DesiredGroup {
  readonly addressType: string
  readonly ports: readonly EndpointSlicePort[]
  readonly endpoints: ReadonlyMap<string, Endpoint>
}

interface Input {
  readonly existing: readonly EndpointSlice[]
  readonly groups: readonly DesiredGroup[]
  /** Metadata that every slice has. */
  readonly template: Pick<EndpointSlice, 'metadata'>
  readonly triggerTime: string | undefined
}

/** A slice as it shall be. `before` is what it was, if it was. */
interface Plan {
  readonly before: EndpointSlice | undefined
  readonly endpoints: Endpoint[]
  changes: string[]
}

/**
 * The fewest writes that make the slices hold the desired endpoints: what is in a slice stays there, changed ones are
 * replaced in place, new ones fill the slices that are written anyway, then those with room, then new slices.
 */
export function reconcileSlices(input: Input): Write[] {
  const unclaimed = new Set(input.existing)
  const plans = input.groups.flatMap((group) => {
    const mine = [...unclaimed].filter((slice) => belongsTo(slice, group))
    for (const slice of mine) unclaimed.delete(slice)
    return planGroup(group, mine).map((plan) => ({ group, plan }))
  })
  const kept = plans.filter(({ plan, group }) => plan.endpoints.length > 0 || group.endpoints.size === 0)
  const spare = [
    ...unclaimed,
    ...plans.filter((entry) => !kept.includes(entry)).flatMap(({ plan }) => plan.before ?? []),
  ]
  return [
    ...kept.flatMap(({ group, plan }) => {
      // A slice that would be made takes the place of one that would go: one write for two.
      const at = plan.before ? -1 : spare.findIndex((slice) => slice.addressType === group.addressType)
      const before = plan.before ?? (at >= 0 ? spare.splice(at, 1)[0] : undefined)
      return writeSlice({ ...plan, before }, group, input)
    }),
    ...spare.map((slice) =>
      remove(api.endpointSlice, slice, { because: `removed slice ${nameOf(slice)}, it is empty` }),
    ),
  ]
}

function belongsTo(slice: EndpointSlice, group: DesiredGroup): boolean {
  return slice.addressType === group.addressType && equal(slice.ports, group.ports)
}

function planGroup(group: DesiredGroup, slices: readonly EndpointSlice[]): Plan[] {
  const missing = new Map(group.endpoints)
  const plans = slices.map((slice) => planSlice(slice, missing))
  // The fullest first, and before them all those that are written anyway.
  const withRoom = [...plans].sort(
    (a, b) =>
      Number(b.changes.length > 0) - Number(a.changes.length > 0) || b.endpoints.length - a.endpoints.length,
  )
  for (const [uid, endpoint] of missing) {
    let plan = withRoom.find(({ endpoints }) => endpoints.length < MAX_ENDPOINTS_PER_SLICE)
    if (!plan) {
      plan = { before: undefined, endpoints: [], changes: [] }
      plans.push(plan)
      withRoom.unshift(plan)
    }
    plan.endpoints.push(endpoint)
    plan.changes.push(`added ${describe(endpoint)}`)
    missing.delete(uid)
  }
  if (plans.length === 0) plans.push({ before: undefined, endpoints: [], changes: [] })
  return group.endpoints.size === 0 ? plans.slice(0, 1) : plans
}

/** What stays in this slice and what of it changed; takes from `missing` what it holds. */
function planSlice(slice: EndpointSlice, missing: Map<string, Endpoint>): Plan {
  const plan: Plan = { before: slice, endpoints: [], changes: [] }
  for (const endpoint of slice.endpoints ?? []) {
    const uid = endpointKey(endpoint)
    const desired = missing.get(uid)
    if (!desired) {
      plan.changes.push(`removed ${describe(endpoint)}, Pod deleted or no longer selected`)
      continue
    }
    missing.delete(uid)
    plan.endpoints.push(desired)
    if (desired !== endpoint && !equal(desired, endpoint)) plan.changes.push(`changed ${describe(desired)}`)
  }
  return plan
}

function describe({ addresses, conditions, targetRef }: Endpoint): string {
  const state = conditions?.terminating ? 'terminating' : conditions?.ready ? 'ready' : 'not ready'
  return `${addresses[0]} (${targetRef ? `Pod ${targetRef.name}, ` : ''}${state})`
}

function writeSlice({ before, endpoints, changes }: Plan, group: DesiredGroup, input: Input): Write[] {
  const { metadata } = input.template
  const because = changes.join('; ') || 'metadata or ports changed'
  // What is empty is null on the wire, as Go writes a nil slice.
  const content = {
    addressType: group.addressType,
    endpoints: endpoints.length > 0 ? endpoints : (null as unknown as readonly Endpoint[]),
    ports:
      endpoints.length > 0 && group.ports.length > 0
        ? group.ports
        : (null as unknown as readonly EndpointSlicePort[]),
  }
  if (!before) {
    const annotations = annotate(metadata?.annotations, input.triggerTime)
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, annotations },
      ...content,
    }
    return [create(api.endpointSlice, slice, { because })]
  }
  const isSame =
    changes.length === 0 &&
    equal(before.ports, content.ports) &&
    equal(before.metadata?.labels, metadata?.labels)
  if (isSame) return []
  const annotations = annotate(before.metadata?.annotations, input.triggerTime)
  const next = {
    ...before,
    metadata: { ...before.metadata, labels: metadata?.labels ?? {}, annotations },
    ...content,
  }
  return [update(api.endpointSlice, next, { because })]
}
