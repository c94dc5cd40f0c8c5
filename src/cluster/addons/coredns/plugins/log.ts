import { dnsMessageSize } from '../../../../os/net/dns-size.ts'
import type { DnsMessage } from '../../../../os/net/dns.ts'
import { isBelow, normalise, type Plugin } from '../plugin.ts'

/** `log [NAME...]`: a line for each query, in the common format. */
export const log: Plugin = {
  name: 'log',
  setUp(directive, setup) {
    const names = directive.args.filter((arg) => !arg.includes('{')).map(normalise)
    return {
      handle: (next) => (request, reply) => {
        const { message, question, client, protocol } = request
        const wanted = names.length === 0 || names.some((name) => isBelow(normalise(question.name), name))
        const beganMs = setup.process.now()
        next(request, (answer) => {
          if (wanted) {
            const asked = `${question.type} ${question.class} ${question.name} ${protocol} ${dnsMessageSize(message)} false ${message.edns?.udpSize ?? 512}`
            const tookSeconds = ((setup.process.now() - beganMs) / 1000).toFixed(9)
            setup.log(
              'INFO',
              `${client.address}:${client.port} - ${message.id} "${asked}" ${answer.rcode} ${flagsOf(answer)} ${dnsMessageSize(answer)} ${tookSeconds}s`,
            )
          }
          reply(answer)
        })
      },
    }
  },
}

function flagsOf(answer: DnsMessage): string {
  const flags: readonly (readonly [boolean, string])[] = [
    [answer.response, 'qr'],
    [answer.authoritative, 'aa'],
    [answer.truncated, 'tc'],
    [answer.recursionDesired, 'rd'],
    [answer.recursionAvailable, 'ra'],
  ]
  return flags.flatMap(([set, name]) => (set ? [name] : [])).join(',')
}
