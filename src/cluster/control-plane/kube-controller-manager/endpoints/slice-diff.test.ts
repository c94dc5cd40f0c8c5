import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Endpoint, EndpointSlice } from '../../../../api/index.ts'
import type { RequestWrite, Write } from '../../../../client/index.ts'
import { reconcileSlices, type DesiredGroup } from './slice-diff.ts'

const endpoint = (uid: string, ready = true): Endpoint => ({
  addresses: [`10.244.1.${uid}`],
  conditions: { ready, serving: ready, terminating: false },
  targetRef: { kind: 'Pod', namespace: 'default', name: `web-${uid}`, uid },
})

const group = (port: number, uids: readonly string[], unready: readonly string[] = []): DesiredGroup => ({
  addressType: 'IPv4',
  ports: [{ name: '', protocol: 'TCP', port }],
  endpoints: new Map(uids.map((uid) => [uid, endpoint(uid, !unready.includes(uid))])),
})

const NONE: DesiredGroup = { addressType: 'IPv4', ports: [], endpoints: new Map() }

/** Slices as the API server would keep them. */
class Store {
  slices: EndpointSlice[] = []
  #names = 0

  reconcile(...groups: DesiredGroup[]): string[] {
    const template = { metadata: { generateName: 'web-', namespace: 'default', labels: { app: 'web' } } }
    const writes = reconcileSlices({ existing: this.slices, groups, template, triggerTime: undefined })
    return writes.map((write: Write) => this.#apply(write as RequestWrite))
  }

  #apply({ kind, object }: RequestWrite): string {
    const slice = object as EndpointSlice
    const name = slice.metadata?.name ?? `web-${++this.#names}`
    const stored = { ...slice, metadata: { ...slice.metadata, name } }
    if (kind === 'create') this.slices.push(stored)
    else if (kind === 'update')
      this.slices = this.slices.map((old) => (old.metadata?.name === name ? stored : old))
    else this.slices = this.slices.filter((old) => old.metadata?.name !== name)
    return `${kind} ${name}`
  }

  /** `port uid state`, sorted: what the slices say, however they are cut. */
  content(): string[] {
    return this.slices
      .flatMap(({ ports, endpoints }) =>
        (endpoints ?? []).map((one) => `${ports?.[0]?.port} ${one.targetRef?.uid} ${one.conditions?.ready}`),
      )
      .sort()
  }
}

const count = (n: number, from = 0) => Array.from({ length: n }, (_, index) => String(from + index))

describe('slices of a Service', () => {
  it('is one empty slice when nothing is selected, and that one is used when something is', () => {
    const store = new Store()
    expect(store.reconcile(NONE)).toEqual(['create web-1'])
    expect(store.slices[0]).toMatchObject({ endpoints: null, ports: null })
    expect(store.reconcile(NONE)).toEqual([])
    expect(store.reconcile(group(80, ['1', '2']))).toEqual(['update web-1'])
    expect(store.reconcile(NONE)).toEqual(['update web-1'])
    expect(store.slices[0]).toMatchObject({ endpoints: null, ports: null })
  })

  it('holds 100 endpoints, then begins another', () => {
    const store = new Store()
    expect(store.reconcile(group(80, count(250)))).toEqual(['create web-1', 'create web-2', 'create web-3'])
    expect(store.slices.map(({ endpoints }) => endpoints?.length).sort()).toEqual([100, 100, 50])
  })

  it('writes one slice for one changed endpoint', () => {
    const store = new Store()
    store.reconcile(group(80, count(250)))
    expect(store.reconcile(group(80, count(250), ['7']))).toHaveLength(1)
    expect(store.reconcile(group(80, count(250), ['7']))).toEqual([])
  })

  it('fills the slice that is written anyway', () => {
    const store = new Store()
    store.reconcile(group(80, count(150)))
    const uids = [...count(149, 1), '900']
    expect(store.reconcile(group(80, uids))).toHaveLength(1)
  })

  it('keeps Pods with other target ports apart', () => {
    const store = new Store()
    expect(store.reconcile(group(80, ['1']), group(8080, ['2']))).toEqual(['create web-1', 'create web-2'])
    expect(store.reconcile(group(8080, ['2']))).toEqual(['delete web-1'])
  })

  it('says the same as the Pods after any sequence of changes', () => {
    const pods = fc.dictionary(
      fc.integer({ min: 0, max: 320 }).map(String),
      fc.record({ port: fc.constantFrom(80, 8080), ready: fc.boolean() }),
      { maxKeys: 320, size: 'max' },
    )
    fc.assert(
      fc.property(fc.array(pods, { maxLength: 6 }), (states) => {
        const store = new Store()
        for (const state of states) {
          const entries = Object.entries(state)
          const groups = [80, 8080].flatMap((port) => {
            const mine = entries.filter(([, pod]) => pod.port === port)
            const unready = mine.filter(([, pod]) => !pod.ready).map(([uid]) => uid)
            return mine.length > 0
              ? [
                  group(
                    port,
                    mine.map(([uid]) => uid),
                    unready,
                  ),
                ]
              : []
          })
          store.reconcile(...(groups.length > 0 ? groups : [NONE]))
          expect(store.content()).toEqual(
            entries.map(([uid, pod]) => `${pod.port} ${uid} ${pod.ready}`).sort(),
          )
          expect(store.slices.every(({ endpoints }) => (endpoints ?? []).length <= 100)).toBe(true)
          expect(store.reconcile(...(groups.length > 0 ? groups : [NONE]))).toEqual([])
        }
      }),
      { numRuns: 60, seed: 7 },
    )
  })
})
