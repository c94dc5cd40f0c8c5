import type { KubeObject } from '../../api.ts'
import type { Lines } from './lines.ts'

/** The volumes of a Pod or a template. */
export function addVolumes(
  lines: Lines,
  level: number,
  volumes: readonly KubeObject[] | undefined,
  space = '',
): void {
  if (!volumes?.length) return lines.add(level, 'Volumes:\t<none>')
  lines.add(level, 'Volumes:')
  const inner = level + 1 - space.length
  for (const volume of volumes) {
    lines.add(inner, `${space}${volume.name}:`)
    const kind = Object.keys(volume).find((key) => WRITERS[key])
    if (kind) WRITERS[kind]!(lines, inner + 1, volume[kind])
    else lines.add(inner + 1, '<unknown>')
  }
}

type Writer = (lines: Lines, level: number, source: KubeObject) => void

const WRITERS: Readonly<Record<string, Writer>> = {
  hostPath(lines, level, source) {
    lines.add(level, 'Type:\tHostPath (bare host directory volume)')
    lines.add(level, `Path:\t${source.path}`)
    lines.add(level, `HostPathType:\t${source.type ?? ''}`)
  },
  emptyDir(lines, level, source) {
    lines.add(level, "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)")
    lines.add(level, `Medium:\t${source.medium ?? ''}`)
    lines.add(level, `SizeLimit:\t${source.sizeLimit ?? '<unset>'}`)
  },
  secret(lines, level, source) {
    lines.add(level, 'Type:\tSecret (a volume populated by a Secret)')
    lines.add(level, `SecretName:\t${source.secretName}`)
    lines.add(level, `Optional:\t${source.optional === true}`)
  },
  configMap(lines, level, source) {
    lines.add(level, 'Type:\tConfigMap (a volume populated by a ConfigMap)')
    lines.add(level, `Name:\t${source.name}`)
    lines.add(level, `Optional:\t${source.optional === true}`)
  },
  persistentVolumeClaim(lines, level, source) {
    lines.add(
      level,
      'Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    )
    lines.add(level, `ClaimName:\t${source.claimName}`)
    lines.add(level, `ReadOnly:\t${source.readOnly === true}`)
  },
  downwardAPI(lines, level, source) {
    lines.add(level, 'Type:\tDownwardAPI (a volume populated by information about the pod)')
    lines.add(level, 'Items:')
    for (const item of source.items ?? []) {
      if (item.fieldRef) lines.add(level + 1, `${item.fieldRef.fieldPath} -> ${item.path}`)
      else lines.add(level + 1, `${item.resourceFieldRef?.resource} -> ${item.path}`)
    }
  },
  projected(lines, level, source) {
    lines.add(level, 'Type:\tProjected (a volume that contains injected data from multiple sources)')
    for (const part of source.sources ?? []) {
      if (part.secret) {
        lines.add(level, `SecretName:\t${part.secret.name}`)
        lines.add(level, `Optional:\t${part.secret.optional === true}`)
      } else if (part.downwardAPI) lines.add(level, 'DownwardAPI:\ttrue')
      else if (part.configMap) {
        lines.add(level, `ConfigMapName:\t${part.configMap.name}`)
        lines.add(level, `Optional:\t${part.configMap.optional === true}`)
      } else if (part.serviceAccountToken) {
        lines.add(level, `TokenExpirationSeconds:\t${part.serviceAccountToken.expirationSeconds ?? 3600}`)
      }
    }
  },
  nfs(lines, level, source) {
    lines.add(level, 'Type:\tNFS (an NFS mount that lasts the lifetime of a pod)')
    lines.add(level, `Server:\t${source.server}`)
    lines.add(level, `Path:\t${source.path}`)
    lines.add(level, `ReadOnly:\t${source.readOnly === true}`)
  },
}
