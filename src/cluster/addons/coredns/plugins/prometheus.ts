import type { Plugin } from '../plugin.ts'

/** `prometheus [ADDRESS]`: counts requests and answers, and tells on :9153/metrics. */
export const prometheus: Plugin = {
  name: 'prometheus',
  setUp(directive, { metrics, zones }) {
    const port = Number(/:(\d+)$/.exec(directive.args[0] ?? ':9153')?.[1] ?? 9153)
    const zone = zones[0] ?? '.'
    const count = (series: string) => metrics.set(series, (metrics.get(series) ?? 0) + 1)
    return {
      endpoint: { port, path: '/metrics', respond: () => ({ status: 200, body: exposition(metrics) }) },
      handle: (next) => (request, reply) => {
        const labels = `server="dns://:53",zone="${zone}"`
        count(
          `coredns_dns_requests_total{${labels},proto="${request.protocol}",type="${request.question.type}"}`,
        )
        next(request, (answer) => {
          count(`coredns_dns_responses_total{${labels},rcode="${answer.rcode}"}`)
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
