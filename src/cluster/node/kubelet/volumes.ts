import type { ConfigMap, KeyToPath, Pod, Secret, Volume, VolumeMount } from '../../../api/generated/types.ts'
import { decodeBase64 } from '../../../encoding/base64.ts'
import { createFileSystem, type FileSystem } from '../../../os/index.ts'
import type { Mount } from '../container-runtime/index.ts'
import { fieldValue } from './downward-api.ts'
import { expand } from './environment.ts'
import { resourceValue } from './resources.ts'
import { subtree } from './subtree.ts'

export interface VolumeSources {
  readonly pod: Pod
  readonly podIP: string
  readonly hostIP: string
  readonly nodeFiles: FileSystem
  readonly allocatable: Readonly<Record<string, string>>
  readonly nowMs: number
  configMap(name: string): ConfigMap | undefined
  secret(name: string): Secret | undefined
  serviceAccountToken(audience: string | undefined): string
}

/** Why a volume cannot be mounted: what follows `MountVolume.SetUp failed for volume "x" : `. */
export class VolumeError extends Error {}

/** A file of a volume whose content comes from the API. */
interface Content {
  readonly path: string
  readonly text: string | (() => string)
  readonly mode?: number
}

/** The names of the ConfigMaps and Secrets a Pod's volumes and containers mention. */
export function referencesOf(pod: Pod): {
  readonly configMaps: readonly string[]
  readonly secrets: readonly string[]
} {
  const configMaps = new Set<string>()
  const secrets = new Set<string>()
  const add = (set: Set<string>, name: string | undefined) => name && set.add(name)
  const { volumes = [], containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {}
  for (const { configMap, secret, projected } of volumes) {
    add(configMaps, configMap?.name)
    add(secrets, secret?.secretName)
    for (const source of projected?.sources ?? []) {
      add(configMaps, source.configMap?.name)
      add(secrets, source.secret?.name)
    }
  }
  for (const { env = [], envFrom = [] } of [...containers, ...initContainers, ...ephemeralContainers]) {
    for (const { configMapRef, secretRef } of envFrom) {
      add(configMaps, configMapRef?.name)
      add(secrets, secretRef?.name)
    }
    for (const { valueFrom } of env) {
      add(configMaps, valueFrom?.configMapKeyRef?.name)
      add(secrets, valueFrom?.secretKeyRef?.name)
    }
  }
  return { configMaps: [...configMaps], secrets: [...secrets] }
}

/** The volumes of one Pod, as long as it lives. */
export class PodVolumes {
  readonly #files = new Map<string, FileSystem>()

  /** Mounts what is not mounted yet. @throws VolumeError, with the volume's name as `volume` */
  setUp(sources: VolumeSources): { readonly volume: string; readonly error: VolumeError } | undefined {
    for (const volume of sources.pod.spec?.volumes ?? []) {
      if (this.#files.has(volume.name)) continue
      try {
        this.#files.set(volume.name, makeVolume(volume, sources))
      } catch (error) {
        if (!(error instanceof VolumeError)) throw error
        return { volume: volume.name, error }
      }
    }
    return undefined
  }

  /** Writes anew what has changed in the API; a source that has gone leaves the files as they were. */
  refresh(sources: VolumeSources): void {
    for (const volume of sources.pod.spec?.volumes ?? []) {
      const files = this.#files.get(volume.name)
      if (!files || !isFromApi(volume)) continue
      try {
        update(files, contentsOf(volume, sources))
      } catch (error) {
        if (!(error instanceof VolumeError)) throw error
      }
    }
  }

  /** What a container sees of them. @throws VolumeError a mount of a volume that does not exist */
  mounts(volumeMounts: readonly VolumeMount[], env: ReadonlyMap<string, string>): Mount[] {
    return volumeMounts.map((mount) => {
      const files = this.#files.get(mount.name)
      if (!files) throw new VolumeError(`cannot find volume "${mount.name}" to mount into container`)
      const subPath = mount.subPathExpr ? expand(mount.subPathExpr, (name) => env.get(name)) : mount.subPath
      return {
        path: mount.mountPath,
        source: subPath ? part(files, subPath) : files,
        readOnly: mount.readOnly ?? false,
      }
    })
  }
}

function part(files: FileSystem, subPath: string): FileSystem {
  const path = `/${subPath.replace(/^\/+|\/+$/g, '')}`
  if (!files.stat(path)) files.makeDirectory(path, { parents: true })
  return subtree(files, path)
}

const isFromApi = ({ configMap, secret, projected, downwardAPI }: Volume) =>
  configMap !== undefined || secret !== undefined || projected !== undefined || downwardAPI !== undefined

function makeVolume(volume: Volume, sources: VolumeSources): FileSystem {
  const { emptyDir, hostPath } = volume
  if (hostPath) return hostDirectory(hostPath.path, hostPath.type ?? '', sources.nodeFiles)
  const files = createFileSystem(undefined, () => sources.nowMs)
  if (emptyDir) return files
  if (!isFromApi(volume)) throw new VolumeError(`volume plugin of "${volume.name}" is not there on this node`)
  const contents = contentsOf(volume, sources)
  files.fillLater(() => update(files, contents))
  return files
}

function hostDirectory(path: string, type: string, nodeFiles: FileSystem): FileSystem {
  const status = nodeFiles.stat(path)
  if (!status && type.endsWith('OrCreate')) {
    if (type === 'FileOrCreate') nodeFiles.write(path, '')
    else nodeFiles.makeDirectory(path, { parents: true })
  } else if (!status && type === '') nodeFiles.makeDirectory(path, { parents: true })
  else if (type === 'Directory' && status?.type !== 'directory')
    throw new VolumeError(`hostPath type check failed: ${path} is not a directory`)
  else if (type === 'File' && status?.type !== 'file')
    throw new VolumeError(`hostPath type check failed: ${path} is not a file`)
  return subtree(nodeFiles, path)
}

function update(files: FileSystem, contents: readonly Content[]): void {
  const wanted = new Set(contents.map(({ path }) => `/${path}`))
  for (const name of files.list('/')) {
    if (files.stat(`/${name}`)?.type === 'file' && !wanted.has(`/${name}`)) files.remove(`/${name}`)
  }
  for (const { path, text: given, mode } of contents) {
    const text = typeof given === 'string' ? given : given()
    const absolute = `/${path}`
    if (files.stat(absolute)?.type === 'file' && files.read(absolute) === text) continue
    files.makeDirectory(absolute.slice(0, absolute.lastIndexOf('/')) || '/', { parents: true })
    files.write(absolute, text, mode === undefined ? {} : { mode })
  }
}

function contentsOf(
  { configMap, secret, projected, downwardAPI }: Volume,
  sources: VolumeSources,
): Content[] {
  if (configMap) return ofConfigMap({ mode: configMap.defaultMode, ...configMap }, sources)
  if (secret) return ofSecret({ ...secret, name: secret.secretName, mode: secret.defaultMode }, sources)
  if (downwardAPI) return ofDownwardAPI(downwardAPI.items ?? [], sources)
  return (projected?.sources ?? []).flatMap((source) => {
    const mode = projected?.defaultMode
    if (source.configMap) return ofConfigMap({ ...source.configMap, mode }, sources)
    if (source.secret) return ofSecret({ ...source.secret, mode }, sources)
    if (source.downwardAPI) return ofDownwardAPI(source.downwardAPI.items ?? [], sources)
    const token = source.serviceAccountToken
    return token
      ? [{ path: token.path, text: () => sources.serviceAccountToken(token.audience), mode: 0o644 }]
      : []
  })
}

interface Source {
  readonly name?: string | undefined
  readonly items?: readonly KeyToPath[]
  readonly optional?: boolean
  readonly mode?: number | undefined
}

function ofConfigMap(source: Source, { configMap }: VolumeSources): Content[] {
  const found = configMap(source.name ?? '')
  if (!found && !source.optional) throw new VolumeError(`configmap "${source.name}" not found`)
  return select(found?.data ?? {}, source, `references non-existent config key`)
}

function ofSecret(source: Source, { secret }: VolumeSources): Content[] {
  const found = secret(source.name ?? '')
  if (!found && !source.optional) throw new VolumeError(`secret "${source.name}" not found`)
  const data = Object.fromEntries(
    Object.entries(found?.data ?? {}).map(([key, value]) => [key, decodeBase64(value) ?? '']),
  )
  return select(data, source, `references non-existent secret key`)
}

function select(
  data: Readonly<Record<string, string>>,
  { items, optional, mode }: Source,
  complaint: string,
): Content[] {
  const content = (path: string, text: string, own?: number): Content => {
    const effective = own ?? mode
    return { path, text, ...(effective !== undefined && { mode: effective }) }
  }
  if (!items) return Object.entries(data).map(([key, text]) => content(key, text))
  return items.flatMap((item) => {
    const text = data[item.key]
    if (text === undefined && !optional) throw new VolumeError(`${complaint}: ${item.key}`)
    return text === undefined ? [] : [content(item.path, text, item.mode)]
  })
}

type DownwardItems = NonNullable<NonNullable<Volume['downwardAPI']>['items']>

function ofDownwardAPI(items: DownwardItems, sources: VolumeSources): Content[] {
  return items.map(({ path, fieldRef, resourceFieldRef, mode }) => ({
    path,
    text: fieldRef
      ? fieldValue(fieldRef.fieldPath, sources)
      : resourceFieldRef
        ? resourceValue(resourceFieldRef, undefined, sources.pod, sources.allocatable)
        : '',
    ...(mode !== undefined && { mode }),
  }))
}
