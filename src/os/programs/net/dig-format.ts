import type { DnsMessage, ResourceRecord } from '../../net/dns.ts'
import { dnsMessageSize } from '../../net/dns-size.ts'
import { formatDate } from '../date-format.ts'
import type { BindAnswer } from './bind-lookup.ts'

/** Which parts of an answer are shown. */
export interface DigDisplay {
  readonly cmd: boolean
  readonly comments: boolean
  readonly question: boolean
  readonly answer: boolean
  readonly authority: boolean
  readonly additional: boolean
  readonly stats: boolean
}

/** What follows dig's banner. */
export function formatAnswer(
  found: BindAnswer,
  port: number,
  nowMs: number,
  display: DigDisplay,
  tcp: boolean,
): string {
  const { answer } = found
  const parts = [
    display.comments ? heading(found) : '',
    display.question ? section('QUESTION', questions(answer), display) : '',
  ]
  if (display.answer) parts.push(section('ANSWER', answer.answers.map(formatRecord), display))
  if (display.authority) parts.push(section('AUTHORITY', answer.authority.map(formatRecord), display))
  if (display.additional) parts.push(section('ADDITIONAL', answer.additional.map(formatRecord), display))
  if (display.stats) {
    parts.push(
      `;; Query time: ${Math.round(found.elapsedMs)} msec\n;; SERVER: ${found.server}#${port}(${found.server}) (${tcp ? 'TCP' : 'UDP'})\n` +
        `;; WHEN: ${formatDate(nowMs, '%a %b %d %H:%M:%S UTC %Y')}\n;; MSG SIZE  rcvd: ${dnsMessageSize(answer)}\n\n`,
    )
  }
  return parts.join('')
}

function heading({ query, answer }: BindAnswer): string {
  const name = answer.question[0]?.name ?? query.question[0]!.name
  const multicast = /\.local\.?$/i.test(name)
    ? ';; WARNING: .local is reserved for Multicast DNS\n;; You are currently testing what happens when an mDNS query is leaked to DNS\n'
    : ''
  const flags = [
    ['qr', answer.response], ['aa', answer.authoritative], ['tc', answer.truncated], ['rd', answer.recursionDesired], ['ra', answer.recursionAvailable],
    ['ad', answer.authenticData], ['cd', answer.checkingDisabled],
  ].flatMap(([flag, set]) => (set ? [` ${flag}`] : [])) // prettier-ignore
  const additional = answer.additional.length + (answer.edns ? 1 : 0)
  const counts = `QUERY: ${answer.question.length}, ANSWER: ${answer.answers.length}, AUTHORITY: ${answer.authority.length}, ADDITIONAL: ${additional}`
  const unavailable =
    answer.recursionDesired && !answer.recursionAvailable
      ? ';; WARNING: recursion requested but not available\n'
      : ''
  return (
    `;; Got answer:\n${multicast};; ->>HEADER<<- opcode: ${answer.opcode}, status: ${answer.rcode}, id: ${answer.id}\n` +
    `;; flags:${flags.join('')}; ${counts}\n${unavailable}\n${pseudoSection(query, answer)}`
  )
}

function pseudoSection(query: DnsMessage, answer: DnsMessage): string {
  if (!answer.edns) return ''
  const { udpSize, cookie } = answer.edns
  const quality = cookie === query.edns?.cookie ? 'echoed' : 'good'
  return `;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: ${udpSize}\n${cookie ? `; COOKIE: ${cookie} (${quality})\n` : ''}`
}

function section(title: string, lines: readonly string[], display: DigDisplay): string {
  if (lines.length === 0) return ''
  const text = lines.map((line) => `${line}\n`).join('')
  return display.comments ? `;; ${title} SECTION:\n${text}\n` : text
}

const questions = (answer: DnsMessage): string[] =>
  answer.question.map(
    ({ name, type, class: kind }) =>
      `;${columns([
        [name, 32],
        [kind, 40],
        [type, 0],
      ])}`,
  )

/** E.g. `web.shop.svc.cluster.local. 5 IN	A	10.96.1.2`: columns at 24, 32, 40 and 48, by tabs where they fit. */
export function formatRecord(record: ResourceRecord): string {
  return columns([
    [record.name, 24],
    [String(record.ttl), 32],
    ['IN', 40],
    [record.type, 48],
    [recordData(record), 0],
  ])
}

function columns(cells: readonly (readonly [string, number])[]): string {
  let text = ''
  let column = 0
  for (const [index, [cell, next]] of cells.entries()) {
    text += cell
    column += cell.length
    if (index === cells.length - 1) break
    if (column >= next) {
      text += ' '
      column++
    } else {
      text += '\t'.repeat(Math.ceil((next - column) / 8))
      column = next
    }
  }
  return text
}

export function recordData(record: ResourceRecord): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.address
    case 'CNAME':
    case 'PTR':
    case 'NS':
      return record.target
    case 'SRV':
      return `${record.priority} ${record.weight} ${record.port} ${record.target}`
    case 'MX':
      return `${record.preference} ${record.target}`
    case 'TXT':
      return record.text.map((text) => `"${text}"`).join(' ')
    case 'SOA':
      return `${record.primary} ${record.mailbox} ${record.serial} ${record.refresh} ${record.retry} ${record.expire} ${record.minimum}`
  }
}

export const shortAnswer = (answer: DnsMessage): string =>
  answer.answers.map((record) => `${recordData(record)}\n`).join('')
