import { remembering } from '../../../../os/text.ts'
import type { Plugin } from '../plugin.ts'

/** `prometheus [ADDRESS]`: counts requests and answers, and tells on :9153/metrics. */
export const prometheus: Plugin = {
  name: 'prometheus',
  setUp(directive, { metrics, zones }) {
    const port = Number(/:(\d+)$/.exec(directive.args[0] ?? ':9153')?.[1] ?? 9153)
    const zone = zones[0] ?? '.'
    const labels = `server="dns://:53",zone="${zone}"`
    const requests = (proto: string) =>
      remembering((type) => `coredns_dns_requests_total{${labels},proto="${proto}",type="${type}"}`)
    const series = { udp: requests('udp'), tcp: requests('tcp') }
    const responses = remembering((rcode) => `coredns_dns_responses_total{${labels},rcode="${rcode}"}`)
    const count = (name: string) => metrics.set(name, (metrics.get(name) ?? 0) + 1)
    return {
      endpoint: { port, path: '/metrics', respond: () => ({ status: 200, body: exposition(metrics) }) },
      handle: (next) => (request, reply) => {
        count(series[request.protocol](request.question.type))
        next(request, (answer) => {
          count(responses(answer.rcode))
          reply(answer)
        })
      },
    }
  },
}

function exposition(metrics: ReadonlyMap<string, number>): string {
  const lines: string[] = []
  let family = ''
  for (const series of [...metrics.keys()].sort()) {
    const name = series.slice(0, series.indexOf('{'))
    if (name !== family) lines.push(`# TYPE ${name} counter`)
    family = name
    lines.push(`${series} ${metrics.get(series)}`)
  }
  return `${lines.join('\n')}\n`
}
