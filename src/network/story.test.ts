import { describe, expect, it } from 'vitest'
import {
  isProbe,
  destinationOf,
  flowKeysOf,
  hostsOf,
  rewriteOf,
  tupleOf,
  type Hop,
  type PacketStory,
} from './story.ts'

const hop = (host: string, stage: string, before: string, after = before): Hop => ({
  atMs: 0,
  host,
  stage,
  in: '',
  out: '',
  before,
  after,
  rules: [],
  conntrack: '',
  entry: '',
})

const request: PacketStory = {
  protocol: 'tcp',
  outcome: 'delivered to web-1',
  payload: undefined,
  hops: [
    hop('client', 'OUTPUT', 'tcp 10.244.1.2:40000 > 10.96.0.20:80 SYN'),
    hop(
      'node-1',
      'PREROUTING',
      'tcp 10.244.1.2:40000 > 10.96.0.20:80 SYN',
      'tcp 10.244.1.2:40000 > 10.244.2.3:8080 SYN',
    ),
    hop('node-1', 'FORWARD', 'tcp 10.244.1.2:40000 > 10.244.2.3:8080 SYN'),
    hop('web-1', 'deliver', 'tcp 10.244.1.2:40000 > 10.244.2.3:8080 SYN'),
  ],
}
const answer: PacketStory = {
  protocol: 'tcp',
  outcome: 'delivered to client',
  payload: undefined,
  hops: [
    hop('web-1', 'OUTPUT', 'tcp 10.244.2.3:8080 > 10.244.1.2:40000 SYN,ACK'),
    hop(
      'node-1',
      'PREROUTING',
      'tcp 10.244.2.3:8080 > 10.244.1.2:40000 SYN,ACK',
      'tcp 10.96.0.20:80 > 10.244.1.2:40000 SYN,ACK',
    ),
    hop('client', 'deliver', 'tcp 10.96.0.20:80 > 10.244.1.2:40000 SYN,ACK'),
  ],
}

describe('a story', () => {
  it('knows the parts of a packet', () =>
    expect(tupleOf('tcp 1.2.3.4:5 > 6.7.8.9:80 SYN,ACK')).toEqual({
      protocol: 'tcp',
      from: '1.2.3.4:5',
      to: '6.7.8.9:80',
      detail: 'SYN,ACK',
    }))
  it('files the answer with the question, though its addresses were translated', () =>
    expect(flowKeysOf(answer).reverse).toBe(flowKeysOf(request).forward))
  it('says where the packet went in the end', () => expect(destinationOf(request)).toBe('10.244.2.3:8080'))
  it('names each host once a stay', () => expect(hostsOf(request)).toEqual(['client', 'node-1', 'web-1']))
  it('tells a probe from a request', () => {
    const probe = {
      ...request,
      hops: [
        hop('node-1', 'OUTPUT', 'tcp 10.244.1.1:5 > 10.244.1.2:80 SYN'),
        hop('default/web', 'deliver', 'tcp 10.244.1.1:5 > 10.244.1.2:80 SYN'),
      ],
    }
    expect([probe, request].map((story) => isProbe(story, ['node-1']))).toEqual([true, false])
  })
  it('says what was rewritten', () =>
    expect(rewriteOf(request.hops[1]!)).toBe('destination 10.96.0.20:80 → 10.244.2.3:8080'))
})
