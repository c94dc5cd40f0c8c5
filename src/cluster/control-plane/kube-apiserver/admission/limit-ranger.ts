import type { Container, LimitRange, LimitRangeItem, Pod } from '../../../../api/generated/types.ts'
import { limitRange as limitRanges } from '../../../../api/kinds/limit-range.ts'
import { compareQuantities } from '../../../../api/quantity.ts'
import { forbidden, StatusError } from '../../../../api/status.ts'
import type { AdmissionPlugin } from './admission.ts'

const ANNOTATION = 'kubernetes.io/limit-ranger'

/** LimitRanger: containers get the namespace's defaults, and may not ask for less or more than it allows. */
export const limitRanger: AdmissionPlugin = ({ server, kind, info }, object) => {
  if (kind.kind !== 'Pod') return object
  const ranges = server.store.list(limitRanges, info.namespace) as readonly LimitRange[]
  const items = ranges.flatMap(({ spec }) => spec?.limits ?? []).filter(({ type }) => type === 'Container')
  if (items.length === 0) return object
  const pod = items.reduce(withDefaults, object as Pod)
  const faults = items.flatMap((item) =>
    (pod.spec?.containers ?? []).flatMap((container) => faultsOf(item, container)),
  )
  if (faults.length > 0) {
    const text = faults.length === 1 ? faults[0]! : `[${faults.join(', ')}]`
    throw new StatusError(forbidden(kind, pod.metadata?.name ?? '', text))
  }
  return pod
}

type Resources = Readonly<Record<string, string>>

function withDefaults(pod: Pod, item: LimitRangeItem): Pod {
  const notes: string[] = []
  const fill = (given: Resources = {}, defaults: Resources = {}, what: string, name: string): Resources => {
    const missing = Object.keys(defaults)
      .sort()
      .filter((resource) => !Object.hasOwn(given, resource))
    if (missing.length > 0) notes.push(`${missing.join(', ')} ${what} for container ${name}`)
    return { ...given, ...Object.fromEntries(missing.map((resource) => [resource, defaults[resource]!])) }
  }
  const containers = (pod.spec?.containers ?? []).map((container): Container => {
    const requests = fill(container.resources?.requests, item.defaultRequest, 'request', container.name)
    const limits = fill(container.resources?.limits, item.default, 'limit', container.name)
    return {
      ...container,
      resources: { ...container.resources, ...some('limits', limits), ...some('requests', requests) },
    }
  })
  if (notes.length === 0) return pod
  const annotations = {
    ...pod.metadata?.annotations,
    [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}`,
  }
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec: { ...pod.spec!, containers } }
}

const some = (name: string, list: Resources) => (Object.keys(list).length > 0 ? { [name]: list } : {})

function faultsOf({ min = {}, max = {} }: LimitRangeItem, { resources = {} }: Container): readonly string[] {
  const faults: string[] = []
  for (const name of Object.keys(min).sort()) {
    const least = `minimum ${name} usage per Container is ${min[name]}`
    const [request, limit] = [resources.requests?.[name], resources.limits?.[name]]
    if (request === undefined) faults.push(`${least}.  No request is specified`)
    else if (compareQuantities(request, min[name]!) < 0) faults.push(`${least}, but request is ${request}`)
    else if (limit !== undefined && compareQuantities(limit, min[name]!) < 0)
      faults.push(`${least}, but limit is ${limit}`)
  }
  for (const name of Object.keys(max).sort()) {
    const most = `maximum ${name} usage per Container is ${max[name]}`
    const [request, limit] = [resources.requests?.[name], resources.limits?.[name]]
    if (limit === undefined) faults.push(`${most}.  No limit is specified`)
    else if (compareQuantities(limit, max[name]!) > 0) faults.push(`${most}, but limit is ${limit}`)
    else if (request !== undefined && compareQuantities(request, max[name]!) > 0)
      faults.push(`${most}, but request is ${request}`)
  }
  return faults
}
