import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kinds } from '../../../api/kinds.ts'
import { testServer } from './testing.ts'

describe('nonsense', () => {
  const json = fc.jsonValue({ maxDepth: 4 })
  const nested = (open: string, close: string, depth: number): unknown =>
    JSON.parse(open.repeat(depth) + '1' + close.repeat(depth))
  /** What tries the limits rather than the meaning. */
  const extreme = fc.constantFrom<unknown>(
    nested('[', ']', 3000),
    nested('{"spec":', '}', 3000),
    nested('{"__proto__":', '}', 50),
    JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
    { metadata: { name: 'x' }, data: { big: 'x'.repeat(1_500_000) } },
    { metadata: { name: 'x', labels: JSON.parse('{"__proto__":"a"}') as object } },
    { metadata: { name: 'x', annotations: { toString: 'a', hasOwnProperty: 'b' } } },
    undefined,
  )
  const path = fc.oneof(
    fc.constantFrom(
      ...kinds.map(
        (kind) =>
          `/${kind.group === '' ? 'api' : `apis/${kind.group}`}/${kind.version}/${kind.namespaced ? 'namespaces/default/' : ''}${kind.plural}`,
      ),
    ),
    fc
      .array(
        fc.constantFrom(
          'api',
          'apis',
          'v1',
          'apps',
          'namespaces',
          'default',
          'pods',
          'services',
          'status',
          'scale',
          'log',
          '%',
          '..',
          '__proto__',
          '%E0%A4%A',
          'constructor',
          '\u0000',
          '',
        ),
        { maxLength: 7 },
      )
      .map((parts) => `/${parts.join('/')}`),
  )
  const query = fc.dictionary(
    fc.constantFrom(
      'labelSelector',
      'fieldSelector',
      'limit',
      'continue',
      'resourceVersion',
      'watch',
      'dryRun',
      'fieldValidation',
    ),
    fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('true', '1', 'a in (b', 'All', '=', ',')),
  )
  const request = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
    path: fc
      .tuple(path, fc.constantFrom('', '/x', '/kubernetes', '/x/status', '/default/finalize'))
      .map(([base, rest]) => base + rest),
    body: fc.oneof(
      { arbitrary: json, weight: 3 },
      { arbitrary: extreme, weight: 1 },
      { arbitrary: fc.record({ metadata: json, spec: json }), weight: 3 },
      {
        weight: 3,
        arbitrary: fc.record({
          metadata: fc.record({ name: fc.constantFrom('x', 'kubernetes') }),
          spec: fc.dictionary(
            fc.constantFrom('ports', 'selector', 'template', 'type', 'containers', 'replicas'),
            json,
          ),
          data: json,
        }),
      },
    ),
    query,
    contentType: fc.constantFrom(
      'application/json',
      'application/merge-patch+json',
      'application/json-patch+json',
      'application/strategic-merge-patch+json',
      'text/plain',
    ),
    accept: fc.constantFrom('application/json', 'text/html', 'application/json;as=Table;v=v1;g=meta.k8s.io'),
  })

  it('is refused, never thrown at, never an internal error, and changes nothing when refused', () => {
    const { server, etcd } = testServer()
    fc.assert(
      fc.property(request, (one) => {
        const before = etcd.revision
        const answer = server.handle(one)
        if (answer.kind === 'stream') return answer.start({ chunk: () => {}, end: () => {} })()
        if (answer.kind !== 'response') return
        const { status, body } = answer.response
        if (status === 500) throw new Error(JSON.stringify(body))
        const mayChange = status < 300 && one.method !== 'GET' && one.query['dryRun'] !== 'All'
        if (!mayChange) expect(etcd.revision).toBe(before)
      }),
      { numRuns: 10_000, seed: 1 },
    )
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it.each([
    ['POST', 'configmaps', 'application/json', (deep: unknown) => ({ metadata: { name: 'x' }, data: deep })],
    ['PATCH', 'configmaps/y', 'application/merge-patch+json', (deep: unknown) => ({ data: deep })],
    ['PATCH', 'configmaps/y', 'application/strategic-merge-patch+json', (deep: unknown) => ({ data: deep })],
    [
      'PATCH',
      'configmaps/y',
      'application/json-patch+json',
      (deep: unknown) => [{ op: 'add', path: '/data', value: deep }],
    ],
  ] as const)('%s %s, %s: a hundred thousand levels are refused', (method, path, contentType, body) => {
    const { send, namespace, etcd } = testServer()
    namespace('default')
    send('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'y' } })
    const before = etcd.revision
    const deep = nested('{"a":', '}', 100_000)
    expect(send(method, `/api/v1/namespaces/default/${path}`, body(deep), { contentType }).status).toBe(400)
    expect(etcd.revision).toBe(before)
  })
})
