import type { PodSpec } from '../../generated/types.ts'

/** Warning texts for what is allowed in a Pod's spec and probably not meant. */
export function podWarnings(field: string, spec: PodSpec | undefined): readonly string[] {
  return [...duplicatePorts(field, spec), ...duplicateEnv(field, spec), ...graceWarnings(field, spec)]
}

function duplicatePorts(field: string, spec: PodSpec | undefined): readonly string[] {
  const seen = new Map<string, string>()
  const found: string[] = []
  spec?.containers?.forEach(({ ports }, index) => {
    ports?.forEach((port, portIndex) => {
      const at = `${field}.containers[${index}].ports[${portIndex}]`
      const key = `${index} ${port.containerPort}/${port.protocol ?? 'TCP'} ${port.hostIP ?? ''} ${port.hostPort ?? 0}`
      const first = seen.get(key)
      if (first) found.push(`${at}: duplicate port definition with ${first}`)
      else seen.set(key, at)
    })
  })
  return found
}

function duplicateEnv(field: string, spec: PodSpec | undefined): readonly string[] {
  return (spec?.containers ?? []).flatMap(({ env = [] }, index) =>
    env.flatMap(({ name, value }, position) => {
      const earlier = env.findIndex((one) => one.name === name)
      if (earlier === position || value?.includes(`$(${name})`)) return []
      return [
        `${field}.containers[${index}].env[${position}]: hides previous definition of "${name}", which may be unexpected`,
      ]
    }),
  )
}

function graceWarnings(field: string, spec: PodSpec | undefined): readonly string[] {
  return (spec?.terminationGracePeriodSeconds ?? 0) < 0
    ? [
        `${field}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
      ]
    : []
}
