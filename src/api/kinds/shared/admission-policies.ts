import type { ParamKind, ParamRef } from '../../generated/types.ts'

/** `apps/v1/Deployment`; `<unset>` for none. */
export const paramKindCell = (kind: ParamKind | undefined): string =>
  kind ? `${kind.apiVersion}/${kind.kind}` : '<unset>'

/** `namespace/name`, or a selector; `<unset>` for none. */
export function paramRefCell(ref: ParamRef | undefined): string {
  if (!ref) return '<unset>'
  if (ref.name) return ref.namespace ? `${ref.namespace}/${ref.name}` : `*/${ref.name}`
  return ref.selector ? `${ref.namespace ?? '*'}/selector` : '<unset>'
}
