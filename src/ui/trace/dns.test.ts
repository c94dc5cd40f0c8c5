import { describe, expect, it } from 'vitest'
import type { Flow } from '../state/trace.svelte.ts'
import { describeDns, dnsStepsBefore } from './dns.ts'
import type { PacketStory } from '../../network/story.ts'

const packet = (from: string, to: string, tuple: string, payload?: unknown): PacketStory => ({
  protocol: tuple.slice(0, 3),
  outcome: `delivered to ${to}`,
  payload,
  hops: [from, to].map((host) => ({
    atMs: 0,
    host,
    stage: 'OUTPUT',
    in: '',
    out: '',
    before: tuple,
    after: tuple,
    rules: [],
    conntrack: '',
    entry: '',
  })),
})
const message = (name: string, type: string, answers?: readonly string[], rcode = 'NOERROR') => ({
  response: answers !== undefined,
  rcode,
  question: [{ name, type }],
  answers: (answers ?? []).map((address) => ({ type, address })),
})
const answer = (client: string, ...about: Parameters<typeof message>) =>
  packet('coredns', client, 'udp 10.244.0.2:53 > 10.244.1.4:40000', message(...about))

let flows = 0
const flow = (atMs: number, story: PacketStory): Flow => ({
  id: ++flows,
  key: String(flows),
  packets: [{ atMs, story, isReply: false }],
})

describe('a DNS message in words', () => {
  it.each([
    ['A web.default.svc.cluster.local?', message('web.default.svc.cluster.local.', 'A')],
    ['A web: NXDOMAIN', message('web.', 'A', [], 'NXDOMAIN')],
    ['AAAA web: no such record', message('web.', 'AAAA', [])],
    ['A web → 10.96.0.20, 10.96.0.21', message('web.', 'A', ['10.96.0.20', '10.96.0.21'])],
  ])('%s', (words, payload) =>
    expect(describeDns(packet('client', 'coredns', 'udp 1.1.1.1:1 > 1.1.1.2:53', payload))).toBe(words),
  )

  it('is none of a segment of TCP', () =>
    expect(describeDns(packet('client', 'web', 'tcp a > b', 'GET /'))).toBeUndefined())
})

describe('the DNS steps before a connection', () => {
  const connection = flow(1000, packet('client', 'web-1', 'tcp 10.244.1.4:50000 > 10.96.0.20:80 SYN'))
  const tried = flow(990, answer('client', 'web.other.default.svc.cluster.local.', 'A', [], 'NXDOMAIN'))
  const found = flow(995, answer('client', 'web.other.svc.cluster.local.', 'A', ['10.96.0.20']))

  it('are the name that had the address, and the names tried before it', () => {
    const another = flow(992, answer('client', 'api.default.svc.cluster.local.', 'A', ['10.96.0.30']))
    expect(dnsStepsBefore(connection, [connection, found, another, tried])).toEqual([
      { flow: tried.id, atMs: 990, text: 'A web.other.default.svc.cluster.local: NXDOMAIN' },
      { flow: found.id, atMs: 995, text: 'A web.other.svc.cluster.local → 10.96.0.20' },
    ])
  })

  it('are none where the address was typed, asked by another, or asked later', () => {
    const elsewhere = flow(995, answer('other', 'web.default.svc.cluster.local.', 'A', ['10.96.0.20']))
    const later = flow(1005, answer('client', 'web.default.svc.cluster.local.', 'A', ['10.96.0.20']))
    for (const flows of [[], [elsewhere], [later], [tried]])
      expect(dnsStepsBefore(connection, flows)).toEqual([])
  })
})
