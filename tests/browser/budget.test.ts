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

  const worker = (part: string) =>
    assets
      .filter((name) => name.startsWith(`worker-${part}-`))
      .reduce((sum, name) => sum + kilobytes(join('assets', name)), 0)

  it('at most 255 for the first module of the worker: what brings a cluster up', () => {
    expect(worker('main')).toBeGreaterThan(100)
    expect(worker('main')).toBeLessThan(255)
  })

  // Shell, kubectl, userland, images: they travel while the cluster boots.
  it('at most 560 for the worker in all', () => {
    expect(worker('rest')).toBeGreaterThan(100)
    expect(worker('main') + worker('rest')).toBeLessThan(560)
  })

  it('nothing of the editor or the terminal among the first', () => {
    const html = readFileSync(join(DIST, 'index.html'), 'utf8')
    expect(html).not.toMatch(/monaco|xterm/)
  })
})
