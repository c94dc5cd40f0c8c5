/** DNS messages in the form they have on a wire (RFC 1035, EDNS of RFC 6891), from and to those of the simulated network. */
import {
  RCODES,
  type DnsMessage,
  type QuestionType,
  type RecordType,
  type ResourceRecord,
} from '../os/net/dns.ts'

const TYPES: Readonly<Record<RecordType | 'ANY' | 'HTTPS' | 'AXFR', number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  HTTPS: 65,
  AXFR: 252,
  ANY: 255,
}
const OPT = 41
const COOKIE = 10
const OPCODES = ['QUERY', 'IQUERY', 'STATUS', 'UNASSIGNED', 'NOTIFY', 'UPDATE']
const HEADER_BYTES = 12

/** A query as it came: the question is echoed byte by byte, whatever its spelling. */
export interface WireQuery {
  readonly message: DnsMessage
  readonly question: Buffer
}

/** @returns undefined for what is no query, or none that has exactly one question */
export function decodeQuery(wire: Buffer): WireQuery | undefined {
  try {
    const flags = wire.readUInt16BE(2)
    if (flags & 0x8000 || wire.readUInt16BE(4) !== 1) return undefined
    const { name, end } = readName(wire, HEADER_BYTES)
    const type = wire.readUInt16BE(end)
    const isInternet = wire.readUInt16BE(end + 2) === 1
    const edns = readOptions(wire, end + 4)
    const message: DnsMessage = {
      id: wire.readUInt16BE(0),
      response: false,
      opcode: (OPCODES[(flags >> 11) & 15] ?? 'QUERY') as DnsMessage['opcode'],
      rcode: 'NOERROR',
      authoritative: false,
      truncated: false,
      recursionDesired: (flags & 0x0100) !== 0,
      recursionAvailable: false,
      authenticData: (flags & 0x0020) !== 0,
      checkingDisabled: (flags & 0x0010) !== 0,
      question: [{ name, type: typeName(type), class: isInternet ? 'IN' : 'CH' }],
      answers: [],
      authority: [],
      additional: [],
      ...(edns && { edns }),
    }
    return { message, question: wire.subarray(HEADER_BYTES, end + 4) }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** A type without a name here has no records either: it goes through as `TYPE257`, as RFC 3597 spells it. */
function typeName(number: number): QuestionType {
  const found = Object.entries(TYPES).find(([, value]) => value === number)?.[0] ?? `TYPE${number}`
  return found as QuestionType
}

/** Queries do not compress the name they ask for. @throws RangeError when the message ends too early */
function readName(wire: Buffer, start: number): { name: string; end: number } {
  let name = ''
  let at = start
  for (let length = wire.readUInt8(at); length > 0; length = wire.readUInt8(at)) {
    if (length > 63 || at + 1 + length > wire.length) throw new RangeError('no name')
    name += `${wire.toString('latin1', at + 1, at + 1 + length)}.`
    at += length + 1
  }
  return { name: name === '' ? '.' : name, end: at + 1 }
}

/** The OPT record among the additional ones: a query has no other records before it. */
function readOptions(wire: Buffer, start: number): DnsMessage['edns'] {
  if (wire.readUInt16BE(10) === 0 || wire.readUInt8(start) !== 0 || wire.readUInt16BE(start + 1) !== OPT)
    return undefined
  const udpSize = wire.readUInt16BE(start + 3)
  const end = start + 11 + wire.readUInt16BE(start + 9)
  for (let at = start + 11; at + 4 <= end; at += 4 + wire.readUInt16BE(at + 2)) {
    if (wire.readUInt16BE(at) === COOKIE)
      return { udpSize, cookie: wire.toString('hex', at + 4, at + 4 + wire.readUInt16BE(at + 2)) }
  }
  return { udpSize }
}

/** The answer to `query`, with its names compressed. */
export function encodeAnswer(answer: DnsMessage, { question }: WireQuery): Buffer {
  const writer = new Writer()
  const flags =
    0x8000 |
    (Math.max(0, OPCODES.indexOf(answer.opcode)) << 11) |
    (answer.authoritative ? 0x0400 : 0) |
    (answer.truncated ? 0x0200 : 0) |
    (answer.recursionDesired ? 0x0100 : 0) |
    (answer.recursionAvailable ? 0x0080 : 0) |
    (answer.authenticData ? 0x0020 : 0) |
    (answer.checkingDisabled ? 0x0010 : 0) |
    RCODES.indexOf(answer.rcode)
  const { answers, authority, additional, edns } = answer
  for (const number of [
    answer.id,
    flags,
    1,
    answers.length,
    authority.length,
    additional.length + (edns ? 1 : 0),
  ])
    writer.uint16(number)
  writer.remember(answer.question[0]?.name ?? '.')
  writer.bytes(question)
  for (const record of [...answers, ...authority, ...additional]) writeRecord(writer, record)
  if (edns) writeOptions(writer, edns)
  return writer.result
}

function writeRecord(writer: Writer, record: ResourceRecord): void {
  writer.name(record.name)
  writer.uint16(TYPES[record.type])
  writer.uint16(1)
  writer.uint32(record.ttl)
  writer.sized(() => writeData(writer, record))
}

function writeData(writer: Writer, record: ResourceRecord): void {
  switch (record.type) {
    case 'A':
      return writer.bytes(Buffer.from(record.address.split('.').map(Number)))
    case 'AAAA':
      return writer.bytes(addressBytes(record.address))
    case 'CNAME':
    case 'PTR':
    case 'NS':
      return writer.name(record.target)
    case 'MX':
      writer.uint16(record.preference)
      return writer.name(record.target)
    case 'SRV':
      for (const number of [record.priority, record.weight, record.port]) writer.uint16(number)
      // RFC 2782: the target of an SRV record is not compressed.
      return writer.name(record.target, false)
    case 'TXT':
      for (const text of record.text) {
        const bytes = Buffer.from(text, 'utf8').subarray(0, 255)
        writer.bytes(Buffer.from([bytes.length]))
        writer.bytes(bytes)
      }
      return
    case 'SOA':
      writer.name(record.primary)
      writer.name(record.mailbox)
      for (const number of [record.serial, record.refresh, record.retry, record.expire, record.minimum])
        writer.uint32(number)
  }
}

function writeOptions(writer: Writer, { udpSize, cookie }: NonNullable<DnsMessage['edns']>): void {
  writer.bytes(Buffer.from([0]))
  writer.uint16(OPT)
  writer.uint16(udpSize)
  writer.uint32(0)
  writer.sized(() => {
    if (cookie === undefined) return
    writer.uint16(COOKIE)
    writer.sized(() => writer.bytes(Buffer.from(cookie, 'hex')))
  })
}

/** `fd00::1`, with `::` for as many zeros as are missing. */
function addressBytes(text: string): Buffer {
  const [head = '', tail] = text.split('::')
  const groups = (part: string | undefined) =>
    part ? part.split(':').map((group) => parseInt(group, 16)) : []
  const [first, last] = [groups(head), groups(tail)]
  const middle = new Array<number>(8 - first.length - last.length).fill(0)
  const bytes = Buffer.alloc(16)
  ;[...first, ...middle, ...last].forEach((group, index) => bytes.writeUInt16BE(group, index * 2))
  return bytes
}

/** Appends to a message, and knows where names stand in it. */
class Writer {
  #buffer = Buffer.alloc(0)
  readonly #names = new Map<string, number>()

  get result(): Buffer {
    return this.#buffer
  }

  bytes(bytes: Uint8Array): void {
    this.#buffer = Buffer.concat([this.#buffer, bytes])
  }

  uint16(value: number): void {
    this.bytes(Buffer.from([value >> 8, value & 255]))
  }

  uint32(value: number): void {
    this.uint16(Math.floor(value / 65_536))
    this.uint16(value % 65_536)
  }

  /** What `write` appends, after its length. */
  sized(write: () => void): void {
    const at = this.#buffer.length
    this.uint16(0)
    write()
    this.#buffer.writeUInt16BE(this.#buffer.length - at - 2, at)
  }

  /** Notes a name that is about to be appended in full by other means. */
  remember(name: string): void {
    let at = this.#buffer.length
    const labels = labelsOf(name)
    labels.forEach((label, index) => {
      this.#names.set(labels.slice(index).join('.').toLowerCase(), at)
      at += label.length + 1
    })
  }

  name(name: string, compress = true): void {
    const labels = labelsOf(name)
    for (let index = 0; index < labels.length; index++) {
      const rest = labels.slice(index).join('.').toLowerCase()
      const known = compress ? this.#names.get(rest) : undefined
      if (known !== undefined) return this.uint16(0xc000 | known)
      if (this.#buffer.length < 0x4000 && !this.#names.has(rest)) this.#names.set(rest, this.#buffer.length)
      const bytes = Buffer.from(labels[index]!, 'latin1')
      this.bytes(Buffer.from([bytes.length]))
      this.bytes(bytes)
    }
    this.bytes(Buffer.from([0]))
  }
}

const labelsOf = (name: string) => name.split('.').filter((label) => label !== '')
