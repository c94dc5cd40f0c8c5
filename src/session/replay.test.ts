import { describe, expect, it } from 'vitest'
import type { LogEntry } from './input.ts'
import { Session } from './session.ts'

function booted(): Session {
  const session = new Session({ seed: 3 })
  session.boot()
  return session
}

/** What a learner did in a session of this version: opened a terminal, removed a file that was never there, typed. */
function recorded(): readonly LogEntry[] {
  const session = booted()
  session.simulation.runFor(500)
  session.input({ kind: 'open-terminal', terminal: 'main', columns: 80, rows: 24 })
  session.simulation.runFor(500)
  expect(() => session.input({ kind: 'rename-file', path: 'nothing', to: 'something' })).toThrow(
    /No such file/,
  )
  session.input({ kind: 'terminal-input', terminal: 'main', text: 'echo $RANDOM\r' })
  session.simulation.runFor(500)
  return session.log
}

describe('a replay', () => {
  it('does again what was done, and what failed fails again', () => {
    const log = recorded()
    const session = booted()
    expect(session.replay(log)).toBe(3)
    expect(session.log).toEqual(log)
  })

  it.each([
    ['later than the world knows', { atMs: 10 * 60_000, afterEvents: 0 }],
    ['earlier than the world is', { atMs: -1, afterEvents: 0 }],
    ['after more events than it has by then', { atMs: 0, afterEvents: 50 }],
  ])('says so when an input comes %s', (_how, { atMs, afterEvents }) => {
    const log = recorded().map((entry, index) =>
      index < 2 ? entry : { ...entry, atMs: entry.atMs + atMs, afterEvents: entry.afterEvents + afterEvents },
    )
    expect(() => booted().replay(log)).toThrow(
      expect.objectContaining({
        name: 'ReplayDiverged',
        message: expect.stringMatching(/^input 3 of the log \(terminal-input\)/),
      }),
    )
  })
})
