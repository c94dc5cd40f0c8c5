import type { Host, Netfilter } from '../../../network/index.ts'
import { removeRules } from './iptables/base-rules.ts'
import { IptablesWriter } from './iptables/writer.ts'
import { removeTables, NftablesWriter } from './nftables/writer.ts'
import type { ServiceWriter } from './service-writer.ts'

/** The modes of kube-proxy (`mode` of its configuration). */
export type Mode = keyof typeof MODES

interface ModeOfProxy {
  writer(netfilter: Netfilter, clusterCidr: string): ServiceWriter
  /** What other modes left on the node, and this one clears away at its start. */
  removeOthers(netfilter: Netfilter): void
}

const MODES = {
  iptables: {
    writer: (netfilter, clusterCidr) => new IptablesWriter(netfilter, clusterCidr),
    removeOthers: removeTables,
  },
  nftables: {
    writer: (netfilter, clusterCidr) => new NftablesWriter(netfilter, clusterCidr),
    removeOthers: removeRules,
  },
} as const satisfies Readonly<Record<string, ModeOfProxy>>

export const isMode = (name: string): name is Mode => Object.hasOwn(MODES, name)

/** The writer of a mode, on a node cleared of what others left there. */
export function writerFor(mode: Mode, { netfilter }: Host, clusterCidr: string): ServiceWriter {
  const { writer, removeOthers } = MODES[mode]
  removeOthers(netfilter)
  return writer(netfilter, clusterCidr)
}
