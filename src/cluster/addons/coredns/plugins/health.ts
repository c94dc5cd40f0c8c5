import { parseDuration, wrong, type Plugin } from '../plugin.ts'

/** `health [ADDRESS]`: answers /health on :8080 while the process lives; `lameduck` keeps it serving for a while. */
export const health: Plugin = {
  name: 'health',
  setUp(directive) {
    const [address = ':8080'] = directive.args
    const port = Number(/:(\d+)$/.exec(address)?.[1])
    if (!port) throw wrong('health', directive, `unable to parse address '${address}'`)
    let lameduckMs = 0
    for (const option of directive.block) {
      const duration = option.name === 'lameduck' ? parseDuration(option.args[0] ?? '') : undefined
      if (duration === undefined) throw wrong('health', option, `unknown property '${option.name}'`)
      lameduckMs = duration
    }
    return { lameduckMs, endpoint: { port, path: '/health', respond: () => ({ status: 200, body: 'OK' }) } }
  },
}
