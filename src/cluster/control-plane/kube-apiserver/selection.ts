import type { Kind } from '../../../api/kind.ts'
import type { KubernetesObject } from '../../../api/resource.ts'
import {
  matches,
  parseFieldSelector,
  parseSelector,
  SelectorError,
  type FieldRequirement,
} from '../../../api/selectors.ts'
import { badRequest, StatusError } from '../../../api/status.ts'
import type { ResourceCall } from './context.ts'
import { queryText } from './options.ts'

/** Which objects of a kind a request wants. */
export interface Selection {
  /** Undefined when everything matches, so that nobody needs to ask. */
  readonly matches: ((object: KubernetesObject) => boolean) | undefined
  /** Set when only one name, or only the Pods of one node, can match. */
  readonly name: string | undefined
  readonly nodeName: string | undefined
  /** Set when only objects with this label can match. */
  readonly label: { readonly key: string; readonly value: string } | undefined
}

/** Reads `labelSelector` and `fieldSelector`. @throws StatusError BadRequest in the real wording. */
export function selectionOf({ kind, request, info }: ResourceCall): Selection {
  const labels = parsed(() => parseSelector(queryText(request, 'labelSelector')))
  const fields = parsed(() => parseFieldSelector(queryText(request, 'fieldSelector')))
  const checks = fields.map((requirement) => fieldCheck(kind, requirement))
  if (labels.length > 0) checks.push((object) => matches(labels, object.metadata?.labels))
  const exact = labels.find(
    ({ operator, values }) =>
      (operator === '=' || operator === '==' || operator === 'in') && values.length === 1,
  )
  const only = (field: string) => fields.find((one) => one.equal && one.field === field)?.value
  return {
    matches: checks.length === 0 ? undefined : (object) => checks.every((check) => check(object)),
    name: info.name !== '' ? info.name : only('metadata.name'),
    nodeName: kind.plural === 'pods' ? only('spec.nodeName') : undefined,
    label: exact && { key: exact.key, value: exact.values[0]! },
  }
}

function parsed<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof SelectorError) throw new StatusError(badRequest(error.message))
    throw error
  }
}

function fieldCheck(
  kind: Kind,
  { field, equal, value }: FieldRequirement,
): (object: KubernetesObject) => boolean {
  if (field === 'metadata.name') return (object) => (object.metadata?.name === value) === equal
  if (field === 'metadata.namespace' && kind.namespaced)
    return (object) => (object.metadata?.namespace === value) === equal
  const selectable = kind.selectableFields.find(({ path }) => path === field)
  if (!selectable) throw new StatusError(badRequest(`field label not supported: ${field}`))
  return (object) => (selectable.value(object) === value) === equal
}
