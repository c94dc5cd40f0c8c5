import { parse } from 'yaml'
import type { Pod } from '../../../api/generated/types.ts'
import { pod as podKind } from '../../../api/kinds/pod.ts'
import { directoryOf, type FileSystem } from '../../../os/index.ts'
import { formatMicroTimestamp } from '../../../encoding/time.ts'
import type { Simulation, Timer } from '../../../sim/index.ts'

/** Where kubeadm puts the manifests of the control plane. */
export const MANIFESTS = '/etc/kubernetes/manifests'

const MIRROR = 'kubernetes.io/config.mirror'
const HASH = 'kubernetes.io/config.hash'

/** From a changed file to what it brings about, in ms. */
const NOTICED_MS = 200

/** The Pods of the manifests on a node's disk: run before, and without, any API server. */
export class StaticPods {
  readonly #files: FileSystem
  readonly #nodeName: string
  readonly #simulation: Simulation
  readonly #changed: (pods: readonly Pod[]) => void
  #stopWatching: () => void = () => {}
  #timer: Timer | undefined

  /** @param changed called with all of them, at the start and after each change */
  constructor(options: {
    readonly files: FileSystem
    readonly nodeName: string
    readonly simulation: Simulation
    readonly changed: (pods: readonly Pod[]) => void
  }) {
    this.#files = options.files
    this.#nodeName = options.nodeName
    this.#simulation = options.simulation
    this.#changed = options.changed
  }

  start(): void {
    this.#stopWatching = this.#files.watch((path) => {
      if (directoryOf(path) === MANIFESTS) this.read()
    })
    this.read()
  }

  stop(): void {
    this.#stopWatching()
    this.#timer?.cancel()
  }

  /** Reads them (again), soon. */
  read(): void {
    this.#timer ??= this.#simulation.schedule(NOTICED_MS, () => {
      this.#timer = undefined
      this.#changed(this.#read())
    })
  }

  #read(): Pod[] {
    if (this.#files.stat(MANIFESTS)?.type !== 'directory') return []
    const names = this.#files.list(MANIFESTS).filter((name) => !name.startsWith('.'))
    return names.flatMap((name) => {
      const text = this.#files.read(`${MANIFESTS}/${name}`)
      const manifest = podIn(text)
      return manifest ? [staticPod(manifest, text, this.#nodeName, this.#simulation.nowMs)] : []
    })
  }
}

/** A file that is no Pod is passed over, as a kubelet does (it complains in its log). */
function podIn(text: string): Pod | undefined {
  try {
    const value = parse(text) as Pod | null
    return value?.kind === 'Pod' && value.metadata?.name ? value : undefined
  } catch {
    return undefined
  }
}

function staticPod(manifest: Pod, text: string, nodeName: string, nowMs: number): Pod {
  const hash = hashOf(`${nodeName}\n${text}`)
  const { name, namespace = 'default', annotations } = manifest.metadata!
  const defaulted = podKind.defaults?.(manifest) ?? manifest
  return {
    ...defaulted,
    metadata: {
      ...defaulted.metadata,
      name: `${name}-${nodeName}`,
      namespace,
      uid: hash,
      annotations: {
        ...annotations,
        [HASH]: hash,
        'kubernetes.io/config.seen': formatMicroTimestamp(nowMs),
        'kubernetes.io/config.source': 'file',
      },
    },
    spec: {
      ...defaulted.spec!,
      nodeName,
      enableServiceLinks: true,
      tolerations: [{ effect: 'NoExecute', operator: 'Exists' }],
    },
  }
}

/** What stands for a static Pod in the API, so that one can see it there. */
export function mirrorOf(pod: Pod, node: { readonly name: string; readonly uid: string | undefined }): Pod {
  const { uid: hash, ...metadata } = pod.metadata!
  const owner = { apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid ?? '', controller: true }
  return {
    ...pod,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [MIRROR]: hash! },
      ...(node.uid && { ownerReferences: [owner] }),
    },
  }
}

export const isMirror = (pod: Pod): boolean => pod.metadata?.annotations?.[MIRROR] !== undefined

/** 32 hexadecimal digits that change with the text: FNV-1a, four times. */
function hashOf(text: string): string {
  let digest = ''
  for (let part = 0; part < 4; part++) {
    let hash = 0x811c9dc5 ^ Math.imul(part, 0x9e3779b9)
    for (let index = 0; index < text.length; index++)
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
    digest += (hash >>> 0).toString(16).padStart(8, '0')
  }
  return digest
}
