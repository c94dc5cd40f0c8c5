/** Bytes by lot at the HTTP door: whatever they are, they are answered, and never with a fault of ours. */
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../../src/cluster/control-plane/kube-apiserver/testing.ts'
import { createHttpServer } from '../../src/serve/http-server.ts'

const { server: api, namespace, send, etcd } = testServer()
const server = createHttpServer((request) => api.handle(request))
let port = 0

beforeAll(async () => {
  namespace('default')
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

interface Message {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

function status({ method, path, headers, body }: Message): Promise<number> {
  return new Promise((resolve, reject) => {
    const sending = httpRequest({ port, method, path, headers, agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode!))
    })
    sending.on('error', reject)
    sending.end(body)
  })
}

const bytes = fc.uint8Array({ maxLength: 200 })
const after = (prefix: string) => bytes.map((rest) => Buffer.concat([Buffer.from(prefix, 'latin1'), rest]))
const message = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'MOVE'),
  path: fc
    .tuple(
      fc.constantFrom(
        '/api/v1/namespaces/default/configmaps',
        '/api/v1/namespaces/default/pods/x',
        '/apis',
        '/',
        '/api//v1',
      ),
      fc.constantFrom(
        '',
        '/',
        '/%',
        '/%zz',
        '/..%2f..',
        '?labelSelector=%ff',
        '?limit=1e9&watch=maybe',
        '?%=%',
        '?a=b&a=c',
      ),
    )
    .map((parts) => parts.join('')),
  headers: fc.record({
    'content-type': fc.constantFrom(
      'application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'application/json-patch+json', 'text/ü', '',
    ), // prettier-ignore
    accept: fc.constantFrom('*/*', 'application/json;as=Table;v=v1;g=meta.k8s.io', ';;,', 'a/b'),
  }),
  body: fc.oneof(
    bytes,
    after('k8s\0'),
    after('k8s\0\n\f\n\x02v1\x12\x06Secret'),
    after('{"metadata":{"name":"'),
    after('a: &a [*a, '),
    fc.constant(Buffer.from('{"metadata":{"name":"\ud800"}}')),
  ),
})

describe('the door', () => {
  it('answers a thousand messages of nonsense, and nobody is harmed', async () => {
    await fc.assert(
      fc.asyncProperty(message, async (one) => {
        const before = etcd.revision
        const code = await status(one)
        expect(code).not.toBe(500)
        if (code >= 400) expect(etcd.revision).toBe(before)
      }),
      { numRuns: 1000, seed: 1 },
    )
    expect(send('GET', '/api/v1/namespaces/default').status).toBe(200)
  })

  it.each([
    ['1.5 MB', 1_500_000, 422],
    ['4 MB', 4_000_000, 413],
  ])('refuses an object of %s', async (_, size, expected) => {
    const body = Buffer.from(JSON.stringify({ metadata: { name: 'big' }, data: { text: 'x'.repeat(size) } }))
    const headers = { 'content-type': 'application/json' }
    const path = '/api/v1/namespaces/default/configmaps'
    expect(await status({ method: 'POST', path, headers, body })).toBe(expected)
  })
})
