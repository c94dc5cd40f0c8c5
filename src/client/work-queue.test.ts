import { describe, expect, it } from 'vitest'
import { Simulation } from '../sim/index.ts'
import { WorkQueue } from './work-queue.ts'

/** A queue whose work takes 10 ms, and what it did: `ms key`. */
function start(workers = 1) {
  const simulation = new Simulation({ seed: 1 })
  const log: string[] = []
  const queue: WorkQueue = new WorkQueue({
    simulation,
    workers,
    work: (key, finished) => {
      log.push(`${simulation.nowMs - simulation.startMs} ${key}`)
      simulation.schedule(10, finished)
    },
  })
  return { simulation, queue, log }
}

describe('work queue', () => {
  it('works once on a key that was added often', () => {
    const { simulation, queue, log } = start()
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key)
    simulation.runFor(100)
    expect(log).toEqual(['0 a', '10 b'])
  })

  it('works again on a key that was added while in work, never at the same time', () => {
    const { simulation, queue, log } = start(4)
    queue.add('a')
    simulation.schedule(5, () => queue.add('a'))
    simulation.schedule(6, () => queue.add('a'))
    simulation.runFor(100)
    expect(log).toEqual(['0 a', '10 a'])
  })

  it('keeps to its number of workers', () => {
    const { simulation, queue, log } = start(2)
    for (const key of ['a', 'b', 'c', 'd', 'e']) queue.add(key)
    simulation.runFor(100)
    expect(log).toEqual(['0 a', '0 b', '10 c', '10 d', '20 e'])
  })

  it('of two delays of a key takes the one that ends first', () => {
    const { simulation, queue, log } = start()
    queue.addAfter('a', 50)
    queue.addAfter('a', 20)
    queue.addAfter('a', 70)
    simulation.runFor(100)
    expect(log).toEqual(['20 a'])
  })

  it('backs off 5 ms, 10 ms, 20 ms ... until the key succeeds', () => {
    const { simulation, queue, log } = start()
    for (let failure = 0; failure < 4; failure++) {
      queue.addRateLimited('a')
      simulation.runFor(1000)
    }
    queue.forget('a')
    queue.addRateLimited('a')
    simulation.runFor(1000)
    expect(log).toEqual(['5 a', '1010 a', '2020 a', '3040 a', '4005 a'])
  })

  it('does nothing more once stopped', () => {
    const { simulation, queue, log } = start()
    queue.add('a')
    queue.addAfter('b', 10)
    queue.stop()
    queue.add('c')
    simulation.runFor(100)
    expect(log).toEqual([])
  })
})
