import { describe, expect, it } from 'vitest'
import { kinds } from '../../../api/kinds.ts'
import type { Status } from '../../../api/generated/types.ts'
import type { Method } from '../../../api/wire.ts'
import defaults from './testdata/defaults.json'
import errors from './testdata/errors.json'
import printerColumns from './testdata/printer-columns.json'
import { columnsOf } from './table.ts'
import { testServer } from './testing.ts'

/** What differs between any two clusters. */
function normalise(value: unknown): unknown {
  const text = JSON.stringify(value ?? null)
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID')
    .replace(/10\.96\.(?!0\.1\b)\d+\.\d+/g, 'VIRTUAL-ADDRESS')
    .replace(/("(?:nodePort|healthCheckNodePort)":)3\d{4}/g, '$10')
    .replace(/kube-api-access-\w{5}/g, 'kube-api-access-xxxxx')
    .replace(/"resourceVersion":"\d+"/g, '"resourceVersion":"0"')
  return JSON.parse(text)
}

describe('an object is stored as a real cluster stores it', () => {
  const { send, namespace } = testServer()
  namespace('defs')
  it.each(defaults)('$name', ({ path, input, stored }) => {
    const answer = send('POST', path, input)
    expect(answer.status).toBe(201)
    expect(normalise(answer.body)).toEqual(normalise(stored))
    // No controller is here to count, and what is not counted admits nothing.
    if (path.endsWith('/resourcequotas')) send('DELETE', `${path}/${input.metadata.name}`)
  })
})

/**
 * Steps that need what is not here: an earlier request that was not recorded, a controller, a quota. All the rest of the
 * recording must hold.
 */
const NOT_HERE = new Set([
  'errors 77', // a Service `web` that was deleted in between, unrecorded
  'errors 92',
  'errors 97',
  'errors 98',
  'errors 302', // an annotation of the Deployment controller
  'errors 485', // the namespace controller
  'errors-extra 97', // quota
  'errors-extra 101',
  'errors-extra 104',
  'errors-extra 105',
])

describe('requests are refused as a real cluster refuses them', () => {
  const { send, namespace } = testServer()
  namespace('errs')
  namespace('errs2')
  it.each(errors as readonly Exchange[])('$step: $method $url', (exchange) => {
    const answer = send(exchange.method as Method, exchange.url, exchange.body, {
      accept: 'application/json',
      contentType: exchange.contentType ?? 'application/json',
    })
    if (NOT_HERE.has(exchange.step)) return
    const { message, reason, details } = answer.body as Status
    const told =
      answer.status < 400 ? {} : { message, reason, ...(details?.causes ? { causes: details.causes } : {}) }
    const expected =
      exchange.status < 400
        ? {}
        : {
            message: exchange.message,
            reason: exchange.reason,
            ...(exchange.causes ? { causes: exchange.causes } : {}),
          }
    expect(normalise({ status: answer.status, ...told })).toEqual(
      normalise({ status: exchange.status, ...expected }),
    )
    expect(answer.warnings).toEqual(exchange.warnings ?? [])
  })
})

interface Exchange {
  readonly step: string
  readonly method: string
  readonly url: string
  readonly contentType?: string
  readonly body?: unknown
  readonly status: number
  readonly message?: string
  readonly reason?: string
  readonly causes?: unknown
  readonly warnings?: readonly string[]
}

describe('tables have the real columns', () => {
  const served = Object.entries(printerColumns).flatMap(([path, columns]) => {
    const parts = path.split('/')
    const plural = parts.at(-1)
    const group = parts[0] === 'api' ? '' : parts[1]
    const kind = kinds.find((one) => one.plural === plural && one.group === group)
    return kind ? [{ path, kind, columns }] : []
  })
  it.each(served)('$path', ({ kind, columns }) => {
    expect(columnsOf(kind).map(({ name, priority }) => [name, priority])).toEqual(
      columns.map(([name, , priority]) => [name, priority]),
    )
  })
})
