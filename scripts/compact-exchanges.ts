/**
 * Makes the copy of a recorded session's HTTP exchanges that is kept in `tests/transcripts/http/recordings/`: answers
 * after the one normalisation, without what is compared apart and without the prose of columns.
 *
 * Usage: tsx scripts/compact-exchanges.ts RECORDING.jsonl.gz > tests/transcripts/http/recordings/NAME.jsonl.gz
 */
import { readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { comparable, isCompared, type Exchange } from '../tests/transcripts/http/exchange.ts'

interface RecordedRequest {
  readonly method: string
  readonly url: string
  readonly status: number
  readonly accept?: string
  /** A connection both ways: what goes over it the session's output tells. */
  readonly upgrade?: string
  readonly warning?: string | readonly string[]
  readonly respContentType?: string
  readonly respBody?: unknown
}

interface RecordedStep {
  readonly n: number
  readonly requests?: readonly RecordedRequest[]
}

/** `299 - "text"`, several apart by commas. */
const warningsOf = (header: string | readonly string[]): readonly string[] =>
  [...String(header).matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text!.replace(/\\(.)/g, '$1'))

function compact(request: RecordedRequest): Exchange {
  const { method, url, status, accept = '', warning, respContentType = '', respBody } = request
  const isWatch = /[?&](?:watch|follow)=(?:true|1)/.test(url)
  const isReadable = respContentType.startsWith('application/json')
  return {
    method,
    url,
    status,
    ...(accept.includes('as=Table') ? { table: true } : {}),
    ...(warning ? { warnings: warningsOf(warning) } : {}),
    ...(isReadable && !isWatch ? { body: indexOf(comparable(respBody)) } : {}),
  }
}

const bodies = new Map<string, number>()

/** Many answers are alike when normalised: each is kept once, and named by its place. */
function indexOf(body: unknown): number {
  const text = JSON.stringify(body)
  const index = bodies.get(text) ?? bodies.size
  bodies.set(text, index)
  return index
}

const lines = gunzipSync(readFileSync(process.argv[2]!)).toString('utf8').trimEnd().split('\n')
const steps = lines.map((line) => JSON.parse(line) as RecordedStep).filter(({ requests }) => requests)
const compacted = steps.map(({ n, requests = [] }) =>
  JSON.stringify({ n, exchanges: requests.filter((one) => isCompared(one) && !one.upgrade).map(compact) }),
)
const head = `{"bodies":[${[...bodies.keys()].join(',')}]}`
process.stdout.write(gzipSync(`${[head, ...compacted].join('\n')}\n`, { level: 9 }))
