import type { ConfigMap, Container, EnvVar, Pod, Secret, Service } from '../../../api/generated/types.ts'
import { fieldValue } from './downward-api.ts'
import { resourceValue } from './resources.ts'
import { decodeBase64 } from '../../../encoding/base64.ts'

/** What an environment is made from besides the container itself. */
export interface EnvironmentSources {
  readonly pod: Pod
  readonly podIP: string
  readonly hostIP: string
  readonly services: readonly Service[]
  readonly allocatable: Readonly<Record<string, string>>
  configMap(name: string): ConfigMap | undefined
  secret(name: string): Secret | undefined
}

/** Why a container cannot be configured: its text is the message of `CreateContainerConfigError`. */
export class ConfigError extends Error {}

/**
 * The variables of one container, in the order Kubernetes documents: Services first, then `envFrom`, then `env` in
 * which a later entry may use an earlier one as `$(NAME)`.
 * @throws ConfigError a reference that is not optional leads nowhere
 */
export function containerEnvironment(container: Container, sources: EnvironmentSources): Map<string, string> {
  const declared = new Map<string, string>()
  for (const source of container.envFrom ?? []) {
    const data = source.configMapRef
      ? configMapData(source.configMapRef, sources)
      : secretData(source.secretRef ?? {}, sources)
    for (const [key, value] of Object.entries(data)) declared.set((source.prefix ?? '') + key, value)
  }
  const services = serviceVariables(sources)
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom
      ? referencedValue(variable, container, sources)
      : expand(variable.value ?? '', (name) => declared.get(name) ?? services.get(name))
    if (value !== undefined) declared.set(variable.name, value)
  }
  for (const [name, value] of services) if (!declared.has(name)) declared.set(name, value)
  return declared
}

/** `$(NAME)` becomes the variable's value, stays as it is when there is none; `$$` is a dollar sign. */
export function expand(text: string, lookup: (name: string) => string | undefined): string {
  if (!text.includes('$')) return text
  return text.replace(/\$\$|\$\(([^()]*)\)/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (lookup(name) ?? whole),
  )
}

function referencedValue(
  variable: EnvVar,
  container: Container,
  sources: EnvironmentSources,
): string | undefined {
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = variable.valueFrom!
  if (fieldRef) return fieldValue(fieldRef.fieldPath, sources)
  if (resourceFieldRef) return resourceValue(resourceFieldRef, container, sources.pod, sources.allocatable)
  if (configMapKeyRef) {
    const data = configMapData(configMapKeyRef, sources)
    const value = data[configMapKeyRef.key]
    if (value !== undefined || configMapKeyRef.optional) return value
    throw new ConfigError(
      `couldn't find key ${configMapKeyRef.key} in ConfigMap ${namespaceOf(sources)}/${configMapKeyRef.name}`,
    )
  }
  if (secretKeyRef) {
    const data = secretData(secretKeyRef, sources)
    const value = data[secretKeyRef.key]
    if (value !== undefined || secretKeyRef.optional) return value
    throw new ConfigError(
      `couldn't find key ${secretKeyRef.key} in Secret ${namespaceOf(sources)}/${secretKeyRef.name}`,
    )
  }
  return undefined
}

const namespaceOf = ({ pod }: EnvironmentSources) => pod.metadata?.namespace ?? ''

type Reference = { readonly name?: string; readonly optional?: boolean }

function configMapData(reference: Reference, sources: EnvironmentSources): Readonly<Record<string, string>> {
  const configMap = sources.configMap(reference.name ?? '')
  if (configMap) return configMap.data ?? {}
  if (reference.optional) return {}
  throw new ConfigError(`configmap "${reference.name}" not found`)
}

function secretData(reference: Reference, sources: EnvironmentSources): Readonly<Record<string, string>> {
  const secret = sources.secret(reference.name ?? '')
  if (!secret) {
    if (reference.optional) return {}
    throw new ConfigError(`secret "${reference.name}" not found`)
  }
  return Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([key, value]) => [key, decodeBase64(value) ?? '']),
  )
}

/** Worked out once for each version of a Service, not for each container. */
const ofServices = new WeakMap<Service, ReturnType<typeof variablesOfService>>()

/** Services with a cluster IP: the Pod's namespace's own (`enableServiceLinks`), and default/kubernetes always. */
function serviceVariables({ pod, services }: EnvironmentSources): Map<string, string> {
  const namespace = pod.metadata?.namespace
  const links = pod.spec?.enableServiceLinks !== false
  const variables = new Map<string, string>()
  const ofService = (service: Service) => {
    let own = ofServices.get(service)
    if (!own) ofServices.set(service, (own = variablesOfService(service)))
    for (const [name, value] of own) variables.set(name, value)
  }
  for (const service of services) if (isMaster(service)) ofService(service)
  for (const service of services) if (links && service.metadata?.namespace === namespace) ofService(service)
  return variables
}

const isMaster = ({ metadata }: Service) =>
  metadata?.namespace === 'default' && metadata.name === 'kubernetes'

/** What one Service contributes, as Docker links did. */
export function variablesOfService(service: Service): readonly (readonly [string, string])[] {
  const { clusterIP, ports = [] } = service.spec ?? {}
  if (!clusterIP || clusterIP === 'None' || ports.length === 0) return []
  const upper = (name: string) => name.toUpperCase().replaceAll('-', '_')
  const prefix = upper(service.metadata?.name ?? '')
  const address = clusterIP.includes(':') ? `[${clusterIP}]` : clusterIP
  const first = ports[0]!
  const protocolOf = (protocol = 'TCP') => protocol.toLowerCase()
  return [
    [`${prefix}_SERVICE_HOST`, clusterIP],
    [`${prefix}_SERVICE_PORT`, String(first.port)],
    ...ports.flatMap(({ name, port }) =>
      name ? [[`${prefix}_SERVICE_PORT_${upper(name)}`, String(port)] as const] : [],
    ),
    [`${prefix}_PORT`, `${protocolOf(first.protocol)}://${address}:${first.port}`],
    ...ports.flatMap(({ port, protocol }) => {
      const base = `${prefix}_PORT_${port}_${(protocol ?? 'TCP').toUpperCase()}`
      return [
        [base, `${protocolOf(protocol)}://${address}:${port}`],
        [`${base}_PROTO`, protocolOf(protocol)],
        [`${base}_PORT`, String(port)],
        [`${base}_ADDR`, clusterIP],
      ] as const
    }),
  ]
}
