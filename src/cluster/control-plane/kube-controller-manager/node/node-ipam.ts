import * as api from '../../../../api/index.ts'
import type { Node } from '../../../../api/index.ts'
import { controller, patch, type Controller } from '../../../../client/index.ts'

const NODE_BITS = 24

/**
 * Gives each node its share of the Pod network: the lowest /24 of `podCidr` that no node has.
 * @param podCidr IPv4, such as `10.244.0.0/16`.
 */
export function nodeIpam(podCidr: string): Controller {
  const [network = '', length = ''] = podCidr.split('/')
  const base = network.split('.').reduce((value, octet) => value * 256 + Number(octet), 0)
  const count = 2 ** (NODE_BITS - Number(length))
  const blockOf = (position: number) => {
    const address = base + position * 2 ** (32 - NODE_BITS)
    return `${[24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')}/${NODE_BITS}`
  }
  /** Given out, though the cache may not show it yet. */
  const given = new Map<string, string>()
  return controller<Node>({
    name: 'cidrAllocator',
    for: api.node,
    workers: 1,
    reconcile(node, context) {
      if (node.spec?.podCIDR) return []
      const name = node.metadata?.name ?? ''
      const used = new Set(context.list(api.node).map((other) => other.spec?.podCIDR))
      for (const [other, block] of given)
        if (other !== name && context.get(api.node, undefined, other)) used.add(block)
      const block = Array.from({ length: count }, (_, position) => blockOf(position)).find(
        (free) => !used.has(free),
      )
      if (!block) return []
      given.set(name, block)
      return [
        patch(api.node, node, { type: 'strategic', body: { spec: { podCIDR: block, podCIDRs: [block] } } }),
      ]
    },
    gone(name) {
      given.delete(name)
      return []
    },
  })
}

const TTL = 'node.alpha.kubernetes.io/ttl'

/** Tells kubelets for how long they may keep Secrets and ConfigMaps; 0 seconds up to 100 nodes. */
export const ttl = controller<Node>({
  name: 'ttl-controller',
  for: api.node,
  reconcile(node) {
    if (node.metadata?.annotations?.[TTL] !== undefined) return []
    return [patch(api.node, node, { type: 'strategic', body: { metadata: { annotations: { [TTL]: '0' } } } })]
  },
})
