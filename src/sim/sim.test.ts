import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventQueue } from './event-queue.ts'
import { Pace } from './pace.ts'
import { Random } from './random.ts'
import { formatMicroTimestamp, formatTimestamp, parseTimestamp } from '../encoding/time.ts'
import { Simulation } from './simulation.ts'

describe('event queue', () => {
  it('runs in order of time, then of scheduling, whatever was cancelled', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.boolean()), { maxLength: 3000 }),
        (plan) => {
          const queue = new EventQueue()
          const ran: number[] = []
          const timers = plan.map(([dueAt], index) => queue.add(dueAt, () => ran.push(index)))
          plan.forEach(([, isCancelled], index) => isCancelled && timers[index]!.cancel())
          while (queue.nextDueAt !== undefined) queue.runNext()
          const expected = plan
            .map(([dueAt, isCancelled], index) => ({ dueAt, isCancelled, index }))
            .filter((entry) => !entry.isCancelled)
          expect(ran).toEqual(
            expected.sort((a, b) => a.dueAt - b.dueAt || a.index - b.index).map(({ index }) => index),
          )
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('simulation', () => {
  it('lets events schedule others and leaves the clock where it was told', () => {
    const simulation = new Simulation({ seed: 1, startMs: 0 })
    const seen: number[] = []
    const tick = () => {
      seen.push(simulation.nowMs)
      simulation.schedule(10, tick)
    }
    simulation.schedule(5, tick)
    simulation.runUntil(40)
    expect(seen).toEqual([5, 15, 25, 35])
    expect(simulation.nowMs).toBe(40)
  })

  it('stops in the middle when asked to, and goes on from there', () => {
    const simulation = new Simulation({ seed: 1, startMs: 0 })
    for (const at of [1, 2, 3]) simulation.schedule(at, () => {})
    expect(simulation.runUntil(10, () => true)).toBe(false)
    expect(simulation.nowMs).toBe(1)
    expect(simulation.runUntil(10)).toBe(true)
    expect([simulation.nowMs, simulation.eventCount]).toEqual([10, 3])
  })

  it('refuses to set the clock past an event', () => {
    const simulation = new Simulation({ seed: 1, startMs: 0 })
    simulation.schedule(5, () => {})
    expect(() => simulation.advanceTo(6)).toThrow(RangeError)
    simulation.advanceTo(5)
    expect(simulation.nowMs).toBe(5)
  })
})

describe('pace', () => {
  it('follows the wall at its speed, and forgets what it could not do in a second', () => {
    const simulation = new Simulation({ seed: 1, startMs: 0 })
    const pace = new Pace(simulation)
    pace.advance(16, () => false)
    expect(simulation.nowMs).toBe(16)
    pace.setSpeed(100)
    pace.advance(16, () => false)
    expect(simulation.nowMs).toBe(1616)
    pace.setSpeed(0)
    pace.advance(1000, () => false)
    expect(simulation.nowMs).toBe(1616)
    pace.setSpeed(1)
    pace.advance(3_600_000, () => false)
    expect(simulation.nowMs).toBe(2616)
    expect(() => pace.setSpeed(200)).toThrow(RangeError)
  })
})

describe('random', () => {
  it('is the same for the same seed and name, and another for another', () => {
    const draw = (seed: number, name: string) => Random.fromSeed(seed, name).string(20)
    expect(draw(1, 'a')).toBe(draw(1, 'a'))
    expect(new Set([draw(1, 'a'), draw(1, 'b'), draw(2, 'a'), draw(2 ** 40, 'a')]).size).toBe(4)
  })

  it('is spread evenly', () => {
    const random = Random.fromSeed(7, 'dice')
    const counts = new Array<number>(10).fill(0)
    for (let index = 0; index < 100_000; index++) counts[random.integer(10)]!++
    const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
    expect(chiSquared).toBeLessThan(27.9) // 9 degrees of freedom, p = 0.001
  })

  it('makes version 4 UUIDs', () => {
    expect(Random.fromSeed(1, 'u').uuid()).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })
})

describe('timestamps', () => {
  it('agree with those of the platform', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          const timeMs = date.getTime()
          expect(formatMicroTimestamp(timeMs)).toBe(date.toISOString().replace('Z', '000Z'))
          expect(formatTimestamp(timeMs)).toBe(`${date.toISOString().slice(0, 19)}Z`)
          expect(parseTimestamp(date.toISOString())).toBe(timeMs)
        },
      ),
    )
  })

  it.each([
    ['2026-11-22T08:00:00+02:00', '2026-11-22T06:00:00Z'],
    ['yesterday', undefined],
  ])('reads %s', (text, expected) => {
    const timeMs = parseTimestamp(text)
    expect(Number.isNaN(timeMs) ? undefined : formatTimestamp(timeMs)).toBe(expected)
  })
})
