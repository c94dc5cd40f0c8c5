import type { Blocking } from '../../os/process.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { goJson } from '../printers/json.ts'
import { decodeYaml } from '../resources/yaml-decode.ts'

/** `get --raw PATH`: whatever the server answers, as it is. */
export function* printRaw(context: Context): Blocking<void> {
  if (context.args.length > 0 || context.flags.list('filename').length > 0) {
    throw new CommandError('arguments may not be passed when --raw is specified')
  }
  if (context.flags.string('output') !== '')
    throw new CommandError('--raw and --output are mutually exclusive')
  const { path, query } = rawPath(context)
  const body = yield* context.api.get<unknown>(path, query, 'application/json, */*')
  yield* context.print(rawText(path, body))
}

/** `create --raw`, `replace --raw`: sends the one file as it is, and prints the answer. */
export function* sendRaw(context: Context, method: 'POST' | 'PUT'): Blocking<void> {
  if (context.flags.string('output') !== '')
    throw new CommandError('--raw and --output are mutually exclusive')
  const files = context.flags.list('filename')
  if (files.length !== 1 || /^https?:/.test(files[0]!))
    throw new CommandError('--raw can only use a single local file or stdin')
  const text = files[0] === '-' ? yield* context.process.readAll() : context.readFile(files[0]!)
  const { path, query } = rawPath(context)
  const body = yield* context.api.send<unknown>(method, path, query, decodeYaml(text))
  yield* context.print(rawText(path, body))
}

function rawPath(context: Context): { path: string; query: Record<string, string> } {
  const raw = context.flags.string('raw')
  if (!raw.startsWith('/')) {
    throw new CommandError(
      `--raw must be a valid URL path: parse ${JSON.stringify(raw)}: invalid URI for request`,
    )
  }
  return splitTarget(raw)
}

/** Path and parameters of what follows the server in a URL. */
export function splitTarget(target: string): { path: string; query: Record<string, string> } {
  const [path = '', search = ''] = target.split('?')
  const query: Record<string, string> = {}
  for (const pair of search.split('&').filter(Boolean)) {
    const [key = '', value = ''] = pair.split('=')
    query[decodeURIComponent(key)] = decodeURIComponent(value.replace(/\+/g, ' '))
  }
  return { path, query }
}

/** The body of an answer as the server would have written it. */
export function rawText(path: string, body: unknown): string {
  // The server indents /version and the root for people; the rest is on one line.
  const pretty = path === '/version' || path === '/'
  if (typeof body === 'string') return body
  return pretty ? goJson(body, { indent: 2, sorted: false }) : `${goJson(body, { sorted: false })}\n`
}
