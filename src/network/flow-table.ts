import type { Address } from './address.ts'
import type { Protocol } from './packet.ts'

interface Node<T> {
  readonly protocol: Protocol
  readonly source: Address
  readonly sourcePort: number
  readonly destination: Address
  readonly destinationPort: number
  value: T
  next: Node<T> | undefined
}

/** A map from 5-tuples. Keys are never built: a hash finds the bucket, and few share one. */
export class FlowTable<T> {
  /** Made with the first flow: most hosts are Pods that nobody asks. */
  #made: Map<number, Node<T>> | undefined
  #size = 0

  get #buckets(): Map<number, Node<T>> {
    return (this.#made ??= new Map())
  }

  get size(): number {
    return this.#size
  }

  get(
    protocol: Protocol,
    source: Address,
    sourcePort: number,
    destination: Address,
    destinationPort: number,
  ): T | undefined {
    let node = this.#buckets.get(hash(source, sourcePort, destination, destinationPort))
    while (node && !isAt(node, protocol, source, sourcePort, destination, destinationPort)) node = node.next
    return node?.value
  }

  /** Adds a flow that is not in the table yet. */
  add(
    protocol: Protocol,
    source: Address,
    sourcePort: number,
    destination: Address,
    destinationPort: number,
    value: T,
  ): void {
    const key = hash(source, sourcePort, destination, destinationPort)
    const next = this.#buckets.get(key)
    this.#buckets.set(key, { protocol, source, sourcePort, destination, destinationPort, value, next })
    this.#size++
  }

  delete(
    protocol: Protocol,
    source: Address,
    sourcePort: number,
    destination: Address,
    destinationPort: number,
  ): void {
    const key = hash(source, sourcePort, destination, destinationPort)
    let before: Node<T> | undefined
    let node = this.#buckets.get(key)
    while (node && !isAt(node, protocol, source, sourcePort, destination, destinationPort)) {
      before = node
      node = node.next
    }
    if (!node) return
    this.#size--
    if (before) before.next = node.next
    else if (node.next) this.#buckets.set(key, node.next)
    else this.#buckets.delete(key)
  }

  *values(): Iterable<T> {
    for (const first of this.#buckets.values()) {
      for (let node: Node<T> | undefined = first; node; node = node.next) yield node.value
    }
  }
}

function isAt(
  node: Node<unknown>,
  protocol: Protocol,
  source: Address,
  sourcePort: number,
  destination: Address,
  destinationPort: number,
): boolean {
  return (
    node.sourcePort === sourcePort &&
    node.destinationPort === destinationPort &&
    node.source === source &&
    node.destination === destination &&
    node.protocol === protocol
  )
}

function hash(source: Address, sourcePort: number, destination: Address, destinationPort: number): number {
  let value = Math.imul(source, 0x9e3779b1) ^ Math.imul(destination, 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 15) ^ ((sourcePort << 16) | destinationPort), 0xc2b2ae35)
  return (value ^ (value >>> 13)) & 0x3fffffff
}
