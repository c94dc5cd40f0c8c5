import type { Node, Pod } from '../../../api/index.ts'
import { nameOf, uidOf } from '../../../client/index.ts'
import { NodeInfo } from './node-info.ts'

const isOver = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** The nodes and what runs on them, Pods that are about to be bound included. */
export class ClusterView {
  readonly #infos = new Map<string, NodeInfo>()
  /** Which node a Pod is counted on, by UID. */
  readonly #placed = new Map<string, string>()

  /** The nodes that exist, in the order they came. */
  get nodes(): readonly NodeInfo[] {
    return [...this.#infos.values()].filter(({ node }) => node !== undefined)
  }

  setNode(node: Node): void {
    this.#info(nameOf(node)).setNode(node)
  }

  removeNode(name: string): void {
    const info = this.#infos.get(name)
    if (!info) return
    info.node = undefined
    if (info.pods.size === 0) this.#infos.delete(name)
  }

  /** Counts a Pod on a node, before the API server knows. */
  assume(pod: Pod, nodeName: string): void {
    this.#placed.set(uidOf(pod), nodeName)
    this.#info(nodeName).add(pod)
  }

  /** The Pod is over, gone, or could not be bound. */
  forget(pod: Pod): void {
    const nodeName = this.#placed.get(uidOf(pod))
    if (nodeName === undefined) return
    this.#placed.delete(uidOf(pod))
    const info = this.#info(nodeName)
    info.remove(uidOf(pod))
    if (!info.node && info.pods.size === 0) this.#infos.delete(nodeName)
  }

  /** Follows the cache: a bound Pod counts, an ended one does not. */
  observe(pod: Pod): void {
    const nodeName = pod.spec?.nodeName
    if (!nodeName) return
    if (isOver(pod)) return this.forget(pod)
    const known = this.#placed.get(uidOf(pod))
    if (known === nodeName) return
    if (known !== undefined) this.forget(pod)
    this.assume(pod, nodeName)
  }

  #info(name: string): NodeInfo {
    let info = this.#infos.get(name)
    if (!info) this.#infos.set(name, (info = new NodeInfo(name)))
    return info
  }
}
