import { SystemError } from './process.ts'
import { remembering } from './text.ts'
import type { Program } from './process.ts'

interface NodeBase {
  readonly mode: number
  readonly modifiedMs: number
}

export interface FileNode extends NodeBase {
  readonly kind: 'file'
  readonly text: string
  readonly program: Program | undefined
}

export interface DirectoryNode extends NodeBase {
  readonly kind: 'directory'
  /** Changed in place only by the tree that `owner` names. */
  readonly entries: Map<string, Node>
  readonly owner?: Owner
}

interface LinkNode extends NodeBase {
  readonly kind: 'link'
  readonly target: string
}

interface DeviceNode extends NodeBase {
  readonly kind: 'device'
  readonly device: string
}

export type Node = FileNode | DirectoryNode | LinkNode | DeviceNode

/** A name in a directory, whether or not something is there. */
export interface Place {
  /** Absolute, without links. */
  readonly path: string
  readonly node: Node | undefined
}

/** Where a path leads: a place, something mounted, or nowhere (ENOENT, ENOTDIR, ELOOP). */
type Walked =
  | (Place & { readonly error?: undefined; readonly mountPoint?: undefined })
  | { readonly error?: undefined; readonly mountPoint: string; readonly inner: string }
  | { readonly error: string }

/** Stands for the right to change directories in place. */
type Owner = object

const MAX_LINKS = 40

/**
 * A persistent tree: nodes are immutable values except that a directory may be changed in place by its owner. Two trees
 * share nodes after `new Tree(other)`: both then own nothing, and copy a directory (one level of it) when they first
 * change it. The cost of a change is the directories on its path, never the size of the tree.
 */
export class Tree {
  #root: DirectoryNode
  #owner: Owner = {}

  constructor(other?: Tree) {
    if (other) other.#owner = {}
    this.#root = other
      ? other.#root
      : { kind: 'directory', mode: 0o755, modifiedMs: 0, entries: new Map(), owner: this.#owner }
  }

  /** Follows `path`, which may end in a name that does not exist yet, up to the first mount point on it. */
  walk(path: string, followLast: boolean, mounts: ReadonlyMap<string, unknown>): Walked {
    let pending = partsOf(path)
    let at: DirectoryNode[] = [this.#root]
    /** Without a slash at its end. */
    let here = ''
    let links = 0
    let found: Node = this.#root
    if (mounts.size > 0 && mounts.has('/')) return { mountPoint: '/', inner: path }
    for (let index = 0; index < pending.length; index++) {
      const name = pending[index]!
      if (name === '' || name === '.') continue
      if (found.kind !== 'directory') return { error: 'ENOTDIR' }
      if (name === '..') {
        if (at.length > 1) at.pop()
        here = here.slice(0, Math.max(here.lastIndexOf('/'), 0))
        found = at.at(-1)!
        continue
      }
      const next = `${here}/${name}`
      if (mounts.size > 0 && mounts.has(next)) {
        const inner = namesAfter(pending, index)
        // `..` out of a mount is taken by the text: what is mounted knows nothing of what is around it.
        if (!inner.includes('..')) return { mountPoint: next, inner: `/${inner.join('/')}` }
      }
      const node: Node | undefined = found.entries.get(name)
      if (!node) return isLast(pending, index) ? { path: next, node: undefined } : { error: 'ENOENT' }
      if (node.kind === 'link' && (followLast || path.endsWith('/') || !isLast(pending, index))) {
        if (++links > MAX_LINKS) return { error: 'ELOOP' }
        pending = [...node.target.split('/'), ...namesAfter(pending, index)]
        index = -1
        if (node.target.startsWith('/')) {
          at = [this.#root]
          here = ''
        }
        found = at.at(-1)!
        continue
      }
      here = next
      found = node
      if (node.kind === 'directory') at.push(node)
    }
    if (path.endsWith('/') && found.kind !== 'directory') return { error: 'ENOTDIR' }
    return { path: here === '' ? '/' : here, node: found }
  }

  /** Puts a node at a place that `walk` found, or takes away what is there. */
  put(place: Place, node: Node | undefined, nowMs: number): void {
    if (place.path === '/') {
      if (node?.kind === 'directory') this.#root = node
      return
    }
    const names = partsOf(place.path)
    const last = names.at(-1)!
    this.#root = this.#own(this.#root)
    let directory = this.#root
    // Before the first slash there is nothing.
    for (let index = 1; index < names.length - 1; index++) {
      const name = names[index]!
      const child = directory.entries.get(name)
      if (child?.kind !== 'directory') throw new SystemError('ENOENT')
      const own = this.#own(child)
      if (own !== child) directory.entries.set(name, own)
      directory = own
    }
    const changed = node === undefined || !directory.entries.has(last)
    if (node) directory.entries.set(last, node.kind === 'directory' ? { ...node, owner: undefined } : node)
    else directory.entries.delete(last)
    if (changed) (directory as { modifiedMs: number }).modifiedMs = nowMs
  }

  #own(directory: DirectoryNode): DirectoryNode {
    if (directory.owner === this.#owner) return directory
    return { ...directory, entries: new Map(directory.entries), owner: this.#owner }
  }
}

/** Files that are looked for are mostly the same ones. */
const partsOf = remembering((path): readonly string[] => path.split('/'), 1000)

function isLast(names: readonly string[], index: number): boolean {
  for (let next = index + 1; next < names.length; next++)
    if (names[next] !== '' && names[next] !== '.') return false
  return true
}

const namesAfter = (names: readonly string[], index: number): string[] =>
  names.slice(index + 1).filter((name) => name !== '' && name !== '.')
