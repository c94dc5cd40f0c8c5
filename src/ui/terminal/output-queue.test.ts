import { describe, expect, it } from 'vitest'
import { OutputQueue } from './output-queue.ts'

/** A screen that has drawn a piece when it is told so. */
function slowScreen() {
  const drawn: string[] = []
  let done: (() => void) | undefined
  const queue = new OutputQueue((piece, whenDone) => {
    drawn.push(piece)
    done = whenDone
  })
  const drawAll = () => {
    for (let next = done; next; next = done) {
      done = undefined
      next()
    }
  }
  return { queue, drawn, drawAll }
}

describe('output on its way to the screen', () => {
  it('is drawn at once, in its order, a piece after the other', () => {
    const { queue, drawn, drawAll } = slowScreen()
    queue.push('one ')
    queue.push('two ')
    queue.push('three')
    expect(drawn).toEqual(['one '])
    drawAll()
    expect(drawn).toEqual(['one ', 'two ', 'three'])
  })

  it('comes in pieces that take no frame', () => {
    const { queue, drawn, drawAll } = slowScreen()
    const lines = `${'x'.repeat(98)}\r\n`
    for (const text of ['y\r\n'.repeat(10_000), lines.repeat(2000), 'x'.repeat(200_000)]) {
      queue.push(text)
      drawAll()
      expect(drawn.join('')).toBe(text)
      expect(Math.max(...drawn.map(({ length }) => length))).toBeLessThanOrEqual(24_000)
      expect(Math.max(...drawn.map((piece) => piece.split('\n').length))).toBeLessThan(250)
      drawn.length = 0
    }
  })

  it.each([
    ['in one write', [10_000_000]],
    ['in many', Array<number>(100).fill(100_000)],
  ])('keeps the end of what is more than anybody could scroll back to, %s', (_, sizes) => {
    const { queue, drawn, drawAll } = slowScreen()
    let line = 0
    for (const size of sizes)
      queue.push(Array.from({ length: size / 10 }, () => `${String(++line).padStart(8, '0')}\r\n`).join(''))
    drawAll()
    const shown = drawn.join('').trimEnd().split('\r\n')
    expect(shown.at(-1)).toBe('01000000')
    expect(shown.length).toBeGreaterThan(15_000)
    // Whole lines, but where something was left out.
    expect(shown.filter((text) => !/^\d{8}$/.test(text)).length).toBeLessThanOrEqual(1)
  })

  it('is forgotten when the screen is cleared for another session', () => {
    const { queue, drawn, drawAll } = slowScreen()
    queue.push('drawn')
    queue.push('forgotten')
    queue.clear()
    drawAll()
    expect(drawn).toEqual(['drawn'])
  })
})
