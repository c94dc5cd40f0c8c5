import { describe, expect, it } from 'vitest'
import { Session } from './session.ts'
import type { LoadProgress } from './load.ts'

/** A fresh cluster with two web servers behind node port 30080. */
function sessionWithService(seed: number, load?: (progress: LoadProgress) => void): Session {
  const session = new Session({ seed }, { load: (_name, progress) => load?.(progress) })
  session.boot()
  for (const text of [
    'kubectl create deployment web --image=nginx:1.27 --replicas=2',
    `kubectl create service nodeport web --tcp=80 --node-port=30080`,
    'kubectl rollout status deployment web; sleep 2',
  ]) {
    session.input({ kind: 'command', text })
    session.simulation.runFor(15_000)
  }
  return session
}

describe('who answered', () => {
  it('is the Pod that the connection reached, and every answer of a load is counted to one', () => {
    let last: LoadProgress | undefined
    const session = sessionWithService(11, (progress) => (last = progress))
    session.input({ kind: 'start-load', load: 'hundred', url: 'http://192.168.99.11:30080', count: 100 })
    session.simulation.runFor(20_000)
    expect(last).toMatchObject({ sent: 100, answered: 100, failed: 0, finished: true })
    expect(Object.keys(last!.byBackend)).toHaveLength(2)
    for (const name of Object.keys(last!.byBackend)) expect(name).toMatch(/^default\/web-/)
  })

  it('changes nothing by being asked: the world goes on the same when somebody else listens too', () => {
    const silent = sessionWithService(12)
    const heard = sessionWithService(12)
    heard.simulation.trace.subscribe(() => {})
    for (const session of [silent, heard]) {
      session.input({ kind: 'browse', url: 'http://192.168.99.12:30080' })
      session.simulation.runFor(5000)
    }
    expect(heard.simulation.eventCount).toBe(silent.simulation.eventCount)
    expect(heard.cluster.revision).toBe(silent.cluster.revision)
  })
})
