/**
 * How long single steps of the simulation take: the worker can stop between two steps, never inside one. A frame is
 * frozen by the longest of them, so that is what counts. CPU time of the thread it runs on, this engine alone.
 */
import { openSync, readSync } from 'node:fs'
import { Session } from '../src/session/session.ts'
import { deploymentManifest, serviceManifest } from './subject.ts'

const REPLICAS = 1000
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'
/** More than a budget of 8 ms may hold. */
const LONG_MS = 6

const scheduled = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r')
const buffer = Buffer.alloc(64)

interface Phase {
  readonly name: string
  readonly steps: number
  readonly cpuMs: number
  readonly long: number
  readonly longestMs: number
}

const session = new Session({ seed: 1, nodes: 12 })
const { simulation, cluster } = session

const phases = [
  phase('boot', () => cluster.ready),
  deploy(),
  phase('a minute after', after(60_000)),
  scale(10, `scale to 10`),
  phase('a minute after', after(60_000)),
  scale(REPLICAS, `scale to ${REPLICAS} again`),
  remove(),
  type('print 10 MB', `yes ${'x'.repeat(79)} | head -n 125000\r`),
  type('print 10 MB without a newline', `head -c 10000000 /dev/zero | tr '\\0' x\r`),
  type('paste 10 MB as one command', `echo ${'x'.repeat(10_000_000)}\r`),
  type('paste 10 MB of lines', `${'y'.repeat(60)}\n`.repeat(160_000)),
]
process.stdout.write(JSON.stringify(phases))

function deploy(): Phase {
  request('POST', DEPLOYMENTS, deploymentManifest(REPLICAS, 'hashicorp/http-echo:1.0'))
  request('POST', '/api/v1/namespaces/default/services', serviceManifest(5678))
  return phase(`${REPLICAS} replicas`, isReady(REPLICAS))
}

function scale(replicas: number, name: string): Phase {
  request('PATCH', `${DEPLOYMENTS}/web`, { spec: { replicas } })
  return phase(name, isReady(replicas))
}

function remove(): Phase {
  request('DELETE', `${DEPLOYMENTS}/web`, { propagationPolicy: 'Background' })
  return phase(
    'delete all',
    () => (request('GET', '/api/v1/namespaces/default/pods') as { items: unknown[] }).items.length === 0,
  )
}

/** Into a new terminal; what the keystrokes themselves take is a step, too. */
function type(name: string, text: string): Phase {
  session.input({ kind: 'open-terminal', terminal: name, columns: 80, rows: 24 })
  simulation.runFor(1000)
  return phase(name, after(5000), () => session.input({ kind: 'terminal-input', terminal: name, text }))
}

function phase(name: string, reached: () => boolean, first: () => void = () => {}): Phase {
  const times: number[] = []
  const measured = (run: () => void) => {
    const before = threadMs()
    run()
    times.push(threadMs() - before)
  }
  measured(first)
  do {
    for (let count = 0; count < 50; count++) measured(() => simulation.step())
  } while (!reached())
  return {
    name,
    steps: times.length,
    cpuMs: times.reduce((sum, time) => sum + time, 0),
    long: times.filter((time) => time > LONG_MS).length,
    longestMs: Math.max(0, ...times.slice(-1e5)),
  }
}

/** What this thread has used of a processor, in ms: its own waiting and what other threads do does not count. */
function threadMs(): number {
  const length = readSync(scheduled, buffer, 0, 64, 0)
  return Number(buffer.toString('latin1', 0, length).split(' ')[0]) / 1e6
}

function after(ms: number): () => boolean {
  let until: number | undefined
  return () => simulation.nowMs >= (until ??= simulation.nowMs + ms)
}

function isReady(replicas: number): () => boolean {
  return () => {
    const { status } = request('GET', `${DEPLOYMENTS}/web`) as {
      status?: { replicas?: number; readyReplicas?: number }
    }
    return status?.replicas === replicas && status.readyReplicas === replicas
  }
}

function request(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): unknown {
  const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const answer = cluster.handle({ method, path, body, contentType })
  if (answer.kind !== 'response' || answer.response.status >= 400)
    throw new Error(`${path}: ${JSON.stringify(answer)}`)
  return answer.response.body
}
