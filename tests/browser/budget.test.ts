import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'

const DIST = 'dist'
const kilobytes = (path: string) => gzipSync(readFileSync(join(DIST, path))).length / 1024
const assets = readdirSync(join(DIST, 'assets'))

describe('what has to travel (KB gzip)', () => {
  it('at most 100 before the lesson can be read and used', () => {
    const html = readFileSync(join(DIST, 'index.html'), 'utf8')
    const linked = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.(?:js|css))"/g)].map((match) => match[1]!)
    expect(linked.length).toBeGreaterThan(2)
    expect(kilobytes('index.html') + linked.reduce((sum, path) => sum + kilobytes(path), 0)).toBeLessThan(100)
  })

  // The aim is 250. What is there is shipped whole, as a log must replay without waiting for a chunk; this holds the line.
  it('at most 490 for the worker: engine, shell and kubectl', () => {
    const worker = assets.filter((name) => /^worker-main/.test(name))
    expect(worker).toHaveLength(1)
    expect(kilobytes(join('assets', worker[0]!))).toBeLessThan(490)
  })

  it('nothing of the editor or the terminal among the first', () => {
    const html = readFileSync(join(DIST, 'index.html'), 'utf8')
    expect(html).not.toMatch(/monaco|xterm/)
  })
})
