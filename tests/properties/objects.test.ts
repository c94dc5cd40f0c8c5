/** Whatever object the schema allows is stored as it was answered, or refused with the path of what is wrong. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kinds } from '../../src/api/kinds.ts'
import { pathOf } from '../../src/api/resource.ts'
import type { KubernetesObject } from '../../src/api/resource.ts'
import { testServer } from '../../src/cluster/control-plane/kube-apiserver/testing.ts'
import { randomObject } from './random-object.ts'

const RUNS = 40
const APPLY = { contentType: 'application/apply-patch+yaml' }

interface Status {
  readonly code: number
  readonly message: string
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message: string }[] }
}

/** A refusal says where: in its causes, or in its message when the object could not even be read. */
function expectAPath(status: Status): void {
  if (status.code !== 422) {
    // The real server answers so, too.
    const isMistyped = status.code === 500 && status.message.startsWith('failed to create typed patch object')
    if (!isMistyped) expect([400, 403, 409], status.message).toContain(status.code)
    return
  }
  const causes = status.details?.causes ?? []
  expect(causes.length).toBeGreaterThan(0)
  for (const { field } of causes) expect(field).toMatch(/^(?:<nil>|[\w$]+(?:[.[].*)?)$/)
}

const writable = kinds.filter(({ verbs, conversion }) => verbs.includes('create') && !conversion)

describe.each(writable.map((kind) => [`${kind.plural}.${kind.group || 'core'}`, kind] as const))(
  '%s',
  (_, kind) => {
    const setUp = () => {
      const server = testServer()
      server.namespace('default')
      return { ...server, path: pathOf(kind, kind.namespaced ? 'default' : undefined) }
    }

    it('by lot are stored and read back equal, or refused with a path', () => {
      const { send, path } = setUp()
      fc.assert(
        fc.property(randomObject(kind), (object) => {
          const made = send('POST', path, object)
          if (made.status !== 201) return expectAPath(made.body as Status)
          const at = `${path}/web`
          const found = send('GET', at).body as KubernetesObject
          expect(found).toEqual(made.body)
          if (kind.verbs.includes('update')) {
            const again = send('PUT', at, found)
            expect([again.status, (again.body as KubernetesObject).metadata]).toEqual([200, found.metadata])
          }
          send('PUT', at, { ...found, metadata: { ...found.metadata, finalizers: [] } })
          expect(send('DELETE', `${at}?gracePeriodSeconds=0`).status).toBe(200)
        }),
        { numRuns: RUNS, seed: 1 },
      )
    })

    it('applied twice are what they were applied once', () => {
      const { send, path } = setUp()
      if (!kind.verbs.includes('patch')) return
      fc.assert(
        fc.property(randomObject(kind), (object) => {
          const at = `${path}/web`
          const apply = () => send('PATCH', `${at}?fieldManager=one&force=true`, object, APPLY)
          const first = apply()
          if (first.status >= 400) return expectAPath(first.body as Status)
          const second = apply()
          expect([second.status, second.body]).toEqual([200, first.body])
          send('DELETE', `${at}?gracePeriodSeconds=0`)
        }),
        { numRuns: RUNS, seed: 2 },
      )
    })
  },
)
