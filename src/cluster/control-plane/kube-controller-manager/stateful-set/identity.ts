import * as api from '../../../../api/index.ts'
import type { PersistentVolumeClaim, Pod, StatefulSet, Volume } from '../../../../api/index.ts'
import { nameOf, namespaceOf } from '../../../../client/index.ts'
import { podFromTemplate } from '../pods.ts'
import { HASH_LABEL } from '../revisions.ts'

const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name'
const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index'

/** The number at the end of a Pod's name; -1 when the name is none of this StatefulSet's. */
export function ordinalOf(statefulSet: StatefulSet, pod: Pod): number {
  const prefix = `${nameOf(statefulSet)}-`
  const text = nameOf(pod).startsWith(prefix) ? nameOf(pod).slice(prefix.length) : ''
  return /^\d+$/.test(text) ? Number(text) : -1
}

const claimName = (template: PersistentVolumeClaim, podName: string): string =>
  `${nameOf(template)}-${podName}`

/** The Pod with that number: its name, its host name, and its own volumes. */
export function podWithIdentity(
  statefulSet: StatefulSet,
  ordinal: number,
  revision: string,
  template = statefulSet.spec!.template,
): Pod {
  const name = `${nameOf(statefulSet)}-${ordinal}`
  const pod = podFromTemplate(template, statefulSet, api.statefulSet, name)
  const claims = statefulSet.spec?.volumeClaimTemplates ?? []
  const volumes: Volume[] = claims.map((claim) => ({
    name: nameOf(claim),
    persistentVolumeClaim: { claimName: claimName(claim, name) },
  }))
  const others = (pod.spec?.volumes ?? []).filter(
    ({ name }) => !volumes.some((volume) => volume.name === name),
  )
  const serviceName = statefulSet.spec?.serviceName
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      generateName: `${nameOf(statefulSet)}-`,
      labels: {
        ...pod.metadata?.labels,
        [HASH_LABEL]: revision,
        [POD_NAME_LABEL]: name,
        [POD_INDEX_LABEL]: String(ordinal),
      },
    },
    spec: {
      ...pod.spec!,
      hostname: name,
      ...(serviceName && { subdomain: serviceName }),
      ...((volumes.length > 0 || others.length > 0) && { volumes: [...others, ...volumes] }),
    },
  }
}

/** The claims that the Pod with that number needs. They outlive it. */
export function claimsFor(statefulSet: StatefulSet, ordinal: number): PersistentVolumeClaim[] {
  const podName = `${nameOf(statefulSet)}-${ordinal}`
  return (statefulSet.spec?.volumeClaimTemplates ?? []).map((template) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName(template, podName),
      namespace: namespaceOf(statefulSet),
      labels: { ...template.metadata?.labels, ...statefulSet.spec?.selector?.matchLabels },
      ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
    },
    ...(template.spec && { spec: template.spec }),
  }))
}
