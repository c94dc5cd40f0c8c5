import type { KubeObject } from '../../api.ts'
import { parseQuantity } from '../quantity.ts'
import { rfc1123 } from '../time.ts'
import type { Lines } from './lines.ts'

/** The containers of a Pod or a template. `statuses` is undefined for a template. */
export function addContainers(
  lines: Lines,
  level: number,
  title: string,
  containers: readonly KubeObject[] | undefined,
  statuses: readonly KubeObject[] | undefined,
  pod?: KubeObject,
): void {
  if (!containers?.length && title !== 'Containers') return
  const none = containers?.length ? '' : '\t<none>'
  lines.add(level, `${title}:${none}`)
  const inner = pod ? level + 1 : level
  for (const container of containers ?? []) {
    // Templates stand one space further in than a level.
    const space = pod ? '' : ' '
    lines.add(inner, `${space}${container.name}:`)
    addContainer(
      lines,
      inner + 1,
      container,
      statuses?.find((status) => status.name === container.name),
      pod,
    )
  }
}

function addContainer(
  lines: Lines,
  level: number,
  container: KubeObject,
  status: KubeObject | undefined,
  pod: KubeObject | undefined,
): void {
  if (status) lines.add(level, `Container ID:\t${status.containerID ?? ''}`)
  lines.add(level, `Image:\t${container.image ?? ''}`)
  if (status) lines.add(level, `Image ID:\t${status.imageID ?? ''}`)
  const ports: KubeObject[] = container.ports ?? []
  const plural = ports.length > 1 ? 's' : ''
  const name = (port: KubeObject): string => (port.name ? ` (${port.name})` : '')
  lines.add(
    level,
    `Port${plural}:\t${ports.map((port) => `${port.containerPort}/${port.protocol ?? 'TCP'}${name(port)}`).join(', ') || '<none>'}`,
  )
  lines.add(
    level,
    `Host Port${plural}:\t${ports.map((port) => `${port.hostPort ?? 0}/${port.protocol ?? 'TCP'}${name(port)}`).join(', ') || '<none>'}`,
  )
  if (container.securityContext?.seccompProfile)
    lines.add(level, `SeccompProfile:\t${container.securityContext.seccompProfile.type}`)
  addWords(lines, level, 'Command', container.command)
  addWords(lines, level, 'Args', container.args)
  if (status) addState(lines, level, status)
  addResources(lines, level, container.resources)
  for (const probe of ['liveness', 'readiness', 'startup']) {
    const spec = container[`${probe}Probe`] as KubeObject | undefined
    if (spec) lines.add(level, `${probe[0]!.toUpperCase()}${probe.slice(1)}:\t${probeText(spec)}`)
  }
  addEnvironmentFrom(lines, level, container.envFrom)
  addEnvironment(lines, level, container, pod)
  addMounts(lines, level, container)
}

function addWords(lines: Lines, level: number, title: string, words: readonly string[] | undefined): void {
  if (!words?.length) return
  lines.add(level, `${title}:`)
  for (const word of words) for (const line of word.split('\n')) lines.add(level + 1, line)
}

function addState(lines: Lines, level: number, status: KubeObject): void {
  describeState(lines, level, 'State', status.state ?? {})
  if (status.lastState?.terminated) describeState(lines, level, 'Last State', status.lastState)
  lines.add(level, `Ready:\t${status.ready ? 'True' : 'False'}`)
  lines.add(level, `Restart Count:\t${status.restartCount ?? 0}`)
}

function describeState(lines: Lines, level: number, title: string, state: KubeObject): void {
  if (state.running) {
    lines.add(level, `${title}:\tRunning`)
    lines.add(level + 1, `Started:\t${rfc1123(state.running.startedAt ?? '')}`)
  } else if (state.terminated) {
    const ended = state.terminated
    lines.add(level, `${title}:\tTerminated`)
    if (ended.reason) lines.add(level + 1, `Reason:\t${ended.reason}`)
    if (ended.message) lines.add(level + 1, `Message:\t${ended.message}`)
    lines.add(level + 1, `Exit Code:\t${ended.exitCode ?? 0}`)
    if (ended.signal > 0) lines.add(level + 1, `Signal:\t${ended.signal}`)
    lines.add(level + 1, `Started:\t${startText(ended.startedAt)}`)
    lines.add(level + 1, `Finished:\t${startText(ended.finishedAt)}`)
  } else {
    lines.add(level, `${title}:\tWaiting`)
    if (state.waiting?.reason) lines.add(level + 1, `Reason:\t${state.waiting.reason}`)
  }
}

/** A moment that never was prints as Go's zero time. */
function startText(timestamp: string | undefined | null): string {
  return timestamp ? rfc1123(timestamp) : 'Mon, 01 Jan 0001 00:00:00 +0000'
}

function addResources(lines: Lines, level: number, resources: KubeObject): void {
  for (const [title, key] of [
    ['Limits', 'limits'],
    ['Requests', 'requests'],
  ] as const) {
    const values: Record<string, string> = resources?.[key] ?? {}
    const names = Object.keys(values).sort()
    if (names.length > 0) lines.add(level, `${title}:`)
    for (const name of names) lines.add(level + 1, `${name}:\t${values[name]}`)
  }
}

export function probeText(probe: KubeObject): string {
  const timing = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 0}s period=${probe.periodSeconds ?? 0}s #success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`
  if (probe.exec) return `exec [${(probe.exec.command ?? []).join(' ')}] ${timing}`
  if (probe.httpGet) {
    const { scheme = 'HTTP', host = '', port, path = '' } = probe.httpGet
    return `http-get ${String(scheme).toLowerCase()}://${host}:${port}${path} ${timing}`
  }
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port} ${timing}`
  if (probe.grpc) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ''} ${timing}`
  return `unknown ${timing}`
}

function addEnvironmentFrom(lines: Lines, level: number, sources: readonly KubeObject[] | undefined): void {
  if (!sources?.length) return
  lines.add(level, 'Environment Variables from:')
  for (const source of sources) {
    const [from, reference] = source.configMapRef
      ? ['ConfigMap', source.configMapRef]
      : ['Secret', source.secretRef]
    const prefix = source.prefix ? ` with prefix '${source.prefix}'` : ''
    lines.add(level + 1, `${reference?.name}\t${from}${prefix}\tOptional: ${reference?.optional === true}`)
  }
}

function addEnvironment(
  lines: Lines,
  level: number,
  container: KubeObject,
  pod: KubeObject | undefined,
): void {
  const variables: KubeObject[] = container.env ?? []
  lines.add(level, `Environment:${variables.length > 0 ? '' : '\t<none>'}`)
  for (const { name, value, valueFrom } of variables) {
    if (!valueFrom) {
      String(value ?? '')
        .split('\n')
        .forEach((line, i) => lines.add(level + 1, i === 0 ? `${name}:\t${line}` : `\t${line}`))
    } else if (valueFrom.fieldRef) {
      const shown = pod ? fieldValue(pod, valueFrom.fieldRef.fieldPath) : ''
      lines.add(
        level + 1,
        `${name}:\t${shown} (${valueFrom.fieldRef.apiVersion ?? 'v1'}:${valueFrom.fieldRef.fieldPath})`,
      )
    } else if (valueFrom.resourceFieldRef) {
      const { resource } = valueFrom.resourceFieldRef
      lines.add(level + 1, `${name}:\t${resourceValue(container, valueFrom.resourceFieldRef)} (${resource})`)
    } else if (valueFrom.secretKeyRef) {
      const { key, name: secret, optional } = valueFrom.secretKeyRef
      lines.add(
        level + 1,
        `${name}:\t<set to the key '${key}' in secret '${secret}'>\tOptional: ${optional === true}`,
      )
    } else if (valueFrom.configMapKeyRef) {
      const { key, name: map, optional } = valueFrom.configMapKeyRef
      lines.add(
        level + 1,
        `${name}:\t<set to the key '${key}' of config map '${map}'>\tOptional: ${optional === true}`,
      )
    }
  }
}

function fieldValue(pod: KubeObject, path: string): string {
  const label = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path)
  if (label) return String(pod.metadata[label[1]!]?.[label[2]!] ?? '')
  if (!path.startsWith('metadata.')) return ''
  const value: unknown = path.split('.').reduce((at, key) => at?.[key], pod)
  return typeof value === 'string' ? value : ''
}

function resourceValue(container: KubeObject, { resource, divisor }: KubeObject): string {
  const [kind, name] = String(resource).split('.') as [string, string]
  const amount = parseQuantity(String(container.resources?.[kind]?.[name] ?? '0')) ?? 0
  const unit = parseQuantity(String(divisor ?? '1')) || 1
  return String(Math.ceil(amount / unit))
}

function addMounts(lines: Lines, level: number, container: KubeObject): void {
  const mounts: KubeObject[] = [...(container.volumeMounts ?? [])].sort((a, b) =>
    a.mountPath < b.mountPath ? -1 : 1,
  )
  lines.add(level, `Mounts:${mounts.length > 0 ? '' : '\t<none>'}`)
  for (const mount of mounts) {
    const flags = [
      mount.readOnly ? 'ro' : 'rw',
      ...(mount.subPath ? [`path=${JSON.stringify(mount.subPath)}`] : []),
    ]
    lines.add(level + 1, `${mount.mountPath} from ${mount.name} (${flags.join(',')})`)
  }
  const devices: KubeObject[] = container.volumeDevices ?? []
  if (devices.length > 0) lines.add(level, 'Devices:')
  for (const device of devices) lines.add(level + 1, `${device.devicePath} from ${device.name}`)
}
