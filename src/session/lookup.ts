import type { Kernel, Machine } from '../os/index.ts'
import { getaddrinfo } from '../os/net/resolver.ts'

/** Resolves a name as a program on `machine` would; `done` gets its addresses, none when it has none. */
export function lookUp(
  machine: Machine & { readonly kernel: Kernel },
  name: string,
  done: (addresses: readonly string[]) => void,
): void {
  let addresses: readonly string[] = []
  machine.kernel.start(
    function* (process) {
      const resolution = yield* getaddrinfo(process, name)
      if (resolution.ok) addresses = resolution.addresses
      return 0
    },
    { argv: ['getent', 'hosts', name], onExit: () => done(addresses) },
  )
}
