import type { KubeObject } from '../api.ts'

/** How a debugging container comes to be: beside those of a running Pod, in a copy of it, in a Pod for a node. */
export type DebugStyle = 'ephemeral' | 'copy' | 'node'

/** What `kubectl debug` was asked for, as far as it shapes Pods. */
export interface DebugOptions {
  readonly image: string
  readonly container: string
  readonly words: readonly string[]
  /** The words after `--` are arguments instead of the command. */
  readonly argumentsOnly: boolean
  readonly env: readonly { readonly name: string; readonly value: string }[]
  readonly imagePullPolicy: string
  readonly stdin: boolean
  readonly tty: boolean
  readonly target: string
  readonly profile: string
  readonly setImage: ReadonlyMap<string, string>
  readonly sameNode: boolean
  /** Undefined when the flag was not given: the profile decides. */
  readonly shareProcesses: boolean | undefined
  readonly keepLabels: boolean
  readonly keepAnnotations: boolean
  readonly keepInitContainers: boolean
  /** The probes that the copy loses. */
  readonly droppedProbes: readonly string[]
}

interface Profile {
  /** The security context of the debugging container, from the one it had. */
  securityContext(before: KubeObject | undefined, style: DebugStyle): KubeObject | undefined
  /** A Pod for a node lives in the node's network, processes and IPC. */
  readonly hostNamespaces: boolean
  /** A Pod for a node has the node's files at /host. */
  readonly hostFiles: boolean
}

const adding =
  (...capabilities: readonly string[]) =>
  (before: KubeObject | undefined): KubeObject => {
    const had: readonly string[] = before?.capabilities?.add ?? []
    const add = [...had, ...capabilities.filter((one) => !had.includes(one))]
    return { ...before, capabilities: { ...before?.capabilities, add } }
  }
const tracing = adding('SYS_PTRACE')

const PROFILES: Readonly<Record<string, Profile>> = {
  general: {
    securityContext: (before, style) => (style === 'node' ? undefined : tracing(before)),
    hostNamespaces: true,
    hostFiles: true,
  },
  baseline: { securityContext: () => undefined, hostNamespaces: false, hostFiles: false },
  restricted: {
    securityContext: () => ({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    }),
    hostNamespaces: false,
    hostFiles: false,
  },
  netadmin: { securityContext: adding('NET_ADMIN', 'NET_RAW'), hostNamespaces: true, hostFiles: false },
  sysadmin: {
    securityContext: (before) => ({ ...before, privileged: true }),
    hostNamespaces: true,
    hostFiles: true,
  },
}

export const isProfile = (name: string): boolean => Object.hasOwn(PROFILES, name)

/** The Pod with one more ephemeral container. */
export function withEphemeralContainer(pod: KubeObject, name: string, options: DebugOptions): KubeObject {
  const container = {
    ...debugContainer({ name, ...FRESH }, options, 'ephemeral'),
    ...(options.target !== '' && { targetContainerName: options.target }),
  }
  const ephemeralContainers = [...(pod.spec.ephemeralContainers ?? []), container]
  return { ...pod, spec: { ...pod.spec, ephemeralContainers } }
}

/**
 * A copy of a Pod with other images and, where one is asked for, a container changed or added.
 * @param name of the container to debug with; undefined when only images change
 */
export function copyOf(
  pod: KubeObject,
  copyTo: string,
  name: string | undefined,
  options: DebugOptions,
): KubeObject {
  const { ephemeralContainers: _none, nodeName, ...kept } = pod.spec
  const images = (list: readonly KubeObject[]): KubeObject[] =>
    list.map((one) => ({
      ...one,
      image: options.setImage.get(one.name) ?? options.setImage.get('*') ?? one.image,
    }))
  const spec: KubeObject = {
    ...kept,
    ...(options.sameNode && { nodeName }),
    ...(options.shareProcesses !== undefined && { shareProcessNamespace: options.shareProcesses }),
    containers: images(kept.containers),
    ...(kept.initContainers && { initContainers: images(kept.initContainers) }),
  }
  const all = name === undefined
  const { labels, annotations, namespace } = pod.metadata
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name: copyTo,
      namespace,
      ...(labels && (all || options.keepLabels) && { labels }),
      ...(annotations && (all || options.keepAnnotations) && { annotations }),
    },
    spec: all ? spec : debugged(spec, name, options),
    status: {},
  }
}

/** The spec of a copy with its debugging container, freed of what would end or judge it. */
function debugged(spec: KubeObject, name: string, options: DebugOptions): KubeObject {
  const { initContainers, ...rest } = spec
  const containers: readonly KubeObject[] = rest.containers
  const there = containers.some((one) => one.name === name)
  const list = there ? containers : [...containers, { name, ...FRESH }]
  return {
    shareProcessNamespace: true,
    ...rest,
    containers: list.map((one) =>
      withoutProbes(one.name === name ? debugContainer(one, options, 'copy') : one, options.droppedProbes),
    ),
    ...(options.keepInitContainers &&
      initContainers && {
        initContainers: initContainers.map((one: KubeObject) => withoutProbes(one, options.droppedProbes)),
      }),
  }
}

function withoutProbes(container: KubeObject, dropped: readonly string[]): KubeObject {
  return Object.fromEntries(Object.entries(container).filter(([field]) => !dropped.includes(field)))
}

/** A Pod on a node, to look at the node itself. */
export function nodeDebugger(
  node: string,
  name: string,
  namespace: string,
  options: DebugOptions,
): KubeObject {
  const { hostNamespaces, hostFiles } = PROFILES[options.profile]!
  const container = debugContainer({ name: options.container || 'debugger', ...FRESH }, options, 'node')
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, namespace, labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } },
    spec: {
      ...(hostFiles && { volumes: [{ name: 'host-root', hostPath: { path: '/' } }] }),
      containers: [
        { ...container, ...(hostFiles && { volumeMounts: [{ name: 'host-root', mountPath: '/host' }] }) },
      ],
      restartPolicy: 'Never',
      nodeName: node,
      ...(hostNamespaces && { hostNetwork: true, hostPID: true, hostIPC: true }),
      tolerations: [{ operator: 'Exists' }],
    },
    status: {},
  }
}

const FRESH = { resources: {}, terminationMessagePolicy: 'File' }

/** A container made into the one to debug with; what was not asked for stays as it was. */
function debugContainer(before: KubeObject, options: DebugOptions, style: DebugStyle): KubeObject {
  const { securityContext, stdin: _stdin, tty: _tty, ...container } = before
  const { command: _command, args: _args, ...bare } = container
  const { words, argumentsOnly } = options
  const security = PROFILES[options.profile]!.securityContext(securityContext, style)
  return {
    ...(words.length === 0
      ? container
      : argumentsOnly
        ? { ...bare, ...(container.command && { command: container.command }), args: words }
        : { ...bare, command: words }),
    ...(options.image !== '' && { image: options.image }),
    ...(options.env.length > 0 && { env: options.env }),
    ...(options.imagePullPolicy !== '' && { imagePullPolicy: options.imagePullPolicy }),
    ...(security && { securityContext: security }),
    ...(options.stdin && { stdin: true }),
    ...(options.tty && { tty: true }),
  }
}
