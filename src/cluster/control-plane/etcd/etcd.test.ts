import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Simulation } from '../../../sim/index.ts'
import { CompactedError, Etcd } from './etcd.ts'

const make = () => {
  const simulation = new Simulation({ seed: 1 })
  return { simulation, etcd: new Etcd<string>({ simulation }) }
}

describe('etcd', () => {
  it('counts one revision for all keys and remembers when a key was made', () => {
    const { etcd } = make()
    etcd.put('/registry/pods/a/x', () => 'one')
    etcd.put('/registry/pods/a/y', () => 'two')
    expect(etcd.put('/registry/pods/a/x', (revision) => `at ${revision}`)).toEqual({
      key: '/registry/pods/a/x',
      value: 'at 4',
      createRevision: 2,
      modRevision: 4,
    })
  })

  it('tells writes in order even when a listener writes', () => {
    const { etcd } = make()
    const seen: string[] = []
    etcd.watch('/registry/pods/', ({ key, type }) => {
      if (key.endsWith('x') && type === 'PUT') etcd.delete(key, () => 'gone')
    })
    etcd.watch('/registry/pods/', ({ type, revision }) => seen.push(`${type} ${revision}`))
    etcd.put('/registry/pods/a/x', () => 'one')
    expect(seen).toEqual(['PUT 2', 'DELETE 3'])
  })

  it('lets a key expire with its lease, counted from its last write', () => {
    const { simulation, etcd } = make()
    etcd.put('/registry/events/a/e', () => '1', 3600_000)
    simulation.runFor(3000_000)
    etcd.put('/registry/events/a/e', () => '2', 3600_000)
    simulation.runFor(3000_000)
    expect(etcd.get('/registry/events/a/e')?.value).toBe('2')
    simulation.runFor(700_000)
    expect(etcd.get('/registry/events/a/e')).toBeUndefined()
  })

  it('refuses what was compacted away', () => {
    const { etcd } = make()
    for (const value of ['1', '2', '3']) etcd.put('/registry/pods/a/x', () => value)
    etcd.compact(3)
    expect(() => etcd.history('/registry/pods/', 2)).toThrow(CompactedError)
    expect(etcd.history('/registry/pods/', 3).map(({ value }) => value)).toEqual(['3'])
  })

  it('ranges in order of keys, however many changed since the last range', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constantFrom('put', 'delete'), key: fc.integer({ min: 0, max: 40 }) }),
      fc.constant({ kind: 'range', key: 0 }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const { etcd } = make()
        const expected = new Set<string>()
        const keys = () => etcd.range('/registry/pods/').map(({ key }) => key)
        for (const { kind, key: number } of steps) {
          const key = `/registry/pods/a/${number}`
          if (kind === 'put') etcd.put(key, () => '')
          if (kind === 'delete') etcd.delete(key, () => '')
          if (kind === 'put') expected.add(key)
          else if (kind === 'delete') expected.delete(key)
          else expect(keys()).toEqual([...expected].sort())
        }
        expect(keys()).toEqual([...expected].sort())
      }),
    )
  })

  it('shows any past revision as it was, and history leads from there to the present', () => {
    const write = fc.record({ key: fc.constantFrom('a/x', 'a/y', 'b/x'), put: fc.boolean() })
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), (writes) => {
        const { etcd } = make()
        const pictures = new Map([[etcd.revision, [] as readonly string[]]])
        const picture = () => etcd.range('/registry/pods/').map(({ key, value }) => `${key}=${value}`)
        writes.forEach(({ key, put }, index) => {
          if (put) etcd.put(`/registry/pods/${key}`, () => String(index))
          else etcd.delete(`/registry/pods/${key}`, () => '')
          pictures.set(etcd.revision, picture())
        })
        for (const [revision, expected] of pictures) {
          const past = etcd.rangeAt('/registry/pods/', revision)
          expect(past.map(({ key, value }) => `${key}=${value}`)).toEqual(expected)
          const replayed = new Map(past.map(({ key, value }) => [key, value]))
          for (const event of etcd.history('/registry/pods/', revision)) {
            if (event.type === 'PUT') replayed.set(event.key, event.value)
            else replayed.delete(event.key)
          }
          expect([...replayed].map(([key, value]) => `${key}=${value}`).sort()).toEqual(picture())
        }
      }),
    )
  })
})
