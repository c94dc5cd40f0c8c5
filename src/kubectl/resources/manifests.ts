import { matches, parseSelector } from '../../api/selectors.ts'
import { resolvePath } from '../../os/path.ts'
import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import type { Context } from '../context.ts'
import type { ResourceType } from '../discovery.ts'
import { CommandError, ConnectionError } from '../errors.ts'
import { decodeYaml, splitDocuments, YamlError } from './yaml-decode.ts'

/** An object named by a command: in a manifest, on the command line, or answered by the server. */
export interface Info {
  readonly type: ResourceType
  readonly namespace: string
  readonly name: string
  readonly object?: KubeObject
  /** The file it came from, for messages. */
  readonly source?: string
}

export interface ManifestOptions {
  /** `--validate=false` lets objects without apiVersion or kind come as far as decoding. */
  readonly validate?: boolean
}

/** The objects of -f, in order, and what was wrong with those that are left out. */
export function* readManifests(
  context: Context,
  options: ManifestOptions = {},
): Blocking<{ infos: Info[]; errors: Error[] }> {
  refuseKustomize(context)
  const isSelected = selectedBy(context)
  const infos: Info[] = []
  const errors: Error[] = []
  for (const { name, text } of yield* readFiles(context)) {
    for (const document of splitDocuments(text)) {
      try {
        for (const object of decodeDocument(document, name, options.validate ?? true))
          if (isSelected(object)) infos.push(yield* infoFor(context, object, name))
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        errors.push(error)
      }
    }
  }
  return { infos, errors }
}

/** -l picks among the objects of files, too. @throws CommandError for a selector that cannot be read */
function selectedBy(context: Context): (object: KubeObject) => boolean {
  const { flags } = context
  const text = flags.shortOf('selector') === 'l' ? flags.string('selector').trim() : ''
  if (text === '') return () => true
  try {
    const selector = parseSelector(text)
    return (object) => matches(selector, object.metadata?.labels ?? {})
  } catch (error) {
    throw new CommandError(
      `the provided selector ${JSON.stringify(text)} is not valid: ${(error as Error).message}`,
    )
  }
}

function refuseKustomize(context: Context): void {
  const folder = context.flags.has('kustomize') ? context.flags.string('kustomize') : ''
  if (folder === '') return
  if (context.flags.list('filename').length > 0)
    throw new CommandError('only one of -f or -k can be specified')
  if (!context.process.machine.files.stat(resolvePath(context.process.cwd, folder))) {
    const absolute = resolvePath(context.process.cwd, folder)
    throw new CommandError(
      `must build at directory: not a valid directory: evalsymlink failure on '${folder}' : lstat ${absolute}: no such file or directory`,
    )
  }
  throw new CommandError('kustomize is out of scope here: apply the manifests of the folder with -f instead')
}

interface SourceFile {
  readonly name: string
  readonly text: string
}

/** What is wrong with the paths of -f themselves. */
export function pathErrors(context: Context): Error[] {
  const paths = context.flags.list('filename').filter((path) => path !== '-' && !/^https?:\/\//.test(path))
  return paths.flatMap((path) => {
    try {
      filesAt(context, path)
      return []
    } catch (error) {
      if (error instanceof CommandError) return [error]
      throw error
    }
  })
}

function* readFiles(context: Context): Blocking<SourceFile[]> {
  const files: SourceFile[] = []
  for (const path of context.flags.list('filename')) {
    if (path === '-') files.push({ name: 'STDIN', text: yield* context.process.readAll() })
    else if (/^https?:\/\//.test(path)) throw new ConnectionError(path)
    else files.push(...filesAt(context, path))
  }
  return files
}

/** A file, or the manifests of a folder in order of their names. */
function filesAt(context: Context, path: string): SourceFile[] {
  const { files } = context.process.machine
  const absolute = resolvePath(context.process.cwd, path)
  const status = files.stat(absolute)
  if (!status) throw new CommandError(`the path "${path}" does not exist`)
  if (status.type !== 'directory') return [{ name: path, text: files.read(absolute) }]
  const found: SourceFile[] = []
  const recursive = context.flags.has('recursive') && context.flags.boolean('recursive')
  for (const entry of [...files.list(absolute)].sort()) {
    const inner = `${path.replace(/\/$/, '')}/${entry}`
    const type = files.stat(resolvePath(context.process.cwd, inner))?.type
    if (type === 'directory') found.push(...(recursive ? filesAt(context, inner) : []))
    else if (/\.(json|yaml|yml)$/.test(entry)) found.push(...filesAt(context, inner))
  }
  if (found.length === 0 && !recursive) {
    throw new CommandError(`error reading [${path}]: recognized file extensions are [.json .yaml .yml]`)
  }
  return found
}

/** The objects of one document: none when it is empty, several when it is a List. @throws CommandError */
export function decodeDocument(text: string, source: string, validate: boolean): KubeObject[] {
  let decoded: KubeObject
  try {
    decoded = decodeYaml(text)
  } catch (error) {
    if (error instanceof YamlError && isCutOff(text))
      throw new CommandError(`error parsing ${source}: unexpected EOF`)
    if (error instanceof YamlError)
      throw new CommandError(`error parsing ${source}: error converting YAML to JSON: ${error.message}`)
    throw error
  }
  if (decoded === null) return []
  if (validate) checkShape(decoded, source)
  checkDecodable(decoded, source)
  if (decoded.kind?.endsWith('List') && Array.isArray(decoded.items)) return decoded.items
  return [decoded]
}

/** JSON that ends too early; what begins with a brace is read as JSON first. */
function isCutOff(text: string): boolean {
  if (!text.trimStart().startsWith('{')) return false
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '')
  return bare.split(/[{[]/).length > bare.split(/[}\]]/).length
}

function checkShape(object: KubeObject, source: string): void {
  const missing =
    typeof object !== 'object' || Array.isArray(object)
      ? 'invalid object to validate'
      : [...(object.apiVersion ? [] : ['apiVersion not set']), ...(object.kind ? [] : ['kind not set'])].join(
          ', ',
        )
  if (missing === '') return
  const shown = missing.includes(', ') ? `[${missing}]` : missing
  throw new CommandError(
    `error validating "${source}": error validating data: ${shown}; if you choose to ignore these errors, turn validation off with --validate=false`,
  )
}

/** What must be well formed for kubectl itself: type and metadata. The rest is the server's to judge. */
function checkDecodable(object: KubeObject, source: string): void {
  const fail = (why: string): never => {
    throw new CommandError(`unable to decode "${source}": ${why}`)
  }
  const shown = JSON.stringify(object)
  if (typeof object !== 'object' || Array.isArray(object)) {
    fail(
      `json: cannot unmarshal ${goType(object)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    )
  }
  if (!object.kind) fail(`Object 'Kind' is missing in '${shown}'`)
  if (!object.apiVersion) fail(`Object 'apiVersion' is missing in '${shown}'`)
  for (const key of ['kind', 'apiVersion']) {
    if (typeof object[key] !== 'string')
      fail(
        `json: cannot unmarshal ${goType(object[key])} into Go struct field TypeMeta.${key} of type string`,
      )
  }
  const metadata = object.metadata ?? {}
  if (typeof metadata !== 'object' || Array.isArray(metadata)) {
    fail(
      `json: cannot unmarshal ${goType(metadata)} into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta`,
    )
  }
  for (const key of ['name', 'namespace', 'generateName']) {
    const value = metadata[key]
    if (value !== undefined && value !== null && typeof value !== 'string') {
      fail(
        `json: cannot unmarshal ${goType(value)} into Go struct field ObjectMeta.metadata.${key} of type string`,
      )
    }
  }
  for (const key of ['annotations', 'labels']) {
    const bad = Object.values(metadata[key] ?? {}).find(
      (value) => value !== null && typeof value !== 'string',
    )
    if (bad !== undefined)
      fail(
        `json: cannot unmarshal ${goType(bad)} into Go struct field ObjectMeta.metadata.${key} of type string`,
      )
  }
}

export function goType(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value
}

/** Finds the type that the server has for an object and its namespace. */
export function* infoFor(context: Context, object: KubeObject, source?: string): Blocking<Info> {
  const type = yield* context.discovery.forKind(object.apiVersion, object.kind)
  const metadata = object.metadata ?? {}
  if (!type) {
    throw new CommandError(
      `resource mapping not found for name: "${metadata.name ?? ''}" namespace: "${metadata.namespace ?? ''}" from "${source ?? ''}": no matches for kind "${object.kind}" in version "${object.apiVersion}"\nensure CRDs are installed first`,
    )
  }
  if (
    type.namespaced &&
    metadata.namespace &&
    context.namespaceExplicit &&
    metadata.namespace !== context.namespace
  ) {
    throw new CommandError(
      `the namespace from the provided object "${metadata.namespace}" does not match the namespace "${context.namespace}". You must pass '--namespace=${metadata.namespace}' to perform this operation.`,
    )
  }
  const namespace = type.namespaced ? metadata.namespace || context.namespace : ''
  const placed =
    type.namespaced && !metadata.namespace ? { ...object, metadata: { ...metadata, namespace } } : object
  return { type, namespace, name: metadata.name ?? '', object: placed, ...(source ? { source } : {}) }
}
