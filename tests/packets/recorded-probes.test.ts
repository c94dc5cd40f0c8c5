/**
 * What a real cluster answered when each shape of Service was tried, from nodes and from the LAN: with the recorded
 * objects, kube-proxy's rules and packets that walk them, the same is reached, refused and lost.
 */
import { describe, expect, it } from 'vitest'
import type { EndpointSlice, Service } from '../../src/api/generated/types.ts'
import { cluster } from './cluster.ts'
import { NODES } from './recorded.ts'
import inIptables from './recordings/iptables.json'
import inNftables from './recordings/nftables.json'

interface Shape {
  readonly service: Service
  readonly endpointSlices: readonly EndpointSlice[]
  /** `n1 10.96.100.1:80 200`: from where, what to, and curl's HTTP code or exit code. */
  readonly probes: readonly string[]
}

const RECORDINGS = {
  iptables: inIptables.shapes as unknown as Readonly<Record<string, Shape>>,
  nftables: inNftables.shapes as unknown as Readonly<Record<string, Shape>>,
}
const FROM: Readonly<Record<string, string>> = { n1: 'node-1', n2: 'node-2', lan: 'lan' }

/** The exit code of `curl -m 2`, or what stands for HTTP's 200. */
function curl(answer: string): string {
  if (answer.includes('saw')) return '200'
  return answer === 'nothing' ? 'exit 28' : 'exit 7'
}

/** The endpoints of the slices, as Pods by their addresses. */
const podsOf = ({ endpointSlices }: Shape) =>
  Object.fromEntries(
    endpointSlices
      .flatMap(({ endpoints }) => endpoints ?? [])
      .map(({ addresses, nodeName }) => [addresses[0]!, [nodeName!, addresses[0]!] as const]),
  )

describe.each(Object.entries(RECORDINGS))('in %s mode', (mode, shapes) => {
  const probed = Object.entries(shapes).filter(([, { probes }]) => probes.length > 0)
  it.each(probed)('%s', (_name, shape) => {
    const { tcp, cables } = cluster([{ service: shape.service, slices: shape.endpointSlices }], {
      mode: mode as keyof typeof RECORDINGS,
      nodes: NODES,
      pods: podsOf(shape),
    })
    cables['router']!.up = false
    const answers = shape.probes.map((probe) => {
      const [from = '', to = ''] = probe.split(' ')
      const [address = '', port] = to.split(':')
      return `${from} ${to} ${curl(tcp(FROM[from]!, address, Number(port), 2000))}`
    })
    // In iptables mode a wrong port leaves the cluster: how it fails there is the world's affair, not the rules'.
    const comparable = (probe: string) =>
      mode === 'iptables' && probe.includes(':9999 ') ? probe.replace(/exit \d+/, 'failed') : probe
    expect(answers.map(comparable)).toEqual(shape.probes.map(comparable))
  })
})
