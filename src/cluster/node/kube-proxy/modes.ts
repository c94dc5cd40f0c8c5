import { isScheduler, type Host } from '../../../network/index.ts'
import { removeRules } from './iptables/base-rules.ts'
import { IptablesWriter } from './iptables/writer.ts'
import { IpvsWriter, removeIpvs } from './ipvs/writer.ts'
import { NftablesWriter, removeTables } from './nftables/writer.ts'
import type { ServiceWriter } from './service-writer.ts'

/** The modes of kube-proxy (`mode` of its configuration). */
export type Mode = keyof typeof MODES

export interface ModeOptions {
  readonly clusterCidr: string
  /** `ipvs.scheduler`; the default is round robin. */
  readonly scheduler?: string
}

interface ModeOfProxy {
  writer(host: Host, options: ModeOptions): ServiceWriter
  /** What other modes left on the node, and this one clears away at its start; the rest stays, as in life. */
  removeOthers(host: Host): void
}

const MODES = {
  iptables: {
    writer: ({ netfilter }, { clusterCidr }) => new IptablesWriter(netfilter, clusterCidr),
    removeOthers: ({ netfilter }) => removeTables(netfilter),
  },
  ipvs: {
    writer: (host, { clusterCidr, scheduler = '' }) =>
      new IpvsWriter(host, clusterCidr, isScheduler(scheduler) ? scheduler : 'rr'),
    removeOthers: ({ netfilter }) => removeTables(netfilter),
  },
  nftables: {
    writer: ({ netfilter }, { clusterCidr }) => new NftablesWriter(netfilter, clusterCidr),
    removeOthers(host) {
      removeRules(host.netfilter)
      removeIpvs(host)
    },
  },
} as const satisfies Readonly<Record<string, ModeOfProxy>>

export const isMode = (name: string): name is Mode => Object.hasOwn(MODES, name)

/** The writer of a mode, on a node cleared of what it clears away. */
export function writerFor(mode: Mode, host: Host, options: ModeOptions): ServiceWriter {
  const { writer, removeOthers }: ModeOfProxy = MODES[mode]
  removeOthers(host)
  return writer(host, options)
}
