import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyPatch } from 'rfc6902'
import { jsonPatch, PatchError } from './json-patch.ts'
import { mergePatch } from './merge-patch.ts'
import { strategicMergePatch } from './strategic-merge-patch.ts'

const deployment = {
  spec: {
    replicas: 2,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
    template: {
      spec: {
        containers: [
          { name: 'web', image: 'nginx:1.27', env: [{ name: 'A', value: '1' }] },
          { name: 'side', image: 'busybox' },
        ],
        tolerations: [{ key: 'a' }],
      },
    },
  },
}
const pod = (spec: object) => ({ spec: { template: { spec } } })
const containersAfter = (patch: object) =>
  (strategicMergePatch('Deployment', deployment, pod(patch)) as unknown as typeof deployment).spec.template
    .spec.containers

describe('a strategic merge patch', () => {
  it('merges containers by name and their env by name', () => {
    expect(
      containersAfter({
        containers: [{ name: 'web', image: 'nginx:1.28', env: [{ name: 'B', value: '2' }] }],
      }),
    ).toEqual([
      {
        name: 'web',
        image: 'nginx:1.28',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
      { name: 'side', image: 'busybox' },
    ])
  })

  it.each([
    ['deletes an item', { containers: [{ name: 'side', $patch: 'delete' }] }, ['web']],
    ['replaces the list', { containers: [{ $patch: 'replace' }, { name: 'only' }] }, ['only']],
    [
      'orders the list',
      { '$setElementOrder/containers': [{ name: 'side' }, { name: 'web' }] },
      ['side', 'web'],
    ],
    [
      'puts a new item where the order says',
      { '$setElementOrder/containers': [{ name: 'web' }, { name: 'new' }], containers: [{ name: 'new' }] },
      ['web', 'new', 'side'],
    ],
  ])('%s', (_, patch, names) => {
    expect(containersAfter(patch).map(({ name }) => name)).toEqual(names)
  })

  it('replaces a list without merge key, and an object with $patch: replace or $retainKeys', () => {
    const patched = strategicMergePatch('Deployment', deployment, {
      spec: {
        strategy: { $retainKeys: ['type'], type: 'Recreate' },
        template: { spec: { tolerations: [{ key: 'b' }] } },
      },
    }) as unknown as typeof deployment
    expect(patched.spec.strategy).toEqual({ type: 'Recreate' })
    expect(patched.spec.template.spec.tolerations).toEqual([{ key: 'b' }])
  })

  it('adds to and takes from lists of plain values', () => {
    const metadata = { finalizers: ['a', 'b'] }
    const patch = { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['c'] } }
    expect(strategicMergePatch('Pod', { metadata }, patch)).toEqual({ metadata: { finalizers: ['b', 'c'] } })
  })

  it('asks for the merge key', () => {
    expect(() => containersAfter({ containers: [{ image: 'x' }] })).toThrow(PatchError)
  })
})

describe('a merge patch', () => {
  it.each([
    [{ a: 1, b: { c: 2 } }, { b: { c: null, d: 3 } }, { a: 1, b: { d: 3 } }],
    [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
    [{ a: 1 }, { a: { b: { c: null } } }, { a: { b: {} } }],
    [{ a: 1 }, ['x'], ['x']],
  ])('%j with %j is %j', (document, patch, expected) => {
    expect(mergePatch(document, patch)).toEqual(expected)
  })

  it('never reaches the prototype', () => {
    const patched = mergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}')) as Record<string, unknown>
    expect(patched['polluted']).toBeUndefined()
    expect(Object.keys(patched)).toEqual(['__proto__'])
  })
})

describe('a JSON patch', () => {
  const step = fc.constantFrom('a', 'b', '0', '1', '-')
  const path = fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => `/${steps.join('/')}`)
  const value = fc.constantFrom(1, 'x', null, [1], { a: [1, { b: 2 }] })
  const operation = fc.oneof(
    fc.record({ op: fc.constantFrom('add', 'replace', 'test'), path, value }),
    fc.record({ op: fc.constant('remove'), path }),
    fc.record({ op: fc.constantFrom('move', 'copy'), path, from: path }),
  )

  it('gives what the reference gives, where it gives anything', () => {
    fc.assert(
      fc.property(
        fc.constantFrom({ a: [1, 2], b: { a: 'x' } }, { a: { b: [{}] } }),
        operation,
        (document, one) => {
          let patched: unknown
          try {
            patched = jsonPatch(document, [one])
          } catch (error) {
            expect(error).toBeInstanceOf(PatchError)
            return
          }
          const reference = structuredClone(document)
          expect(applyPatch(reference, [one as never])).toEqual([null])
          expect(patched).toEqual(reference)
        },
      ),
    )
  })

  it.each([
    ['a missing key', [{ op: 'replace', path: '/x', value: 1 }]],
    ['an index past the end', [{ op: 'add', path: '/a/2', value: 1 }]],
    ['no index', [{ op: 'remove', path: '/a/-' }]],
    ['an unknown operation', [{ op: 'grow', path: '/a' }]],
    ['a failed test', [{ op: 'test', path: '/a/0', value: 2 }]],
  ])('refuses %s', (_, patch) => {
    expect(() => jsonPatch({ a: [1] }, patch)).toThrow(PatchError)
  })

  it('leaves the document alone', () => {
    const document = Object.freeze({ a: Object.freeze([1]) })
    expect(jsonPatch(document, [{ op: 'add', path: '/a/-', value: 2 }])).toEqual({ a: [1, 2] })
  })
})
