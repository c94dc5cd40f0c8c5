/**
 * A real dig asks: what it prints of our CoreDNS, over the objects of a recorded cluster, is what a real dig printed of
 * the real one. And `npm run serve -- --dns-port` answers it from a whole cluster, by way of kube-proxy's rules.
 */
import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comparable, COREFILE, start } from '../../src/cluster/addons/coredns/testing/bench.ts'
import recorded from '../../src/cluster/addons/coredns/testdata/recorded.json'
import { startDnsServer } from '../../src/serve/dns-server.ts'
import { WallClock } from '../../src/serve/wall-clock.ts'

const HINT = 'needs dig: apt-get install bind9-dnsutils'
const available = spawnSync('dig', ['-v']).status === 0
if (!available && process.env['CI']) throw new Error(`tests/clients/dig ${HINT}`)
if (!available) describe('dig', () => it.skip(HINT, () => undefined))

const run = promisify(execFile)

interface Answer {
  readonly status: string
  readonly flags: string
  readonly answers: readonly string[]
  readonly authority: readonly string[]
  readonly additional: readonly string[]
  readonly text: string
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function dig(port: number, ...args: string[]): Promise<Answer> {
  const { stdout } = await run('dig', ['@127.0.0.1', '-p', String(port), '+tries=3', '+time=3', ...args])
  const section = (name: string) =>
    (new RegExp(`;; ${name} SECTION:\\n((?:[^;\\n].*\\n)*)`).exec(stdout)?.[1] ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/\s+/g, ' '))
  return {
    status: /status: (\w+)/.exec(stdout)?.[1] ?? stdout,
    flags: /flags: ([a-z ]*)/.exec(stdout)?.[1] ?? '',
    answers: section('ANSWER'),
    authority: section('AUTHORITY'),
    additional: section('ADDITIONAL'),
    text: stdout,
  }
}

/** CoreDNS alone, in real time, behind a real port. */
async function coreDns(corefile?: string) {
  const bench = start(corefile)
  const clock = new WallClock(bench.simulation)
  clock.start()
  const port = await freePort()
  const options = { port, from: bench.network, resolver: { address: '10.244.1.2', port: 53 } }
  const stop = await startDnsServer({ ...options, catchUp: () => clock.catchUp() })
  return {
    port,
    stop: () => {
      stop()
      clock.stop()
    },
  }
}

describe.skipIf(!available)('a real dig', () => {
  let server: Awaited<ReturnType<typeof coreDns>>
  beforeAll(async () => void (server = await coreDns()))
  afterAll(() => server.stop())

  const cases = recorded.answers as [string, string, string, string[], string[], string[]][]
  it.each(cases)('%s %s', async (name, type, status, answers, authority, additional) => {
    const { text: _text, ...answer } = await dig(server.port, name, type, '+noedns')
    expect({
      ...answer,
      answers: comparable(answer.answers),
      authority: comparable(answer.authority),
      additional: comparable(answer.additional),
    }).toEqual({
      status,
      flags: 'qr aa rd',
      answers: comparable(answers),
      authority: comparable(authority),
      additional: comparable(additional),
    })
  })

  it('is answered over TCP, and with its own EDNS options', async () => {
    const { text, answers } = await dig(server.port, 'web.dnsns.svc.cluster.local', '+tcp', '+bufsize=1400')
    expect(answers).toHaveLength(1)
    expect(text).toMatch(/; EDNS: version: 0, flags:; udp: 1400\n; COOKIE: [0-9a-f]{16}/)
    expect(text).toMatch(/SERVER: 127\.0\.0\.1#\d+\(127\.0\.0\.1\) \(TCP\)/)
  })

  it('hears that a datagram was too small, and asks again over TCP', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `192.0.2.${index} many.test`).join('\n')
    const big = await coreDns(COREFILE.replace('errors', `errors\n hosts {\n${lines}\nfallthrough\n}`))
    const small = await dig(big.port, 'many.test', '+noedns', '+ignore')
    expect(small.flags).toBe('qr aa tc rd')
    expect(small.answers.length).toBeLessThan(60)
    const whole = await dig(big.port, 'many.test', '+noedns')
    expect(whole.answers).toHaveLength(60)
    expect(whole.text).toContain(';; Truncated, retrying in TCP mode.')
    expect((await dig(big.port, 'many.test', '+bufsize=4096', '+ignore')).answers).toHaveLength(60)
    big.stop()
  })

  it('asks a whole cluster', async () => {
    const port = await freePort()
    const argv = ['tsx', 'src/serve/serve.ts', '--port', '0', '--dns-port', String(port)]
    const serve = spawn('npx', argv, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
    try {
      for await (const line of createInterface({ input: serve.stdout }))
        if (line.includes('DNS on 127.0.0.1')) break
      const answer = await dig(port, 'kubernetes.default.svc.cluster.local', '+noedns')
      expect(answer).toMatchObject({
        status: 'NOERROR',
        flags: 'qr aa rd',
        answers: ['kubernetes.default.svc.cluster.local. 30 IN A 10.96.0.1'],
      })
      expect((await dig(port, 'nosuch.default.svc.cluster.local')).status).toBe('NXDOMAIN')
    } finally {
      process.kill(-serve.pid!, 'SIGTERM')
    }
  })
})
