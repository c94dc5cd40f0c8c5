import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { Blocking } from '../process.ts'
import { utf8Length } from '../../encoding/utf8.ts'
import type { HttpError } from './http.ts'
import { Headers, HttpReader, formatRequest, formatResponse, textResponse } from './http.ts'

/** Runs a blocking body that never really blocks. */
function finish<T>(body: Blocking<T>): T {
  const result = body.next()
  if (!result.done) throw new Error('it blocks')
  return result.value
}

/** A connection on which the text comes in the given pieces. */
function arriving(...pieces: readonly string[]) {
  const rest = [...pieces]
  return new HttpReader({
    *read() {
      return rest.shift() ?? null
    },
  })
}

const cutAnywhere = (text: string, cuts: readonly number[]): string[] => {
  const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b)
  return [0, ...at].map((start, index) => text.slice(start, at[index])).filter((piece) => piece !== '')
}

describe('HttpReader', () => {
  it('reads a request whatever pieces it comes in, with bytes beyond ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat()), (body, cuts) => {
        const headers = new Headers([
          ['Host', 'web'],
          ['Content-Length', String(utf8Length(body))],
        ])
        const text = formatRequest({ method: 'POST', target: '/x?y=1', version: '1.1', headers, body })
        const pieces = cutAnywhere(text + text, cuts)
        // A piece never ends within a character: text flows, not bytes.
        fc.pre(pieces.every((piece) => !/[\ud800-\udbff]$/.test(piece)))
        const reader = arriving(...pieces)
        for (let count = 0; count < 2; count++) {
          expect(finish(reader.request())).toMatchObject({ method: 'POST', target: '/x?y=1', body })
        }
        expect(finish(reader.request())).toBeNull()
      }),
    )
  })

  it('puts chunks together and leaves trailers out', () => {
    const text =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=1\r\nWiki\r\n5\r\npedia\r\n0\r\nTrailer: 1\r\n\r\n'
    expect(finish(arriving(text).response())).toMatchObject({ status: 200, body: 'Wikipedia' })
  })

  it.each([
    ['', 'empty'],
    ['SSH-2.0-OpenSSH_9.2\r\n\r\n', 'malformed'],
    ['HTTP/1.1 200 OK\r\nContent-Le', 'truncated'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', 'truncated'],
  ])('%j is %s', (text, kind) => {
    expect(() => finish(arriving(text).response())).toThrow(expect.objectContaining({ kind }) as HttpError)
  })

  it('without a length the body ends with the connection', () => {
    expect(finish(arriving('HTTP/1.0 200 OK\r\n\r\nab', 'cd').response()).body).toBe('abcd')
  })
})

it('formats headers in their order and with their spelling, found whatever their case', () => {
  const response = textResponse(404, 'né\n', [
    ['X-One', '1'],
    ['x-two', '2'],
  ])
  expect(formatResponse(response)).toBe(
    'HTTP/1.1 404 Not Found\r\nX-One: 1\r\nx-two: 2\r\nContent-Length: 4\r\n\r\nné\n',
  )
  expect(response.headers.get('X-TWO')).toBe('2')
})
