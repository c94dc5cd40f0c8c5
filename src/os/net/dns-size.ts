import { utf8Length } from '../../encoding/utf8.ts'
import { remembering } from '../text.ts'
import { absoluteName, type DnsMessage, type ResourceRecord } from './dns.ts'

/**
 * How many bytes the message is on the wire, with names compressed (RFC 1035, 4.1.4): what a datagram counts, what
 * `dig` prints as "MSG SIZE", and what decides on truncation.
 */
export function dnsMessageSize(message: DnsMessage): number {
  return plainSize(message) ?? sizeWithNames(message)
}

/** The size of a message in which every name is the one that was asked for: most are, and need no list of names. */
function plainSize({ question, answers, authority, additional, edns }: DnsMessage): number | undefined {
  if (question.length !== 1 || authority.length > 0 || additional.length > 0 || edns) return undefined
  const { name } = question[0]!
  let size = 12 + nameSize(name) + 4
  for (const record of answers) {
    if ((record.type !== 'A' && record.type !== 'AAAA') || record.name !== name) return undefined
    size += name === '.' ? 11 : 12
    size += record.type === 'A' ? 4 : 16
  }
  return size
}

function sizeWithNames(message: DnsMessage): number {
  const names = new NameSizes()
  let size = 12
  for (const { name } of message.question) size += names.add(name, size) + 4
  for (const section of [message.answers, message.authority, message.additional]) {
    for (const record of section) {
      size += names.add(record.name, size) + 10
      size += dataSize(record, names, size)
    }
  }
  if (message.edns) size += 11 + (message.edns.cookie ? 4 + message.edns.cookie.length / 2 : 0)
  return size
}

function dataSize(record: ResourceRecord, names: NameSizes, at: number): number {
  switch (record.type) {
    case 'A':
      return 4
    case 'AAAA':
      return 16
    case 'CNAME':
    case 'PTR':
    case 'NS':
      return names.add(record.target, at)
    case 'MX':
      return 2 + names.add(record.target, at + 2)
    // RFC 2782: the target of an SRV record is never compressed.
    case 'SRV':
      return 6 + nameSize(record.target)
    case 'TXT':
      return record.text.reduce((sum, text) => sum + 1 + utf8Length(text), 0)
    case 'SOA': {
      const primary = names.add(record.primary, at)
      return primary + names.add(record.mailbox, at + primary) + 20
    }
  }
}

/** Without compression. */
const nameSize = remembering((name) => (name === '.' ? 1 : utf8Length(absoluteName(name)) + 1))

/** Which names (and ends of names) stand already in the message: each later use is a pointer of two bytes. */
class NameSizes {
  readonly #known = new Set<string>()

  add(name: string, offset: number): number {
    let size = 0
    for (const { suffix, bytes } of partsOf(name)) {
      if (this.#known.has(suffix)) return size + 2
      // Pointers reach the first 16 KiB only.
      if (offset + size < 0x4000) this.#known.add(suffix)
      size += bytes
    }
    return size + 1
  }
}

/** The ends of a name, longest first, each with the size of the label that the next one lacks. */
const partsOf = remembering((name) => {
  const labels = absoluteName(name).toLowerCase().split('.').slice(0, -1).filter(Boolean)
  return labels.map((label, index) => ({
    suffix: labels.slice(index).join('.'),
    bytes: utf8Length(label) + 1,
  }))
})
