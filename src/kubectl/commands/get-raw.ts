import type { Blocking } from '../../os/process.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { goJson } from '../printers/json.ts'

/** `get --raw PATH`: whatever the server answers, as it is. */
export function* printRaw(context: Context): Blocking<void> {
  if (context.args.length > 0 || context.flags.list('filename').length > 0) {
    throw new CommandError('arguments may not be passed when --raw is specified')
  }
  const raw = context.flags.string('raw')
  if (!raw.startsWith('/')) {
    throw new CommandError(
      `--raw must be a valid URL path: parse ${JSON.stringify(raw)}: invalid URI for request`,
    )
  }
  const [path = '', search = ''] = raw.split('?')
  const query: Record<string, string> = {}
  for (const pair of search.split('&').filter(Boolean)) {
    const [key = '', value = ''] = pair.split('=')
    query[decodeURIComponent(key)] = decodeURIComponent(value.replace(/\+/g, ' '))
  }
  const body = yield* context.api.get<unknown>(path, query, 'application/json, */*')
  // The server indents /version and the root for people; the rest is on one line.
  const pretty = path === '/version' || path === '/'
  yield* context.print(
    typeof body === 'string'
      ? body
      : pretty
        ? goJson(body, { indent: 2, sorted: false })
        : `${goJson(body, { sorted: false })}\n`,
  )
}
