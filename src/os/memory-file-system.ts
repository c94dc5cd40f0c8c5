import type { FileStatus, FileSystem } from './file-system.ts'
import { directoryOf, resolvePath } from './path.ts'
import { SystemError } from './process.ts'
import type { Program } from './process.ts'
import { utf8Length } from '../encoding/utf8.ts'
import { Tree } from './tree.ts'
import type { FileNode, Place } from './tree.ts'

/**
 * An empty file system, or a copy of `base` that shares everything with it until one of the two changes: a container's
 * view of its image. Making one costs the same whatever the size of the base, so a thousand containers are cheap.
 * @param now virtual time in ms, for modification times.
 */
export function createFileSystem(base?: FileSystem, now?: () => number): MemoryFileSystem {
  if (base && !(base instanceof MemoryFileSystem))
    throw new TypeError('only a file system in memory can be a base')
  return new MemoryFileSystem(base, now)
}

interface Mount {
  readonly source: FileSystem
  readonly readOnly: boolean
  stopWatching(): void
}

/** How much a disk holds beside its image, in characters. */
const CAPACITY = 33_554_432

/** Where a path leads once links and mounts are followed. */
type Located =
  { readonly mount: Mount; readonly inner: string } | { readonly mount?: undefined; readonly place: Place }

export class MemoryFileSystem implements FileSystem {
  /** Virtual time in ms: set by the machine that the files belong to. */
  now: () => number
  readonly #tree: Tree
  readonly #mounts = new Map<string, Mount[]>()
  readonly #listeners = new Set<(path: string) => void>()
  /** Characters in files, beyond what the base brought. */
  #used = 0
  #fill: ((files: MemoryFileSystem) => void) | undefined
  #isFilling = false

  constructor(base?: MemoryFileSystem, now?: () => number) {
    this.#tree = new Tree(base ? base.#tree : undefined)
    this.now = now ?? base?.now ?? (() => 0)
  }

  /** What writes the first files, put off until somebody looks: most volumes of most Pods nobody ever does. */
  fillLater(fill: (files: MemoryFileSystem) => void): void {
    this.#fill = fill
  }

  read(path: string): string {
    const at = this.#locate(path, true)
    if (at.mount) return at.mount.source.read(at.inner)
    const node = at.place.node
    if (!node) throw new SystemError('ENOENT')
    if (node.kind === 'directory') throw new SystemError('EISDIR')
    return node.kind === 'file' ? node.text : ''
  }

  write(path: string, text: string, options: { append?: boolean; mode?: number } = {}): void {
    const at = this.#locate(path, true)
    if (at.mount) return writable(at.mount).write(at.inner, text, options)
    const { node } = at.place
    if (node?.kind === 'directory' || at.place.path === '/') throw new SystemError('EISDIR')
    if (node?.kind === 'device') return
    const old = node?.kind === 'file' ? node : undefined
    if (this.#used + text.length > CAPACITY) throw new SystemError('ENOSPC')
    this.#put(at.place, {
      kind: 'file',
      mode: options.mode ?? old?.mode ?? 0o644,
      modifiedMs: this.now(),
      text: options.append && old ? old.text + text : text,
      program: undefined,
    })
  }

  list(path: string): readonly string[] {
    const at = this.#locate(path, true)
    if (at.mount) return at.mount.source.list(at.inner)
    const { node } = at.place
    if (!node) throw new SystemError('ENOENT')
    if (node.kind !== 'directory') throw new SystemError('ENOTDIR')
    return [...node.entries.keys()].sort(byCodeUnits)
  }

  stat(path: string, options: { followLinks?: boolean } = {}): FileStatus | undefined {
    const at = this.#walk(path, options.followLinks ?? true)
    if (at.error !== undefined) return undefined
    if (at.mountPoint !== undefined) return this.#mountAt(at.mountPoint).source.stat(at.inner, options)
    return at.node && statusOf(at.node)
  }

  makeDirectory(path: string, options: { parents?: boolean } = {}): void {
    const absolute = resolvePath('/', path)
    if (options.parents) {
      const status = this.stat(absolute)
      if (status?.type === 'directory') return
      if (!status) this.makeDirectory(directoryOf(absolute), options)
    }
    const at = this.#locate(path, false)
    if (at.mount) {
      if (at.inner === '/') throw new SystemError('EEXIST')
      return writable(at.mount).makeDirectory(at.inner, options)
    }
    if (at.place.node) throw new SystemError('EEXIST')
    this.#put(at.place, { kind: 'directory', mode: 0o755, modifiedMs: this.now(), entries: new Map() })
  }

  remove(path: string, options: { recursive?: boolean } = {}): void {
    const at = this.#locate(path, false)
    if (at.mount) {
      if (at.inner === '/') throw new SystemError('EBUSY')
      return writable(at.mount).remove(at.inner, options)
    }
    const { place } = at
    if (!place.node) throw new SystemError('ENOENT')
    if (place.node.kind === 'directory') {
      const busy = [...this.#mounts.keys()].some(
        (point) => point === place.path || point.startsWith(`${place.path}/`),
      )
      if (busy || place.path === '/') throw new SystemError('EBUSY')
      if (!options.recursive && place.node.entries.size > 0) throw new SystemError('ENOTEMPTY')
    }
    this.#put(place, undefined)
  }

  rename(from: string, to: string): void {
    const source = this.#locate(from, false)
    const target = this.#locate(to, false)
    if (source.mount || target.mount) {
      if (!source.mount || source.mount !== target.mount) throw new SystemError('EXDEV')
      return writable(source.mount).rename(source.inner, target.inner)
    }
    const { node, path } = source.place
    const replaced = target.place.node
    if (!node) throw new SystemError('ENOENT')
    if (path === target.place.path) return
    if (target.place.path.startsWith(`${path}/`)) throw new SystemError('EINVAL')
    if (replaced?.kind === 'directory') {
      if (node.kind !== 'directory') throw new SystemError('EISDIR')
      if (replaced.entries.size > 0) throw new SystemError('ENOTEMPTY')
    } else if (replaced && node.kind === 'directory') throw new SystemError('ENOTDIR')
    this.#put(source.place, undefined)
    this.#put(target.place, node)
  }

  link(target: string, path: string): void {
    const at = this.#locate(path, false)
    if (at.mount) return writable(at.mount).link(target, at.inner)
    if (at.place.node) throw new SystemError('EEXIST')
    this.#put(at.place, { kind: 'link', mode: 0o777, modifiedMs: this.now(), target })
  }

  chmod(path: string, mode: number): void {
    const at = this.#locate(path, true)
    if (at.mount) return writable(at.mount).chmod(at.inner, mode)
    if (!at.place.node) throw new SystemError('ENOENT')
    this.#put(at.place, { ...at.place.node, mode })
  }

  touch(path: string, timeMs: number): void {
    const at = this.#locate(path, true)
    if (at.mount) return writable(at.mount).touch(at.inner, timeMs)
    const node = at.place.node ?? emptyFile()
    this.#put(at.place, { ...node, modifiedMs: timeMs })
  }

  install(path: string, program: Program): void {
    const at = this.#locate(path, true)
    if (at.mount) return writable(at.mount).install(at.inner, program)
    this.#put(at.place, { ...emptyFile(), mode: 0o755, modifiedMs: this.now(), program })
  }

  /** Makes a device, as mknod(1) does; what it is is told by its name (`null`, `zero`, `fd/0` ...). */
  makeDevice(path: string, device: string): void {
    const at = this.#locate(path, false)
    if (at.mount) throw new SystemError('EPERM')
    this.#put(at.place, { kind: 'device', mode: 0o666, modifiedMs: this.now(), device })
  }

  mount(path: string, source: FileSystem, options: { readOnly?: boolean } = {}): void {
    const point = resolvePath('/', path)
    if (!this.stat(point)) this.makeDirectory(point, { parents: true })
    const below = this.#mounts.get(point) ?? []
    const prefix = point === '/' ? '' : point
    const stopWatching = source.watch((changed) => this.#notify(`${prefix}${changed}`))
    this.#mounts.set(point, [...below, { source, readOnly: options.readOnly ?? false, stopWatching }])
    this.#notify(point)
  }

  unmount(path: string): void {
    const point = resolvePath('/', path)
    const mounts = this.#mounts.get(point)
    const top = mounts?.at(-1)
    if (!mounts || !top) throw new SystemError('EINVAL')
    top.stopWatching()
    if (mounts.length === 1) this.#mounts.delete(point)
    else this.#mounts.set(point, mounts.slice(0, -1))
    this.#notify(point)
  }

  watch(listener: (path: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #locate(path: string, followLast: boolean): Located {
    const at = this.#walk(path, followLast)
    if (at.error !== undefined) throw new SystemError(at.error)
    if (at.mountPoint === undefined) return { place: at }
    return { mount: this.#mountAt(at.mountPoint), inner: at.inner }
  }

  #walk(path: string, followLast: boolean): ReturnType<Tree['walk']> {
    const fill = this.#fill
    if (fill) {
      this.#fill = undefined
      this.#isFilling = true
      fill(this)
      this.#isFilling = false
    }
    return this.#tree.walk(path, followLast, this.#mounts)
  }

  #mountAt(point: string): Mount {
    return this.#mounts.get(point)!.at(-1)!
  }

  #put(place: Place, node: Place['node']): void {
    this.#used += textLength(node) - textLength(place.node)
    this.#tree.put(place, node, this.now())
    this.#notify(place.path)
  }

  #notify(path: string): void {
    if (this.#isFilling || this.#listeners.size === 0) return
    for (const listener of [...this.#listeners]) listener(path)
  }
}

function textLength(node: Place['node']): number {
  if (node?.kind === 'file') return node.text.length
  if (node?.kind !== 'directory') return 0
  let sum = 0
  for (const entry of node.entries.values()) sum += textLength(entry)
  return sum
}

function writable(mount: Mount): FileSystem {
  if (mount.readOnly) throw new SystemError('EROFS')
  return mount.source
}

function emptyFile(): FileNode {
  return { kind: 'file', mode: 0o644, modifiedMs: 0, text: '', program: undefined }
}

/** What `ls` shows of a program: nothing reads it, but an empty file would look odd. */
const PROGRAM_SIZE = 145_840

function statusOf(node: NonNullable<Place['node']>): FileStatus {
  const { mode, modifiedMs } = node
  switch (node.kind) {
    case 'directory':
      return { type: 'directory', mode, modifiedMs, size: 4096 }
    case 'link':
      return { type: 'link', mode, modifiedMs, size: node.target.length, target: node.target }
    case 'device':
      return { type: 'device', mode, modifiedMs, size: 0, device: node.device }
    case 'file':
      return node.program
        ? { type: 'file', mode, modifiedMs, size: PROGRAM_SIZE, program: node.program }
        : new TextStatus(node)
  }
}

/** Counts the bytes only when asked for: a stat of a large file that grows must not cost its length each time. */
class TextStatus implements FileStatus {
  readonly type = 'file'
  readonly mode: number
  readonly modifiedMs: number
  readonly #text: string

  constructor({ mode, modifiedMs, text }: FileNode) {
    this.mode = mode
    this.modifiedMs = modifiedMs
    this.#text = text
  }

  get size(): number {
    return utf8Length(this.#text)
  }
}

const byCodeUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
