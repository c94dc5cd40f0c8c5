import type { Node, Pod } from '../../../api/index.ts'
import { controllerOf, uidOf } from '../../../client/index.ts'
import { amountsOf, hostPortsOf, nonZeroRequestsOf, requestsOf, type Amounts } from './requests.ts'

/**
 * What the scheduler knows of a node: sums, kept as Pods come and go, so that looking at a node costs the same
 * whether it runs one Pod or a hundred.
 */
export class NodeInfo {
  readonly name: string
  /** Undefined while only Pods of it are known. */
  node: Node | undefined
  allocatable: Amounts = new Map()
  readonly requested = new Map<string, number>()
  nonZero = { cpu: 0, memory: 0 }
  readonly pods = new Map<string, Pod>()
  /** Pods by the UID of their controller. */
  readonly byController = new Map<string, number>()
  /** Addresses in use by `port/protocol`. */
  readonly hostPorts = new Map<string, string[]>()
  /** Pods with rules about whom they want beside them. */
  readonly withAffinity = new Map<string, Pod>()

  constructor(name: string) {
    this.name = name
  }

  setNode(node: Node): void {
    if (node.status?.allocatable !== this.node?.status?.allocatable)
      this.allocatable = amountsOf(node.status?.allocatable)
    this.node = node
  }

  add(pod: Pod): void {
    this.pods.set(uidOf(pod), pod)
    if (pod.spec?.affinity?.podAffinity || pod.spec?.affinity?.podAntiAffinity)
      this.withAffinity.set(uidOf(pod), pod)
    this.#account(pod, 1)
    for (const { ip, key } of hostPortsOf(pod))
      this.hostPorts.set(key, [...(this.hostPorts.get(key) ?? []), ip])
  }

  remove(uid: string): void {
    const pod = this.pods.get(uid)
    if (!pod) return
    this.pods.delete(uid)
    this.withAffinity.delete(uid)
    this.#account(pod, -1)
    for (const { ip, key } of hostPortsOf(pod)) {
      const left = [...(this.hostPorts.get(key) ?? [])]
      left.splice(left.indexOf(ip), 1)
      if (left.length > 0) this.hostPorts.set(key, left)
      else this.hostPorts.delete(key)
    }
  }

  #account(pod: Pod, sign: 1 | -1): void {
    for (const [name, amount] of requestsOf(pod))
      this.requested.set(name, (this.requested.get(name) ?? 0) + sign * amount)
    const { cpu, memory } = nonZeroRequestsOf(pod)
    this.nonZero = { cpu: this.nonZero.cpu + sign * cpu, memory: this.nonZero.memory + sign * memory }
    const controller = controllerOf(pod)?.uid
    if (controller === undefined) return
    const count = (this.byController.get(controller) ?? 0) + sign
    if (count > 0) this.byController.set(controller, count)
    else this.byController.delete(controller)
  }
}
