import { describe, expect, it } from 'vitest'
import type { Probe } from '../../../api/generated/types.ts'
import { Bench } from './testing/bench.ts'

const serving = (
  probes: { readinessProbe?: Probe; livenessProbe?: Probe; startupProbe?: Probe },
  command = ['act', 'serve', '80'],
) => ({
  terminationGracePeriodSeconds: 1,
  containers: [
    { name: 'c', image: 'app:1', command, ports: [{ name: 'http', containerPort: 80 }], ...probes },
  ],
})

/** A process beside the container's own, of which nobody waits for the end. */
function act(bench: Bench, name: string, ...argv: string[]): void {
  const container = [...bench.runtime.containers.values()].find(
    ({ sandbox }) => sandbox.config.name === name,
  )!
  bench.runtime.exec(container, {
    argv: ['act', ...argv],
    tty: false,
    stdin: false,
    output: () => {},
    exited: () => {},
  })
}

describe('a readiness probe', () => {
  it.each<[string, Probe, string]>([
    ['asks at once, by HTTP', { httpGet: { port: 'http', path: '/' } }, 'Running ready c:running'],
    ['by TCP', { tcpSocket: { port: 80 } }, 'Running ready c:running'],
    ['by a command', { exec: { command: ['act', 'exists', '/bin/act'] } }, 'Running ready c:running'],
    [
      'after its initial delay only',
      { tcpSocket: { port: 80 }, initialDelaySeconds: 30 },
      'Running c:running',
    ],
    [
      'wants as many successes as it says',
      { tcpSocket: { port: 80 }, successThreshold: 3, periodSeconds: 5 },
      'Running c:running',
    ],
  ])('%s', (_, readinessProbe, status) => {
    const bench = new Bench()
    bench.run('web', serving({ readinessProbe }))
    expect(bench.watch('web', 5).at(-1)!.replace(/^\S+ /, '')).toBe(status)
  })

  it.each<[string, Probe, string]>([
    [
      'nobody listens',
      { httpGet: { port: 8080, path: '/healthz' } },
      'Readiness probe failed: Get "http://10.244.1.2:8080/healthz": dial tcp 10.244.1.2:8080: connect: connection refused',
    ],
    [
      'nobody listens',
      { tcpSocket: { port: 81 } },
      'Readiness probe failed: dial tcp 10.244.1.2:81: connect: connection refused',
    ],
    ['the command fails', { exec: { command: ['act', 'exists', '/nope'] } }, 'Readiness probe failed: '],
    [
      'the command hangs',
      { exec: { command: ['act', 'sleep'] } },
      'Readiness probe failed: command timed out: "act sleep" timed out after 1s',
    ],
  ])('says why it fails: %s', (_, readinessProbe, message) => {
    const bench = new Bench()
    bench.run('web', serving({ readinessProbe }))
    expect(bench.watch('web', 5).at(-1)).toMatch(/Running c:running$/)
    expect(bench.events('web').at(-1)).toBe(`Warning Unhealthy ${message}`)
  })

  it('turns a Pod unready and ready again, after as many failures as it says', () => {
    const bench = new Bench()
    bench.run(
      'web',
      serving({ readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1, failureThreshold: 2 } }),
    )
    bench.watch('web', 5)
    act(bench, 'web', 'write', '/tmp/broken', 'yes')
    expect(bench.watch('web', 5)).toEqual([
      '0.0 Running ready c:running',
      expect.stringMatching(/^[12]\.\d Running c:running$/),
    ])
    expect(bench.events('web').at(-1)).toMatch(
      /^Warning Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 503 \(x\d\)$/,
    )
    act(bench, 'web', 'remove', '/tmp/broken')
    expect(bench.watch('web', 3).at(-1)).toMatch(/Running ready c:running$/)
  })
})

describe('a liveness probe', () => {
  it('has the container restarted', () => {
    const bench = new Bench()
    bench.run('web', serving({ livenessProbe: { httpGet: { port: 80 }, periodSeconds: 2 } }))
    bench.watch('web', 5)
    act(bench, 'web', 'write', '/tmp/broken', 'yes')
    expect(bench.watch('web', 12).at(-1)).toMatch(/Running ready c:running#1$/)
    expect(bench.events('web')).toContain(
      'Normal Killing Container c failed liveness probe, will be restarted',
    )
    expect(bench.events('web')).toContain(
      'Warning Unhealthy Liveness probe failed: HTTP probe failed with statuscode: 503 (x3)',
    )
  })
})

describe('a startup probe', () => {
  it('keeps the others waiting until it has succeeded once', () => {
    const bench = new Bench()
    const startupProbe = {
      exec: { command: ['act', 'exists', '/tmp/started'] },
      periodSeconds: 2,
      failureThreshold: 30,
    }
    bench.run(
      'slow',
      serving(
        {
          startupProbe,
          readinessProbe: { tcpSocket: { port: 80 } },
          livenessProbe: { tcpSocket: { port: 81 }, periodSeconds: 1, failureThreshold: 1 },
        },
        ['act', 'serve', '80'],
      ),
    )
    expect(bench.watch('slow', 10).at(-1)).toMatch(/Running c:running$/)
    act(bench, 'slow', 'write', '/tmp/started', 'yes')
    expect(bench.watch('slow', 2.5).some((line) => line.endsWith('Running ready c:running'))).toBe(true)
  })
})
