/** A packet's story as the network tells it, read for people. */
import type { Hop, PacketStory } from './trace.ts'

export type { Hop, PacketStory }

/** A rule that the packet was held against at a hop. */
export type Rule = Hop['rules'][number]

export const isStory = (data: unknown): data is PacketStory =>
  typeof data === 'object' &&
  data !== null &&
  'hops' in data &&
  Array.isArray(data.hops) &&
  data.hops.length > 0

export interface Tuple {
  readonly protocol: string
  readonly from: string
  readonly to: string
  /** TCP flags or the ICMP type. */
  readonly detail: string
}

/** `tcp 10.244.1.2:40000 > 10.96.0.20:80 SYN` in its parts. */
export function tupleOf(description: string): Tuple {
  const [protocol = '', from = '', , to = '', ...detail] = description.split(' ')
  return { protocol, from, to, detail: detail.join(' ') }
}

const keyOf = (protocol: string, from: string, to: string) => `${protocol} ${from} > ${to}`

/**
 * Under which keys a packet's connection may be filed: as its sender addressed it, and, were it an answer, as the
 * asker had addressed the question (addresses are translated back on the way).
 */
export function flowKeysOf({ hops }: PacketStory): { readonly forward: string; readonly reverse: string } {
  const first = tupleOf(hops[0]!.before)
  const last = tupleOf(hops.at(-1)!.after)
  return {
    forward: keyOf(first.protocol, first.from, first.to),
    reverse: keyOf(last.protocol, last.to, last.from),
  }
}

/** What it carries, in a line: the first of an HTTP message, say; empty when it carries nothing of the kind. */
export function contentOf({ payload }: PacketStory): string {
  const [line = ''] = typeof payload === 'string' ? payload.split(/\r?\n/, 1) : []
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}

/** Where the packet ended up, after every translation. */
export const destinationOf = ({ hops }: PacketStory): string => tupleOf(hops.at(-1)!.after).to

export const isDelivered = ({ outcome }: PacketStory): boolean => outcome.startsWith('delivered')

/** Hosts in the order of the way, each stay once. */
export function hostsOf({ hops }: PacketStory): string[] {
  return hops.map(({ host }) => host).filter((host, index, all) => host !== all[index - 1])
}

/**
 * Whether nobody but the cluster itself asked: a kubelet probing a Pod of its node (from the node, nothing rewritten), or
 * the cloud's load balancer looking which nodes are well (from the router itself).
 */
export function isProbe({ hops }: PacketStory, nodes: readonly string[]): boolean {
  const { host, stage } = hops[0]!
  if (stage !== 'OUTPUT') return false
  return host === 'router' || (nodes.includes(host) && hops.every(({ before, after }) => before === after))
}

/** What happened to the addresses at a hop: `to 10.96.0.20:80 → 10.244.1.5:80`. Empty when nothing. */
export function rewriteOf({ before, after }: Hop): string {
  const [from, to] = [tupleOf(before), tupleOf(after)]
  const changes = [
    ...(from.from === to.from ? [] : [`source ${from.from} → ${to.from}`]),
    ...(from.to === to.to ? [] : [`destination ${from.to} → ${to.to}`]),
  ]
  return changes.join(', ')
}
