import type { DnsMessage, ResourceRecord } from '../../../../os/net/dns.ts'
import { dnsResponse } from '../../../../os/net/dns.ts'
import { normalise, type Plugin } from '../plugin.ts'

interface Item {
  readonly answer: DnsMessage
  readonly storedMs: number
  readonly ttl: number
}

const DEFAULT_SUCCESS_TTL = 3600
const DEFAULT_DENIAL_TTL = 1800
const CAPACITY = 9984

/** `cache [TTL]`: keeps answers, at most for TTL seconds; what it gives out again counts down. */
export const cache: Plugin = {
  name: 'cache',
  setUp(directive, { process }) {
    const limit = /^\d+$/.test(directive.args[0] ?? '') ? Number(directive.args[0]) : undefined
    const option = (name: string) => directive.block.find((each) => each.name === name)?.args
    const successTtl = Number(option('success')?.[1] ?? limit ?? DEFAULT_SUCCESS_TTL)
    const denialTtl = Number(option('denial')?.[1] ?? limit ?? DEFAULT_DENIAL_TTL)
    const items = new Map<string, Item>()

    const store = (key: string, answer: DnsMessage): DnsMessage => {
      const denied = answer.answers.length === 0
      if ((answer.rcode !== 'NOERROR' && answer.rcode !== 'NXDOMAIN') || answer.truncated) return answer
      const ttl = Math.min(denied ? denialTtl : successTtl, smallestTtl(answer))
      if (ttl <= 0) return answer
      const capped = withTtl(answer, (record) => Math.min(record, denied ? denialTtl : successTtl))
      if (items.size >= CAPACITY) items.delete(items.keys().next().value!)
      items.set(key, { answer: capped, storedMs: process.now(), ttl })
      return capped
    }

    return {
      handle: (next) => (request, reply) => {
        const { message, question } = request
        const key = `${normalise(question.name)} ${question.type} ${question.class}`
        const item = items.get(key)
        const ageSeconds = item ? Math.floor((process.now() - item.storedMs) / 1000) : 0
        if (item && ageSeconds < item.ttl) {
          const { rcode, answers, authority, additional, recursionAvailable } = withTtl(
            item.answer,
            () => item.ttl - ageSeconds,
          )
          // From a cache nothing is authoritative in life; CoreDNS says it is, for resolvers that insist.
          return reply(
            dnsResponse(message, {
              rcode,
              answers,
              authority,
              additional,
              recursionAvailable,
              authoritative: true,
            }),
          )
        }
        items.delete(key)
        next(request, (answer) => reply(store(key, answer)))
      },
    }
  },
}

function smallestTtl({ answers, authority, additional }: DnsMessage): number {
  const ttls = [...answers, ...authority, ...additional].map((record) =>
    record.type === 'SOA' ? Math.min(record.ttl, record.minimum) : record.ttl,
  )
  return ttls.length > 0 ? Math.min(...ttls) : 5
}

function withTtl(answer: DnsMessage, ttl: (ttl: number) => number): DnsMessage {
  const each = (records: readonly ResourceRecord[]) =>
    records.map((record) => ({ ...record, ttl: ttl(record.ttl) }))
  return {
    ...answer,
    answers: each(answer.answers),
    authority: each(answer.authority),
    additional: each(answer.additional),
  }
}
