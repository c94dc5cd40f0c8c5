import type { FieldErrors } from '../../field-errors.ts'
import type {
  Container,
  PodSpec,
  PodTemplateSpec,
  ResourceRequirements,
  Volume,
} from '../../generated/types.ts'
import { validateAnnotations, validateLabels } from '../../object-meta.ts'
import {
  checkDns1123Label,
  checkDns1123Subdomain,
  checkLabelValue,
  checkPortName,
  checkPortNumber,
  checkQualifiedName,
} from '../../names.ts'
import { compareQuantities, quantityValue } from '../../quantity.ts'
import { validateEnv, validateEnvFrom } from './env-validation.ts'
import { validateProbes } from './probe-validation.ts'

/** Which restart policies a kind allows, and what the fault says. */
export type RestartPolicies = readonly ('Always' | 'OnFailure' | 'Never')[]

export function validatePodTemplate(field: string, template: PodTemplateSpec, errors: FieldErrors): void {
  validateLabels(`${field}.metadata.labels`, template.metadata?.labels, errors)
  validateAnnotations(`${field}.metadata.annotations`, template.metadata?.annotations, errors)
  validatePodSpec(`${field}.spec`, template.spec ?? { containers: [] }, errors)
}

/** The faults of a Pod's spec, in the order of the real validation. */
export function validatePodSpec(field: string, spec: PodSpec, errors: FieldErrors): void {
  const volumes = validateVolumes(`${field}.volumes`, spec.volumes ?? [], errors)
  const seen = new Set<string>()
  if (!spec.containers?.length) errors.required(`${field}.containers`)
  validateContainers(`${field}.containers`, spec.containers ?? [], volumes, seen, errors)
  validateContainers(`${field}.initContainers`, spec.initContainers ?? [], volumes, seen, errors)
  const targets = new Set(seen)
  validateContainers(`${field}.ephemeralContainers`, spec.ephemeralContainers ?? [], volumes, seen, errors)
  for (const [index, { targetContainerName }] of (spec.ephemeralContainers ?? []).entries()) {
    if (targetContainerName && !targets.has(targetContainerName))
      errors.notFound(`${field}.ephemeralContainers[${index}].targetContainerName`, targetContainerName)
  }
  if (!['Always', 'OnFailure', 'Never'].includes(spec.restartPolicy ?? '')) {
    errors.notSupported(`${field}.restartPolicy`, spec.restartPolicy ?? '', ['Always', 'OnFailure', 'Never'])
  }
  const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
  if (!dnsPolicies.includes(spec.dnsPolicy ?? ''))
    errors.notSupported(`${field}.dnsPolicy`, spec.dnsPolicy ?? '', dnsPolicies)
  if (spec.dnsPolicy === 'None' && !spec.dnsConfig?.nameservers?.length) {
    errors.required(
      `${field}.dnsConfig.nameservers`,
      'must provide at least one DNS nameserver when `dnsPolicy` is None',
    )
  }
  validateLabels(`${field}.nodeSelector`, spec.nodeSelector, errors)
  validateHostNetworkPorts(field, spec, errors)
  if (spec.serviceAccountName)
    errors.invalid(
      `${field}.serviceAccountName`,
      spec.serviceAccountName,
      ...checkDns1123Subdomain(spec.serviceAccountName),
    )
  if (spec.nodeName)
    errors.invalid(`${field}.nodeName`, spec.nodeName, ...checkDns1123Subdomain(spec.nodeName))
  if (spec.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds < 1) {
    errors.invalid(
      `${field}.activeDeadlineSeconds`,
      spec.activeDeadlineSeconds,
      'must be between 1 and 2147483647, inclusive',
    )
  }
  if (spec.hostname) errors.invalid(`${field}.hostname`, spec.hostname, ...checkDns1123Label(spec.hostname))
  if (spec.subdomain)
    errors.invalid(`${field}.subdomain`, spec.subdomain, ...checkDns1123Label(spec.subdomain))
  validateTolerations(`${field}.tolerations`, spec, errors)
  if (spec.priorityClassName)
    errors.invalid(
      `${field}.priorityClassName`,
      spec.priorityClassName,
      ...checkDns1123Subdomain(spec.priorityClassName),
    )
}

function validateVolumes(
  field: string,
  volumes: readonly Volume[],
  errors: FieldErrors,
): ReadonlySet<string> {
  const names = new Set<string>()
  volumes.forEach((volume, index) => {
    const at = `${field}[${index}]`
    const before = errors.list.length
    const sources = Object.keys(volume).filter((key) => key !== 'name')
    for (const extra of sources.slice(1))
      errors.forbidden(`${at}.${extra}`, 'may not specify more than 1 volume type')
    if (sources.length === 0) errors.required(at, 'must specify a volume type')
    if (volume.secret && !volume.secret.secretName) errors.required(`${at}.secret.secretName`)
    if (volume.configMap && !volume.configMap.name) errors.required(`${at}.configMap.name`)
    if (volume.persistentVolumeClaim && !volume.persistentVolumeClaim.claimName)
      errors.required(`${at}.persistentVolumeClaim.claimName`)
    if (volume.hostPath && !volume.hostPath.path) errors.required(`${at}.hostPath.path`)
    if (!volume.name) errors.required(`${at}.name`)
    else errors.invalid(`${at}.name`, volume.name, ...checkDns1123Label(volume.name))
    if (volume.name && names.has(volume.name)) errors.duplicate(`${at}.name`, volume.name)
    // A volume at fault does not count: its name may be given again, and may not be mounted.
    if (errors.list.length === before) names.add(volume.name)
  })
  return names
}

function validateContainers(
  field: string,
  containers: readonly Container[],
  volumes: ReadonlySet<string>,
  names: Set<string>,
  errors: FieldErrors,
): void {
  containers.forEach((container, index) => {
    const at = `${field}[${index}]`
    validateContainer(at, container, volumes, errors)
    if (names.has(container.name)) errors.duplicate(`${at}.name`, container.name)
    else if (container.name) names.add(container.name)
  })
}

function validateContainer(
  at: string,
  container: Container,
  volumes: ReadonlySet<string>,
  errors: FieldErrors,
): void {
  if (!container.name) errors.required(`${at}.name`)
  else errors.invalid(`${at}.name`, container.name, ...checkDns1123Label(container.name))
  if (!container.image) errors.required(`${at}.image`)
  const policies = ['File', 'FallbackToLogsOnError']
  if (!policies.includes(container.terminationMessagePolicy ?? '')) {
    errors.notSupported(`${at}.terminationMessagePolicy`, container.terminationMessagePolicy ?? '', [
      'FallbackToLogsOnError',
      'File',
    ])
  }
  validatePorts(`${at}.ports`, container, errors)
  validateEnv(`${at}.env`, container.env ?? [], errors)
  validateEnvFrom(`${at}.envFrom`, container.envFrom ?? [], errors)
  validateMounts(`${at}.volumeMounts`, container, volumes, errors)
  const pulls = ['Always', 'IfNotPresent', 'Never']
  if (!pulls.includes(container.imagePullPolicy ?? ''))
    errors.notSupported(`${at}.imagePullPolicy`, container.imagePullPolicy ?? '', pulls)
  validateResources(`${at}.resources`, container.resources ?? {}, errors)
  validateProbes(at, container, errors)
}

function validatePorts(field: string, { ports = [] }: Container, errors: FieldErrors): void {
  const names = new Set<string>()
  ports.forEach((port, index) => {
    const at = `${field}[${index}]`
    if (port.name) {
      errors.invalid(`${at}.name`, port.name, ...checkPortName(port.name))
      if (names.has(port.name)) errors.duplicate(`${at}.name`, port.name)
      names.add(port.name)
    }
    if (!port.containerPort) errors.required(`${at}.containerPort`)
    else errors.invalid(`${at}.containerPort`, port.containerPort, ...checkPortNumber(port.containerPort))
    if (port.hostPort) errors.invalid(`${at}.hostPort`, port.hostPort, ...checkPortNumber(port.hostPort))
    if (!PROTOCOLS.includes(port.protocol ?? ''))
      errors.notSupported(`${at}.protocol`, port.protocol ?? '', PROTOCOLS)
  })
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

function validateMounts(
  field: string,
  { volumeMounts = [] }: Container,
  volumes: ReadonlySet<string>,
  errors: FieldErrors,
): void {
  const paths = new Set<string>()
  volumeMounts.forEach((mount, index) => {
    const at = `${field}[${index}]`
    if (!mount.name) errors.required(`${at}.name`)
    else if (!volumes.has(mount.name)) errors.notFound(`${at}.name`, mount.name)
    if (!mount.mountPath) errors.required(`${at}.mountPath`)
    else if (paths.has(mount.mountPath)) errors.invalid(`${at}.mountPath`, mount.mountPath, 'must be unique')
    paths.add(mount.mountPath)
    if (mount.subPath?.startsWith('/'))
      errors.invalid(`${at}.subPath`, mount.subPath, 'must be a relative path')
    if (mount.subPath?.split('/').includes('..'))
      errors.invalid(`${at}.subPath`, mount.subPath, "must not contain '..'")
  })
}

/** Resources that containers may ask for without a domain prefix. */
const STANDARD_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage'])

function validateResources(
  field: string,
  { limits = {}, requests = {} }: ResourceRequirements,
  errors: FieldErrors,
): void {
  for (const [part, list] of [
    ['limits', limits],
    ['requests', requests],
  ] as const) {
    for (const [name, quantity] of Object.entries(list)) {
      const at = `${field}.${part}`
      const standard = STANDARD_RESOURCES.has(name) || name.startsWith('hugepages-') || name.includes('/')
      errors.invalid(at, name, ...checkQualifiedName(name))
      if (!standard && checkQualifiedName(name).length === 0) {
        errors.invalid(
          at,
          name,
          'must be a standard resource type or fully qualified',
          'must be a standard resource for containers',
        )
      }
      if (quantityValue(quantity) < 0)
        errors.invalid(`${at}[${name}]`, quantity, 'must be greater than or equal to 0')
      const limit = limits[name]
      if (part === 'requests' && limit !== undefined && compareQuantities(quantity, limit) > 0) {
        errors.invalid(at, quantity, `must be less than or equal to ${name} limit of ${limit}`)
      }
    }
  }
}

function validateHostNetworkPorts(field: string, spec: PodSpec, errors: FieldErrors): void {
  const used = new Set<string>()
  spec.containers?.forEach((container, index) => {
    container.ports?.forEach((port, portIndex) => {
      const at = `${field}.containers[${index}].ports[${portIndex}]`
      if (spec.hostNetwork && port.hostPort && port.hostPort !== port.containerPort) {
        errors.invalid(
          `${at}.hostPort`,
          port.hostPort,
          'must match `containerPort` when `hostNetwork` is true',
        )
      }
      if (!port.hostPort) return
      const key = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`
      if (used.has(key)) errors.duplicate(`${at}.hostPort`, key)
      used.add(key)
    })
  })
}

function validateTolerations(field: string, { tolerations = [] }: PodSpec, errors: FieldErrors): void {
  tolerations.forEach((toleration, index) => {
    const at = `${field}[${index}]`
    const { key, operator = 'Equal', value, effect, tolerationSeconds } = toleration
    if (key) errors.invalid(`${at}.key`, key, ...checkQualifiedName(key))
    if (!key && operator !== 'Exists')
      errors.invalid(
        `${at}.operator`,
        operator,
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      )
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.invalid(
        `${at}.effect`,
        effect ?? '',
        "effect must be 'NoExecute' when `tolerationSeconds` is set",
      )
    }
    if (operator === 'Equal' && value) errors.invalid(`${at}.operator`, value, ...checkLabelValue(value))
    else if (operator === 'Exists' && value)
      errors.invalid(`${at}.operator`, toleration, "value must be empty when `operator` is 'Exists'")
    else if (operator !== 'Equal' && operator !== 'Exists')
      errors.notSupported(`${at}.operator`, operator, ['Equal', 'Exists'])
    if (effect && !EFFECTS.includes(effect)) errors.notSupported(`${at}.effect`, effect, EFFECTS)
  })
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']
