import type { Plugin } from '../plugin.ts'

/** `ready [ADDRESS]`: answers /ready on :8181, with 200 once all plugins can answer. */
export const ready: Plugin = {
  name: 'ready',
  setUp(directive, setup) {
    const port = Number(/:(\d+)$/.exec(directive.args[0] ?? ':8181')?.[1] ?? 8181)
    return {
      endpoint: {
        port,
        path: '/ready',
        respond() {
          const waiting = [...setup.readiness].filter(([, isReady]) => !isReady()).map(([name]) => name)
          if (waiting.length === 0) return { status: 200, body: 'OK' }
          setup.log('INFO', `plugin/ready: Still waiting on: "${waiting.join(',')}"`)
          return { status: 503, body: waiting.join(',') }
        },
      },
    }
  },
}
