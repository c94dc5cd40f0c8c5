import type { Pod, Toleration } from '../../../../api/generated/types.ts'
import type { AdmissionPlugin } from './admission.ts'

const SECONDS = 300
const TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

/** DefaultTolerationSeconds: a Pod outlives its node's silence by five minutes, unless it says otherwise. */
export const defaultTolerationSeconds: AdmissionPlugin = ({ kind }, object) => {
  if (kind.kind !== 'Pod') return object
  const pod = object as Pod
  const present = pod.spec?.tolerations ?? []
  const added = TAINTS.filter((taint) => !present.some((toleration) => tolerates(toleration, taint))).map(
    (key): Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: SECONDS }),
  )
  return added.length === 0 ? pod : { ...pod, spec: { ...pod.spec!, tolerations: [...present, ...added] } }
}

const tolerates = ({ key, effect }: Toleration, taint: string) =>
  (!key || key === taint) && (!effect || effect === 'NoExecute')
