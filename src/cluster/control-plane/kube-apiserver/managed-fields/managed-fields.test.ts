import { describe, expect, it } from 'vitest'
import type { ManagedFieldsEntry, Status } from '../../../../api/generated/types.ts'
import type { StoredObject } from '../store.ts'
import recorded from '../testdata/managed-fields.json'
import { testServer } from '../testing.ts'

const ASKED = { managedFields: true }

describe('a new object is managed by its creator as in a real cluster', () => {
  const { send, namespace } = testServer()
  namespace('defs')
  it.each(recorded)('$name', ({ path, input, managedFields }) => {
    const { metadata } = send('POST', path, input, ASKED).body as StoredObject
    expect((metadata.managedFields ?? []).map(({ fieldsV1 }) => fieldsV1)).toEqual(managedFields)
    // No controller is here to count, and what is not counted admits nothing.
    if (path.endsWith('/resourcequotas')) send('DELETE', `${path}/${metadata.name}`)
  })
})

const SERVICES = '/api/v1/namespaces/default/services'

/** A Service `web`, and short ways to write to it as somebody. */
function aService() {
  const { send } = testServer()
  const apply = (manager: string, spec: object, query = '') =>
    send('PATCH', `${SERVICES}/web?fieldManager=${manager}${query}`, service(spec), {
      ...ASKED,
      contentType: 'application/apply-patch+yaml',
    })
  const create = (manager: string, spec: object) =>
    send('POST', `${SERVICES}?fieldManager=${manager}`, service(spec), ASKED)
  const patch = (manager: string, body: unknown, type = 'merge-patch') =>
    send('PATCH', `${SERVICES}/web?fieldManager=${manager}`, body, {
      ...ASKED,
      contentType: `application/${type}+json`,
    })
  const get = () => send('GET', `${SERVICES}/web`, undefined, ASKED).body as StoredObject & { spec: object }
  return { send, apply, create, patch, get, managers: () => managersOf(get()) }
}

const service = (spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec })
const PORT = { ports: [{ port: 80 }] }

const managersOf = ({ metadata }: StoredObject) =>
  Object.fromEntries(
    (metadata.managedFields ?? []).map((entry) => [
      `${entry.manager} ${entry.operation}`,
      specOf(entry)?.['f:selector'] !== undefined,
    ]),
  )
const specOf = ({ fieldsV1 }: ManagedFieldsEntry) =>
  (fieldsV1 as Record<string, Record<string, object> | undefined>)['f:spec']

describe('an update', () => {
  it('takes what it changes from who had it, and only that', () => {
    const { create, patch, managers } = aService()
    create('first', { ...PORT, selector: { app: 'web' } })
    patch('second', { spec: { selector: { app: 'other' } } })
    expect(managers()).toEqual({ 'first Update': false, 'second Update': true })
  })

  it('that changes nothing takes nothing', () => {
    const { create, patch, get } = aService()
    create('first', { ...PORT, selector: { app: 'web' } })
    const before = get()
    patch('second', { spec: { selector: { app: 'web' } } })
    expect(get()).toEqual(before)
  })

  it('may clear or hand over the managed fields themselves', () => {
    const { create, patch, managers } = aService()
    create('first', { ...PORT, selector: { app: 'web' } })
    patch('any', [{ op: 'replace', path: '/metadata/managedFields/0/manager', value: 'heir' }], 'json-patch')
    expect(managers()).toEqual({ 'heir Update': true })
    patch('any', { metadata: { managedFields: [{}] } })
    expect(managers()).toEqual({})
  })

  it('is remembered through many versions', () => {
    const { create, patch, managers, get } = aService()
    create('first', { ...PORT, selector: { app: 'web' } })
    for (let round = 0; round < 30; round++)
      patch(`writer-${round % 3}`, { metadata: { labels: { round: `${round}` } } })
    // The first of them made the map of labels, the last wrote what is in it.
    expect(managers()).toEqual({ 'first Update': true, 'writer-0 Update': false, 'writer-2 Update': false })
    expect(get().metadata.managedFields!.at(-1)).toMatchObject({
      manager: 'writer-2',
      fieldsV1: { 'f:metadata': { 'f:labels': { 'f:round': {} } } },
    })
  })
})

describe('server-side apply', () => {
  it('creates what is not there and manages what was said, defaults not', () => {
    const { apply, get } = aService()
    expect(apply('a', PORT).status).toBe(201)
    expect(get().metadata.managedFields).toMatchObject([
      {
        manager: 'a',
        operation: 'Apply',
        fieldsV1: {
          'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } } },
        },
      },
    ])
  })

  it('refuses to change what another applied, unless forced', () => {
    const { apply, managers } = aService()
    apply('a', { ...PORT, selector: { app: 'web' } })
    const refused = apply('b', { ...PORT, selector: { app: 'other' } })
    expect(refused.status).toBe(409)
    expect(refused.body).toMatchObject({
      message: 'Apply failed with 1 conflict: conflict with "a": .spec.selector',
      reason: 'Conflict',
      details: {
        causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "a"', field: '.spec.selector' }],
      },
    })
    expect(apply('b', { ...PORT, selector: { app: 'other' } }, '&force=true').status).toBe(200)
    expect(managers()).toEqual({ 'a Apply': false, 'b Apply': true })
  })

  it('names all conflicts, by manager and path', () => {
    const { create, apply } = aService()
    create('kubectl-create', {
      ports: [{ name: 'http', port: 80, targetPort: 8080 }],
      selector: { app: 'web' },
    })
    const { message } = apply('b', {
      ports: [{ name: 'http', port: 80, targetPort: 9090 }],
      selector: { app: 'other' },
    }).body as Status
    expect(message).toBe(
      [
        'Apply failed with 2 conflicts: conflicts with "kubectl-create" using v1:',
        '- .spec.ports[port=80,protocol="TCP"].targetPort',
        '- .spec.selector',
      ].join('\n'),
    )
  })

  it('shares what both say alike', () => {
    const { apply, managers } = aService()
    apply('a', { ...PORT, selector: { app: 'web' } })
    apply('b', { ...PORT, selector: { app: 'web' } })
    expect(managers()).toEqual({ 'a Apply': true, 'b Apply': true })
  })

  it('removes what its manager no longer says and nobody else does', () => {
    const { apply, get } = aService()
    apply('a', {
      ports: [
        { name: 'http', port: 80 },
        { name: 'other', port: 81 },
      ],
      selector: { app: 'web' },
    })
    apply('b', { ports: [{ name: 'http', port: 80 }] })
    apply('a', { selector: { app: 'web' } })
    expect(get().spec).toMatchObject({ ports: [{ name: 'http', port: 80 }], selector: { app: 'web' } })
    apply('b', { ports: [{ name: 'only', port: 82 }] })
    expect(get().spec).toMatchObject({ ports: [{ name: 'only', port: 82 }] })
  })

  it('applied again as it was writes nothing', () => {
    const { apply } = aService()
    const first = apply('a', PORT).body as StoredObject
    expect((apply('a', PORT).body as StoredObject).metadata.resourceVersion).toBe(
      first.metadata.resourceVersion,
    )
  })

  it('must say who applies', () => {
    const { send } = testServer()
    const answer = send('PATCH', `${SERVICES}/web`, service(PORT), {
      contentType: 'application/apply-patch+yaml',
    })
    expect(answer.body).toMatchObject({
      code: 422,
      message:
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    })
  })
})
