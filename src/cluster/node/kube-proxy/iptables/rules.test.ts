import { describe, expect, it } from 'vitest'
import type { EndpointSlice, Service } from '../../../../api/generated/types.ts'
import { endpointChain, serviceChains } from './chain-names.ts'
import { base32 } from '../../../../encoding/base32.ts'
import { sha256 } from '../../../../encoding/sha256.ts'
import { planService } from '../plan.ts'
import { rulesForPort } from './rules.ts'

describe('chain names', () => {
  it('hash with SHA-256', () => {
    const hex = (text: string) =>
      sha256(text)
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join('')
    expect(hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(hex('a'.repeat(56)).slice(0, 16)).toBe('b35439a4ac6f0948')
    expect(base32([102, 111, 111, 98, 97])).toBe('MZXW6YTB')
  })

  it('take the first 16 letters, of the Service port or of that and the endpoint', () => {
    expect(serviceChains('ns1/svc1:p80', 'tcp').cluster).toBe('KUBE-SVC-XPGD46QRK7WJZT7O')
    expect(endpointChain('ns1/svc1:p80', 'tcp', '10.180.0.1:80')).toBe('KUBE-SEP-SXIVWICOYRO3J4NJ')
  })
})

/** Every rule of `ns1/svc1`, as `TABLE CHAIN RULE`, hashes cut off. */
function lines(spec: Service['spec'], endpoints: EndpointSlice['endpoints'], zone?: string): string[] {
  const service: Service = {
    metadata: { namespace: 'ns1', name: 'svc1' },
    spec: { clusterIPs: ['10.96.0.41'], ports: [{ name: 'p80', port: 80, protocol: 'TCP' }], ...spec },
    status: { loadBalancer: { ingress: [{ ip: '1.2.3.4', ipMode: 'VIP' }] } },
  }
  const slice: EndpointSlice = {
    addressType: 'IPv4',
    ports: [{ name: 'p80', port: 80, protocol: 'TCP' }],
    endpoints,
  }
  const node = { name: 'node-1', ip: '192.168.99.11', ...(zone && { zone }) }
  const [plan] = planService(node, service, [slice])
  const port = rulesForPort(plan!, '10.244.0.0/16')
  const short = (text: string) => text.replace(/(KUBE-(?:SVC|SVL|EXT|FW|SEP))-[A-Z2-7]{16}/g, '$1')
  return (['nat', 'filter'] as const)
    .flatMap((table) =>
      [...port[table]].flatMap(([chain, rules]) => rules.map(({ text }) => `${table} ${chain} ${text}`)),
    )
    .concat([...port.chains].flatMap(([chain, rules]) => rules.map(({ text }) => `nat ${chain} ${text}`)))
    .map(short)
}

const at = (ip: string, more: object = {}) => ({
  addresses: [ip],
  nodeName: 'node-1',
  conditions: { ready: true },
  ...more,
})

describe('the rules of a Service port', () => {
  it('with source ranges: a firewall chain, and what it does not let through is dropped in filter', () => {
    const spec = { type: 'LoadBalancer', loadBalancerSourceRanges: ['203.0.113.0/25', '192.168.99.0/24'] }
    expect(lines(spec, [at('10.244.1.2')]).filter((line) => /FW|FIREWALL/.test(line))).toEqual([
      'nat KUBE-SERVICES -d 1.2.3.4/32 -p tcp -m comment --comment "ns1/svc1:p80 loadbalancer IP" -m tcp --dport 80 -j KUBE-FW',
      'filter KUBE-PROXY-FIREWALL -d 1.2.3.4/32 -p tcp -m comment --comment "ns1/svc1:p80 traffic not accepted by KUBE-FW" -m tcp --dport 80 -j DROP',
      'nat KUBE-FW -s 203.0.113.0/25 -m comment --comment "ns1/svc1:p80 loadbalancer IP" -j KUBE-EXT',
      'nat KUBE-FW -s 192.168.99.0/24 -m comment --comment "ns1/svc1:p80 loadbalancer IP" -j KUBE-EXT',
      'nat KUBE-FW -s 1.2.3.4/32 -m comment --comment "ns1/svc1:p80 loadbalancer IP" -j KUBE-EXT',
      'nat KUBE-FW -m comment --comment "other traffic to ns1/svc1:p80 will be dropped by KUBE-PROXY-FIREWALL"',
    ])
  })

  it('with external addresses, without endpoints: refused under every one of them', () => {
    expect(lines({ externalIPs: ['192.168.99.50'] }, [])).toEqual([
      'filter KUBE-SERVICES -d 10.96.0.41/32 -p tcp -m comment --comment "ns1/svc1:p80 has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable',
      'filter KUBE-EXTERNAL-SERVICES -d 192.168.99.50/32 -p tcp -m comment --comment "ns1/svc1:p80 has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable',
    ])
  })

  it.each([
    [
      'hints of every endpoint name our zone: only those',
      { forZones: [{ name: 'z1' }] },
      { forZones: [{ name: 'z2' }] },
      ['10.244.1.2'],
    ],
    [
      'an endpoint without hints: all',
      { forZones: [{ name: 'z1' }] },
      undefined,
      ['10.244.1.2', '10.244.2.2'],
    ],
    [
      'no hint names our zone: all',
      { forZones: [{ name: 'z3' }] },
      { forZones: [{ name: 'z2' }] },
      ['10.244.1.2', '10.244.2.2'],
    ],
    [
      'hints for nodes come before those for zones',
      { forNodes: [{ name: 'node-1' }], forZones: [{ name: 'z1' }] },
      { forNodes: [{ name: 'node-2' }], forZones: [{ name: 'z1' }] },
      ['10.244.1.2'],
    ],
  ])('%s', (_name, first, second, used) => {
    const endpoints = [
      at('10.244.1.2', { hints: first }),
      at('10.244.2.2', { hints: second, nodeName: 'node-2' }),
    ]
    const targets = lines({}, endpoints, 'z1').flatMap(
      (line) => /to-destination (.*):80/.exec(line)?.[1] ?? [],
    )
    expect(targets).toEqual(used)
  })

  it('of load balancers that hand packets over as a proxy (ipMode Proxy) there are none', () => {
    const service: Service = {
      metadata: { namespace: 'ns1', name: 'svc1' },
      spec: { type: 'LoadBalancer', clusterIPs: ['10.96.0.41'], ports: [{ port: 80, protocol: 'TCP' }] },
      status: { loadBalancer: { ingress: [{ ip: '1.2.3.4', ipMode: 'Proxy' }] } },
    }
    const [plan] = planService({ name: 'n', ip: '1.1.1.1' }, service, [])
    const port = rulesForPort(plan!, '10.244.0.0/16')
    expect(JSON.stringify([...port.filter.values()].flat().map(({ text }) => text))).not.toContain('1.2.3.4')
  })
})
