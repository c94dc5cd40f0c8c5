import type { KubeObject } from '../api.ts'

/** The change makes no sense for this object; its name is put before. */
export class UnfitError extends Error {}

/** `*v1.Service`. */
function goTypeOf({ apiVersion, kind }: KubeObject): string {
  return `*${String(apiVersion).split('/').at(-1)}.${kind}`
}

/** Changes the Pod specification inside a Pod, a workload or a CronJob. @throws UnfitError for what has none */
export function withPodSpec(object: KubeObject, change: (spec: KubeObject) => KubeObject): KubeObject {
  if (object.kind === 'Pod') return { ...object, spec: change(object.spec) }
  if (object.kind === 'CronJob') {
    const inner = withPodSpec({ ...object.spec.jobTemplate, kind: 'Job' }, change)
    return {
      ...object,
      spec: { ...object.spec, jobTemplate: { ...object.spec.jobTemplate, spec: inner.spec } },
    }
  }
  if (!object.spec?.template?.spec)
    throw new UnfitError(`the object is not a pod or does not have a pod template: ${goTypeOf(object)}`)
  const template = { ...object.spec.template, spec: change(object.spec.template.spec) }
  return { ...object, spec: { ...object.spec, template } }
}
