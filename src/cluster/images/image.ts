import { createFileSystem, makeDevices, type FileSystem, type Program, type Signal } from '../../os/index.ts'

/** What a registry stores under a name: a root file system and how to run it (the OCI image specification's config). */
export interface Image {
  /** In full: `docker.io/library/nginx`. */
  readonly name: string
  /** All tags of this content. */
  readonly tags: readonly string[]
  readonly digest: string
  /** Compressed, as it travels; what the kubelet reports. */
  readonly sizeBytes: number
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workingDir: string
  readonly stopSignal: Signal
  /** `80/tcp`. */
  readonly exposedPorts: readonly string[]
  readonly libc: 'glibc' | 'musl'
  /** The root file system, made at the first call and shared: containers copy it on write. Never to be changed. */
  rootFileSystem(): FileSystem
}

export interface ImageDeclaration {
  readonly name: string
  readonly tags: readonly string[]
  readonly sizeBytes: number
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly workingDir?: string
  readonly stopSignal?: Signal
  readonly exposedPorts?: readonly string[]
  readonly libc?: 'glibc' | 'musl'
  /** Puts the userland in: a shell and its programs. Default: nothing, as in an image built from scratch. */
  readonly userland?: (files: FileSystem) => void
  /** Texts by path. */
  readonly files?: Readonly<Record<string, string>>
  /** Programs by path. */
  readonly programs?: Readonly<Record<string, Program>>
  readonly links?: Readonly<Record<string, string>>
}

/** Directories that are there in every root file system a runtime has prepared. */
const MOUNT_POINTS = ['/dev', '/etc', '/proc', '/sys', '/tmp', '/root', '/var/run']

/** 2025-01-01: when all these images were built, in ms. */
const BUILT_MS = 1_735_689_600_000

/** Declares an image; what is left out is as in an image built from scratch. */
export function image(declaration: ImageDeclaration): Image {
  let root: FileSystem | undefined
  return {
    entrypoint: [],
    cmd: [],
    env: {},
    workingDir: '/',
    stopSignal: 'SIGTERM',
    exposedPorts: [],
    libc: 'glibc',
    ...declaration,
    digest: `sha256:${digestOf(`${declaration.name}:${declaration.tags.join(',')}`)}`,
    rootFileSystem: () => (root ??= build(declaration)),
  }
}

/** An image of one program and nothing else, whose process 1 is that program: how components of a cluster are shipped. */
export function componentImage(declaration: {
  readonly name: string
  readonly tag: string
  readonly sizeBytes: number
  /** The executable's path: `/usr/local/bin/kube-proxy`. */
  readonly path: string
  readonly program: Program
  readonly exposedPorts?: readonly string[]
}): Image {
  const { name, tag, sizeBytes, path, program, exposedPorts = [] } = declaration
  return image({
    name,
    tags: [tag],
    sizeBytes,
    exposedPorts,
    entrypoint: [path],
    programs: { [path]: program },
  })
}

function build({ userland, files = {}, programs = {}, links = {} }: ImageDeclaration): FileSystem {
  const root = createFileSystem(undefined, () => BUILT_MS)
  for (const path of MOUNT_POINTS) root.makeDirectory(path, { parents: true })
  makeDevices(root)
  userland?.(root)
  const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/'
  for (const [path, text] of Object.entries(files)) {
    root.makeDirectory(parentOf(path), { parents: true })
    root.write(path, text)
  }
  for (const [path, program] of Object.entries(programs)) {
    root.makeDirectory(parentOf(path), { parents: true })
    root.install(path, program)
  }
  for (const [path, target] of Object.entries(links)) {
    root.makeDirectory(parentOf(path), { parents: true })
    root.link(target, path)
  }
  return root
}

/** 64 hexadecimal digits that stand for the content, which has no bytes here: FNV-1a, eight times. */
function digestOf(identity: string): string {
  let digest = ''
  for (let part = 0; part < 8; part++) {
    let hash = 0x811c9dc5 ^ part
    for (let index = 0; index < identity.length; index++) {
      hash = Math.imul(hash ^ identity.charCodeAt(index), 0x01000193)
      hash ^= hash >>> 15
    }
    digest += (hash >>> 0).toString(16).padStart(8, '0')
  }
  return digest
}
