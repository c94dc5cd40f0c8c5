import type { LimitRange, LimitRangeItem } from '../generated/types.ts'
import { kind } from '../kind.ts'
import { CREATED_AT, NAME } from './shared/columns.ts'

/** For containers, what is given stands in for what is not: max for default, default for defaultRequest, then min. */
function defaultItem(item: LimitRangeItem): LimitRangeItem {
  if (item.type !== 'Container') return item
  const limits = { ...item.max, ...item.default }
  const requests = { ...item.min, ...limits, ...item.defaultRequest }
  return {
    ...item,
    ...(Object.keys(limits).length > 0 ? { default: limits } : {}),
    ...(Object.keys(requests).length > 0 ? { defaultRequest: requests } : {}),
  }
}

/** How much one Pod or container of a namespace may ask for, and what it gets when it does not ask. */
export const limitRange = kind<LimitRange>({
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  namespaced: true,
  columns: [NAME, CREATED_AT],
  defaults: (object) =>
    object.spec
      ? { ...object, spec: { ...object.spec, limits: object.spec.limits.map(defaultItem) } }
      : object,
})
