import type { Host } from '../network/index.ts'
import { dnsMessageSize } from '../os/net/dns-size.ts'
import { dnsResponse, sameName, type DnsMessage, type ResourceRecord } from '../os/net/dns.ts'

/** What the world outside has names for, as far as this world goes. The addresses resolve; nothing is behind them. */
const NAMES: Readonly<Record<string, string>> = {
  'example.com.': '93.184.215.14',
  'example.net.': '93.184.215.14',
  'example.org.': '93.184.215.14',
  'www.example.com.': '93.184.215.14',
  'api.example.com.': '93.184.215.14',
  'kubernetes.io.': '147.75.40.148',
}

const TTL_SECONDS = 3600

/** The root's answer to what does not exist. */
const ROOT: ResourceRecord = {
  name: '.',
  ttl: 86_400,
  type: 'SOA',
  primary: 'a.root-servers.net.',
  mailbox: 'nstld.verisign-grs.com.',
  serial: 2026112200,
  refresh: 1800,
  retry: 900,
  expire: 604_800,
  minimum: 86_400,
}

/** The resolver that a provider lends to its customers: on `host`, port 53. */
export function serveInternetNames(host: Host): void {
  const socket = host.sockets.bindUdp({ address: '0.0.0.0', port: 53 })
  socket.handlers = {
    datagram: ({ from, payload }) => {
      const answer = answerTo(payload as DnsMessage)
      socket.send(from, answer, dnsMessageSize(answer))
    },
  }
}

function answerTo(query: DnsMessage): DnsMessage {
  const [question] = query.question
  if (!question) return dnsResponse(query, { rcode: 'FORMERR' })
  const known = Object.entries(NAMES).find(([name]) => sameName(name, question.name))
  if (!known) return dnsResponse(query, { rcode: 'NXDOMAIN', recursionAvailable: true, authority: [ROOT] })
  const record: ResourceRecord = { name: question.name, ttl: TTL_SECONDS, type: 'A', address: known[1] }
  return dnsResponse(query, { recursionAvailable: true, answers: question.type === 'A' ? [record] : [] })
}
