import type {
  Container,
  EnvVar,
  HTTPGetAction,
  Lifecycle,
  LifecycleHandler,
  PodSpec,
  PodTemplateSpec,
  Probe,
  Volume,
} from '../../generated/types.ts'

const FILE_MODE = 420

/** What a Pod's spec says when it says nothing. The same for Pods and templates. */
export function defaultPodSpec(spec: PodSpec): PodSpec {
  const account = spec.serviceAccountName ?? spec.serviceAccount
  return {
    ...spec,
    ...(spec.volumes ? { volumes: spec.volumes.map(defaultVolume) } : {}),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(defaultContainer) } : {}),
    ...(spec.ephemeralContainers
      ? { ephemeralContainers: spec.ephemeralContainers.map(defaultContainer) }
      : {}),
    containers: (spec.containers ?? []).map(defaultContainer),
    restartPolicy: spec.restartPolicy ?? 'Always',
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
    ...(account === undefined ? {} : { serviceAccountName: account, serviceAccount: account }),
    securityContext: spec.securityContext ?? {},
    schedulerName: spec.schedulerName ?? 'default-scheduler',
  }
}

const done = new WeakMap<PodTemplateSpec, PodTemplateSpec>()

/** The template with defaults; the same reference when it had them, so that what did not change is seen at once. */
export function defaultPodTemplate(template: PodTemplateSpec | undefined): PodTemplateSpec {
  if (!template) return { metadata: {}, spec: defaultPodSpec({ containers: [] }) }
  if (done.get(template) === template) return template
  const defaulted = {
    ...template,
    metadata: template.metadata ?? {},
    spec: defaultPodSpec(template.spec ?? { containers: [] }),
  }
  done.set(defaulted, defaulted)
  return defaulted
}

function defaultContainer<T extends Container>(container: T): T {
  const { ports, env, livenessProbe, readinessProbe, startupProbe, lifecycle } = container
  return {
    ...container,
    ...(ports ? { ports: ports.map((port) => (port.protocol ? port : { ...port, protocol: 'TCP' })) } : {}),
    ...(env ? { env: env.map(defaultEnv) } : {}),
    resources: container.resources ?? {},
    ...(livenessProbe ? { livenessProbe: defaultProbe(livenessProbe) } : {}),
    ...(readinessProbe ? { readinessProbe: defaultProbe(readinessProbe) } : {}),
    ...(startupProbe ? { startupProbe: defaultProbe(startupProbe) } : {}),
    ...(lifecycle ? { lifecycle: defaultLifecycle(lifecycle) } : {}),
    terminationMessagePath: container.terminationMessagePath ?? '/dev/termination-log',
    terminationMessagePolicy: container.terminationMessagePolicy ?? 'File',
    imagePullPolicy: container.imagePullPolicy ?? pullPolicyOf(container.image ?? ''),
  }
}

/** `Always` for `latest` and for no tag at all. */
function pullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  if (image.includes('@')) return 'IfNotPresent'
  const tag = /:([^/:]+)$/.exec(image)?.[1] ?? 'latest'
  return tag === 'latest' ? 'Always' : 'IfNotPresent'
}

function defaultEnv(variable: EnvVar): EnvVar {
  const { valueFrom } = variable
  if (valueFrom?.fieldRef && !valueFrom.fieldRef.apiVersion) {
    return { ...variable, valueFrom: { ...valueFrom, fieldRef: { ...valueFrom.fieldRef, apiVersion: 'v1' } } }
  }
  if (valueFrom?.resourceFieldRef && !valueFrom.resourceFieldRef.divisor) {
    return {
      ...variable,
      valueFrom: { ...valueFrom, resourceFieldRef: { ...valueFrom.resourceFieldRef, divisor: '0' } },
    }
  }
  return variable
}

function defaultProbe(probe: Probe): Probe {
  return {
    ...probe,
    ...(probe.httpGet ? { httpGet: defaultHttpGet(probe.httpGet) } : {}),
    ...(probe.grpc ? { grpc: { ...probe.grpc, service: probe.grpc.service ?? '' } } : {}),
    timeoutSeconds: probe.timeoutSeconds || 1,
    periodSeconds: probe.periodSeconds || 10,
    successThreshold: probe.successThreshold || 1,
    failureThreshold: probe.failureThreshold || 3,
  }
}

const defaultHttpGet = (action: HTTPGetAction): HTTPGetAction => ({
  ...action,
  path: action.path || '/',
  scheme: action.scheme || 'HTTP',
})

function defaultLifecycle(lifecycle: Lifecycle): Lifecycle {
  const handler = (one: LifecycleHandler): LifecycleHandler =>
    one.httpGet ? { ...one, httpGet: defaultHttpGet(one.httpGet) } : one
  return {
    ...lifecycle,
    ...(lifecycle.postStart ? { postStart: handler(lifecycle.postStart) } : {}),
    ...(lifecycle.preStop ? { preStop: handler(lifecycle.preStop) } : {}),
  }
}

function defaultVolume(volume: Volume): Volume {
  const { configMap, secret, projected, downwardAPI, hostPath, image } = volume
  if (Object.keys(volume).every((key) => key === 'name')) return { ...volume, emptyDir: {} }
  if (configMap)
    return { ...volume, configMap: { ...configMap, defaultMode: configMap.defaultMode ?? FILE_MODE } }
  if (secret) return { ...volume, secret: { ...secret, defaultMode: secret.defaultMode ?? FILE_MODE } }
  if (hostPath) return { ...volume, hostPath: { ...hostPath, type: hostPath.type ?? '' } }
  if (image)
    return {
      ...volume,
      image: { ...image, pullPolicy: image.pullPolicy ?? pullPolicyOf(image.reference ?? '') },
    }
  if (downwardAPI) {
    const items = downwardAPI.items?.map(defaultDownwardItem)
    return {
      ...volume,
      downwardAPI: {
        ...downwardAPI,
        ...(items ? { items } : {}),
        defaultMode: downwardAPI.defaultMode ?? FILE_MODE,
      },
    }
  }
  if (!projected) return volume
  const sources = projected.sources?.map((source) => {
    if (source.serviceAccountToken) {
      const { expirationSeconds = 3600 } = source.serviceAccountToken
      return { ...source, serviceAccountToken: { ...source.serviceAccountToken, expirationSeconds } }
    }
    return source.downwardAPI?.items
      ? { ...source, downwardAPI: { items: source.downwardAPI.items.map(defaultDownwardItem) } }
      : source
  })
  return {
    ...volume,
    projected: {
      ...projected,
      ...(sources ? { sources } : {}),
      defaultMode: projected.defaultMode ?? FILE_MODE,
    },
  }
}

function defaultDownwardItem<
  T extends { readonly fieldRef?: { readonly apiVersion?: string; readonly fieldPath: string } },
>(item: T): T {
  return item.fieldRef && !item.fieldRef.apiVersion
    ? { ...item, fieldRef: { ...item.fieldRef, apiVersion: 'v1' } }
    : item
}
