import fc from 'fast-check'
import { describe, it } from 'vitest'
import { kinds } from '../../../api/kinds.ts'
import { testServer } from './testing.ts'

describe('nonsense', () => {
  const json = fc.jsonValue({ maxDepth: 4 })
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
      json,
      fc.record({ metadata: json, spec: json }),
      fc.record({
        metadata: fc.record({ name: fc.constantFrom('x', 'kubernetes') }),
        spec: fc.dictionary(
          fc.constantFrom('ports', 'selector', 'template', 'type', 'containers', 'replicas'),
          json,
        ),
        data: json,
      }),
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

  it('is refused, never thrown at, never an internal error', () => {
    const { server } = testServer()
    fc.assert(
      fc.property(request, (one) => {
        const answer = server.handle(one)
        if (answer.kind === 'response' && answer.response.status === 500)
          throw new Error(JSON.stringify(answer.response.body))
        if (answer.kind === 'stream') answer.start({ chunk: () => {}, end: () => {} })()
      }),
      { numRuns: 3000, seed: 1 },
    )
  })
})
