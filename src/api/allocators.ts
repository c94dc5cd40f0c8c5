/** Hands out values of a pool (addresses, ports). Messages are those the real allocators give. */
export interface Allocator<V> {
  /** @throws AllocationError when `value` is outside the pool or taken. */
  allocate(value: V): void
  /** @throws AllocationError when the pool is exhausted. */
  allocateNext(): V
  release(value: V): void
  has(value: V): boolean
}

export interface Allocators {
  /** IPv4 addresses of the Service range. */
  readonly clusterIPs: Allocator<string>
  /** Ports of the NodePort range. */
  readonly nodePorts: Allocator<number>
}

export class AllocationError extends Error {}
