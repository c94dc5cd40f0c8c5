import { SystemError } from './process.ts'
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

  /**
   * Follows `path`, which may end in a name that does not exist yet, up to the first mount point on it.
   * @throws SystemError ENOENT, ENOTDIR, ELOOP
   */
  walk(
    path: string,
    followLast: boolean,
    mounts: { has(path: string): boolean; readonly size: number },
  ): Place | { readonly mountPoint: string; readonly inner: string } {
    let pending = path.split('/')
    let at: DirectoryNode[] = [this.#root]
    let names: string[] = []
    let links = 0
    let found: Node = this.#root
    if (mounts.size > 0 && mounts.has('/')) return { mountPoint: '/', inner: path }
    for (let index = 0; index < pending.length; index++) {
      const name = pending[index]!
      if (name === '' || name === '.') continue
      if (found.kind !== 'directory') throw new SystemError('ENOTDIR')
      if (name === '..') {
        if (names.length > 0) {
          names.pop()
          at.pop()
        }
        found = at.at(-1)!
        continue
      }
      const rest = pending.slice(index + 1).filter((part) => part !== '' && part !== '.')
      if (mounts.size > 0) {
        const here = `/${[...names, name].join('/')}`
        // `..` out of a mount is taken by the text: what is mounted knows nothing of what is around it.
        const inner = rest.includes('..') ? undefined : `/${rest.join('/')}`
        if (mounts.has(here) && inner !== undefined) return { mountPoint: here, inner }
      }
      const node: Node | undefined = found.entries.get(name)
      if (!node) {
        if (rest.length > 0) throw new SystemError('ENOENT')
        return { path: `/${[...names, name].join('/')}`, node: undefined }
      }
      if (node.kind === 'link' && (followLast || rest.length > 0 || path.endsWith('/'))) {
        if (++links > MAX_LINKS) throw new SystemError('ELOOP')
        pending = [...node.target.split('/'), ...rest]
        index = -1
        if (node.target.startsWith('/')) {
          at = [this.#root]
          names = []
        }
        found = at.at(-1)!
        continue
      }
      names.push(name)
      found = node
      if (node.kind === 'directory') at.push(node)
    }
    if (path.endsWith('/') && found.kind !== 'directory') throw new SystemError('ENOTDIR')
    return { path: `/${names.join('/')}`, node: found }
  }

  /** Puts a node at a place that `walk` found, or takes away what is there. */
  put(place: Place, node: Node | undefined, nowMs: number): void {
    if (place.path === '/') {
      if (node?.kind === 'directory') this.#root = node
      return
    }
    const names = place.path.slice(1).split('/')
    const last = names.pop()!
    this.#root = this.#own(this.#root)
    let directory = this.#root
    for (const name of names) {
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
