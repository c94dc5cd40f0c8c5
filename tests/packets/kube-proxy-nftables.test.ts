/**
 * kube-proxy's nftables rules against those of a real kube-proxy 1.36 on three nodes: for every shape of Service the
 * recorded objects go in, and `nft list table ip kube-proxy` has to print what the real one printed, set by set and
 * chain by chain. One thing is not compared: the order of the chains of Services, which in the real one follows Go's
 * map and differs from node to node.
 */
import { describe, expect, it } from 'vitest'
import type { EndpointSlice, Service } from '../../src/api/generated/types.ts'
import { NftablesWriter } from '../../src/cluster/node/kube-proxy/nftables/writer.ts'
import { Network, runNft } from '../../src/network/index.ts'
import { Simulation } from '../../src/sim/index.ts'
import { before, NODES, plansOn, type ServiceAndSlices } from './recorded.ts'
import recordings from './recordings/nftables.json'

/** Sets, maps and chains by `chain services`, with their lines. */
type Blocks = Readonly<Record<string, readonly string[]>>
type NodeName = keyof typeof NODES

interface Shape {
  readonly service: Service
  readonly endpointSlices: readonly EndpointSlice[]
  readonly changes: Readonly<Record<NodeName, Blocks>>
}

const shapes = recordings.shapes as unknown as Readonly<Record<string, Shape>>
const baseline = (node: NodeName): Blocks => ({ ...recordings.baseline.ip, ...recordings.baseline[node] })

function nodeWith(name: NodeName, services: readonly ServiceAndSlices[]) {
  const { netfilter } = new Network(new Simulation({ seed: 1 })).addHost(name)
  const { plans, surroundings } = plansOn(name, services)
  const writer = new NftablesWriter(netfilter, '10.244.0.0/16')
  writer.fullSync(plans, surroundings)
  const table = (family: string) => runNft(['list', 'table', family, 'kube-proxy'], netfilter).stdout
  return { writer, table }
}

function blocksOf(table: string): Blocks {
  const blocks: Record<string, string[]> = {}
  for (const block of table.split('\n\t}')) {
    const at = /\t((?:set|map|chain) \S+) \{\n?/.exec(block)
    if (!at) continue
    const lines = block.slice(at.index + at[0].length)
    blocks[at[1]!] = lines === '' ? [] : lines.split('\n').map((line) => line.replace(/^\t\t/, ''))
  }
  return blocks
}

describe('the table of kube-proxy 1.36', () => {
  it.each(Object.keys(NODES) as NodeName[])('before any other Service, on %s', (node) => {
    const { table } = nodeWith(node, before)
    expect(blocksOf(table('ip'))).toEqual(baseline(node))
    expect(blocksOf(table('ip6'))).toEqual(recordings.baseline.ip6)
  })

  it('lists sets and shared chains in their order', () => {
    const { table } = nodeWith('node-1', before)
    const inOrder = (blocks: Blocks) =>
      Object.keys(blocks).filter((name) => !name.startsWith('chain service-'))
    expect(inOrder(blocksOf(table('ip')))).toEqual(inOrder(baseline('node-1')))
  })

  describe.each(Object.entries(shapes))('%s', (_name, shape) => {
    const service: ServiceAndSlices = [shape.service, shape.endpointSlices]

    it.each(Object.keys(NODES) as NodeName[])('on %s', (node) => {
      const { table } = nodeWith(node, [...before, service])
      expect(blocksOf(table('ip'))).toEqual({ ...baseline(node), ...shape.changes[node] })
    })

    it('comes and goes in partial syncs', () => {
      const { writer, table } = nodeWith('node-1', before)
      const { plans } = plansOn('node-1', [service])
      const key = [...plans.keys()][0]!
      writer.partialSync(plans)
      expect(blocksOf(table('ip'))).toEqual({ ...baseline('node-1'), ...shape.changes['node-1'] })
      writer.partialSync(new Map([[key, []]]))
      expect(blocksOf(table('ip'))).toEqual(baseline('node-1'))
    })
  })
})
