import type { Pod } from '../../../api/generated/types.ts'

/** Where a `fieldRef` may look: the Pod, and the addresses its status has only just been given. */
export interface FieldSources {
  readonly pod: Pod
  readonly podIP: string
  readonly hostIP: string
}

/** The value of a `fieldRef`; the empty string for a field that is not set. */
export function fieldValue(fieldPath: string, { pod, podIP, hostIP }: FieldSources): string {
  const { metadata = {}, spec } = pod
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath)
  if (subscript) return metadata[subscript[1] as 'labels']?.[subscript[2]!] ?? ''
  const fields: Readonly<Record<string, () => string | undefined>> = {
    'metadata.name': () => metadata.name,
    'metadata.namespace': () => metadata.namespace,
    'metadata.uid': () => metadata.uid,
    'metadata.labels': () => formatMap(metadata.labels),
    'metadata.annotations': () => formatMap(metadata.annotations),
    'spec.nodeName': () => spec?.nodeName,
    'spec.serviceAccountName': () => spec?.serviceAccountName,
    'status.hostIP': () => hostIP,
    'status.hostIPs': () => hostIP,
    'status.podIP': () => podIP,
    'status.podIPs': () => podIP,
  }
  return fields[fieldPath]?.() ?? ''
}

/** A line `key="value"` for each, sorted: how labels stand in a downward API file. */
function formatMap(map: Readonly<Record<string, string>> = {}): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n')
}
