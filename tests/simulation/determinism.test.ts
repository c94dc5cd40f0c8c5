import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collectLessons } from '../../scripts/lessons/collect.ts'
import { HeadlessShell } from '../../src/serve/headless-shell.ts'
import { Session } from '../../src/session/session.ts'

const lesson = { ...collectLessons(resolve(import.meta.dirname, '../../lessons'))[0]!, liveNames: [] }

const SCRIPT = [
  'kubectl create -f deployment.yaml -f service.yaml -f client.yaml',
  'kubectl wait --for=condition=Ready pod/client',
  'kubectl rollout status deployment nginx',
  'kubectl exec client -- wget -qO- nginx >/dev/null; echo $?',
  'while true; do curl -s -m 1 -o /dev/null http://192.168.99.11 ; sleep 0.3; done & kubectl delete pod -l run=nginx; kill %1',
  'echo $RANDOM; date',
]

function run(seed: number): HeadlessShell {
  const shell = new HeadlessShell({ seed, lesson, recordEvents: true })
  for (const command of SCRIPT) shell.run(command)
  return shell
}

/** The first line that differs, cut short: whole logs are too long to read. */
function firstDifference(one: string, other: string): string {
  const [left, right] = [one.split('\n'), other.split('\n')]
  const index = left.findIndex((line, at) => line !== right[at])
  if (index < 0 && left.length === right.length) return 'none'
  return [`line ${index}`, left[index], right[index]].map((text) => text?.slice(0, 300)).join('\n')
}

describe('a session is a function of its seed and its inputs', () => {
  const first = run(5)

  it('gives the same writes, byte for byte, when run again', () => {
    expect(firstDifference(run(5).session.eventLog, first.session.eventLog)).toBe('none')
  })

  it('gives others under another seed', () => {
    expect(firstDifference(run(6).session.eventLog, first.session.eventLog)).not.toBe('none')
  })

  it('gives the same when its log is replayed instead of typed', () => {
    const { session } = first
    const again = new Session({ seed: 5, lesson, recordEvents: true })
    again.boot()
    again.replay(JSON.parse(JSON.stringify(session.log)))
    again.simulation.runUntil(session.simulation.nowMs)
    expect(firstDifference(again.eventLog, session.eventLog)).toBe('none')
    expect(again.simulation.eventCount).toBe(session.simulation.eventCount)
  })

  it('does not notice who looks on', () => {
    const watched = new HeadlessShell({ seed: 5, lesson, recordEvents: true })
    const { session } = watched
    let seen = 0
    session.simulation.trace.subscribe(() => seen++)
    const answer = session.cluster.handle({
      method: 'GET',
      path: '/api/v1/pods',
      query: { watch: 'true' },
      untimed: true,
    })
    if (answer.kind === 'stream') answer.start({ chunk: () => seen++, end: () => {} })
    for (const command of SCRIPT) {
      session.cluster.handle({ method: 'GET', path: '/api/v1/pods' })
      watched.run(command)
    }
    expect(seen).toBeGreaterThan(100)
    expect(firstDifference(session.eventLog, first.session.eventLog)).toBe('none')
    expect(session.simulation.eventCount).toBe(first.session.simulation.eventCount)
  })
})
