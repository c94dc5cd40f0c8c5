import type { Blocking } from '../../process.ts'
import { parseOptions, UsageError, type Options } from '../options.ts'
import type { Program } from '../../process.ts'
import { resolvePath } from '../../path.ts'
import { CurlError } from './curl-error.ts'
import { CurlOutput } from './curl-output.ts'
import type { CurlSession } from './curl-connection.ts'
import { transfer } from './curl-transfer.ts'
import { fillWriteOut } from './curl-write-out.ts'

const LONG = {
  silent: 's', 'show-error': 'S', output: 'o', 'remote-name': 'O', include: 'i', head: 'I', verbose: 'v', location: 'L', request: 'X', data: 'd',
  'data-raw': 'data-raw:', 'data-binary': 'data-binary:', 'data-urlencode': 'data-urlencode:', json: 'json:', header: 'H', insecure: 'k', fail: 'f',
  'write-out': 'w', 'max-time': 'm', 'connect-timeout': 'connect-timeout:', resolve: 'resolve:', 'user-agent': 'A', user: 'u', get: 'G', 'max-redirs': 'max-redirs:',
  ipv4: '4', ipv6: '6', 'fail-with-body': 'fail-with-body', 'no-progress-meter': 'no-progress-meter', 'http1.1': 'http1.1', 'http1.0': '0', retry: 'retry:',
  'retry-delay': 'retry-delay:', 'retry-connrefused': 'retry-connrefused', 'no-keepalive': 'no-keepalive', interface: 'interface:', url: 'url:', cookie: 'b',
  'dump-header': 'D', 'progress-bar': '#', compressed: 'compressed', referer: 'e', 'create-dirs': 'create-dirs', cacert: 'cacert:', 'connect-to': 'connect-to:', version: 'V',
} // prettier-ignore

const SPEC = { short: 'sSo:OiIvLX:d:H:kfw:m:A:u:G460b:D:#e:NVh', long: { ...LONG, help: 'h' } }

/** curl 7.88.1, as Debian 12 has it, for HTTP/1.1. */
export const curl: Program = function* (process) {
  let parsed: ReturnType<typeof parseOptions>
  try {
    parsed = parseOptions(SPEC, process.argv.slice(1))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    yield* process.printError(
      `curl: ${usage(error.message)}\ncurl: try 'curl --help' or 'curl --manual' for more information\n`,
    )
    return 2
  }
  const { options, operands } = parsed
  if (options.has('V')) {
    yield* process.print('curl 7.88.1 (x86_64-pc-linux-gnu)\nProtocols: http\nFeatures: IPv6\n')
    return 0
  }
  if (options.has('h')) {
    yield* process.print('Usage: curl [options...] <url>\n')
    return 0
  }
  const urls = [...options.all('url'), ...operands]
  if (urls.length === 0) {
    yield* process.printError("curl: try 'curl --help' or 'curl --manual' for more information\n")
    return 2
  }
  const session: CurlSession = { process, options, connections: 0, data: yield* readData(process, options) }
  let code = 0
  for (const [index, url] of urls.entries()) code = yield* withRetries(session, url, index)
  session.open?.socket.close()
  return code
}

function usage(message: string): string {
  const known = /^(?:invalid option -- '(.)'|unrecognized option '(.*)')$/.exec(message)
  if (known) return `option ${known[1] ? `-${known[1]}` : known[2]}: is unknown`
  const missing = /requires an argument -- '(.)'|option '(.*)' requires/.exec(message)
  return missing ? `option ${missing[1] ? `-${missing[1]}` : missing[2]}: requires parameter` : message
}

/** --retry: tries again after transient failures, waiting 1, 2, 4 ... seconds. */
function* withRetries(session: CurlSession, url: string, index: number): Blocking<number> {
  const { options, process } = session
  const retries = Number(options.get('retry') ?? 0)
  for (let attempt = 0; ; attempt++) {
    const { code, transient } = yield* once(session, url, index)
    if (!transient || attempt >= retries) return code
    const seconds = Number(options.get('retry-delay') ?? 0) || 2 ** attempt
    if (!options.has('s')) {
      const left = retries - attempt
      yield* process.printError(
        `Warning: Problem: ${transient} Will retry in ${seconds} seconds. ${left} retries \nWarning: left.\n`,
      )
    }
    yield* process.sleep(seconds * 1000)
  }
}

const TRANSIENT_STATUS = [408, 429, 500, 502, 503, 504]

function* once(
  session: CurlSession,
  url: string,
  index: number,
): Blocking<{ code: number; transient?: string }> {
  const { options, process } = session
  const output = new CurlOutput(process, options, options.all('o')[index], options.count('O') > index)
  let code = 0
  let message = ''
  try {
    yield* transfer(session, url, output)
  } catch (error) {
    if (!(error instanceof CurlError)) throw error
    code = error.code
    message = error.message
  }
  yield* output.finish(code === 0)
  const { report } = output
  if (code !== 0 && (!options.has('s') || options.has('S')))
    yield* process.printError(`curl: (${code}) ${message}\n`)
  const format = options.get('w')
  if (format !== undefined) {
    const { text, error } = fillWriteOut(yield* expandFormat(session, format), {
      ...report,
      exitcode: String(code),
      errormsg: message,
    })
    if (error !== '') yield* process.printError(error)
    yield* process.print(text)
  }
  const status = Number(report['http_code'])
  if (code === 28) return { code, transient: 'timeout.' }
  if (code === 7 && options.has('retry-connrefused')) return { code, transient: 'connection refused.' }
  if ((code === 0 || code === 22) && TRANSIENT_STATUS.includes(status))
    return { code, transient: `HTTP error.` }
  return { code }
}

function* expandFormat(session: CurlSession, format: string): Blocking<string> {
  if (!format.startsWith('@')) return format
  return yield* readFile(session.process, format.slice(1))
}

function* readFile(process: CurlSession['process'], name: string): Blocking<string> {
  if (name === '-') return yield* process.readAll()
  return process.machine.files.read(resolvePath(process.cwd, name))
}

/** The body that -d and its kin make, joined by `&`; undefined without any. */
function* readData(process: CurlSession['process'], options: Options): Blocking<string | undefined> {
  const parts: string[] = []
  for (const { key, value } of options.given) {
    if (key === 'data-urlencode') {
      const [, name = '', content = ''] = /^(?:([^=]*=))?(.*)$/s.exec(value) ?? []
      parts.push(`${name === '=' ? '' : name}${encodeURIComponent(content)}`)
    } else if (key === 'data-raw') parts.push(value)
    else if (key === 'd' || key === 'data-binary' || key === 'json') {
      const text = value.startsWith('@') ? yield* readFile(process, value.slice(1)) : value
      parts.push(key === 'd' && value.startsWith('@') ? text.replace(/[\r\n]/g, '') : text)
    }
  }
  return parts.length > 0 ? parts.join('&') : undefined
}
