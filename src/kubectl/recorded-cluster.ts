import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import type { ApiRequest, ApiResponse } from '../api/wire.ts'
import type { Transport } from '../client/transport.ts'
import { createMachine } from '../os/create-machine.ts'
import { createFileSystem } from '../os/memory-file-system.ts'
import { makeDevices } from '../os/open-file.ts'
import type { Blocking, OpenFile } from '../os/process.ts'
import { Simulation } from '../sim/index.ts'
import { kubectl } from './kubectl.ts'

/** One command of a recorded session, with the requests beneath it. */
export interface Step {
  readonly n: number
  readonly cmd: string
  readonly at: string
  readonly files?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdout?: string
  readonly stderr?: string
  readonly exitCode?: number
  readonly chance?: boolean
  readonly requests: readonly Exchange[]
}

export interface Exchange {
  readonly method: string
  readonly url: string
  readonly accept?: string
  readonly contentType?: string
  readonly body?: unknown
  readonly status: number
  readonly answer?: unknown
  readonly type?: string
  readonly warnings?: readonly string[]
  readonly upgrade?: boolean
}

const TESTDATA = new URL('./testdata/', import.meta.url)

function readPacked(name: string): string {
  return brotliDecompressSync(readFileSync(new URL(name, TESTDATA))).toString('utf8')
}

export function readScenario(name: string): Step[] {
  return readPacked(`${name}.jsonl.br`)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Step)
}

const discovery = JSON.parse(readPacked('discovery.json.br')) as Record<'api' | 'apis', unknown>

/** Words of a command line as bash splits it; undefined when it is more than one plain command. */
export function plainCommand(cmd: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  for (let i = 0; i < cmd.length; i++) {
    const char = cmd[i]!
    if (char === "'") {
      const end = cmd.indexOf("'", i + 1)
      word = (word ?? '') + cmd.slice(i + 1, end)
      i = end
    } else if (char === '"') {
      word ??= ''
      for (i++; cmd[i] !== '"' && i < cmd.length; i++) {
        if (cmd[i] === '$' || cmd[i] === '`') return undefined
        if (cmd[i] === '\\' && /["\\$`]/.test(cmd[i + 1] ?? '')) i++
        word += cmd[i]
      }
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (/[|&;<>$`(){}#]/.test(char) && !/[{}#]/.test(char)) return undefined
    else word = (word ?? '') + (char === '\\' ? cmd[++i] : char)
  }
  if (word !== undefined) words.push(word)
  return words[0] === 'kubectl' ? words : undefined
}

/** Same request: method, path, and the query without what chance decides. */
export function requestKey(
  method: string,
  path: string,
  query: readonly (readonly [string, string])[],
): string {
  const pairs = query
    .filter(
      ([name]) =>
        name !== 'timeoutSeconds' &&
        !(name === 'timeout' && query.some(([other]) => other === 'timeoutSeconds')),
    )
    .map(([name, value]) => `${name}=${name === 'fieldSelector' ? value.split(',').sort().join(',') : value}`)
  return `${method} ${decodeURIComponent(path)}?${pairs.sort().join('&')}`
}

export function keyOfUrl(method: string, url: string): string {
  const [path = '', search = ''] = url.split('?')
  const query = search
    .split('&')
    .filter(Boolean)
    .map(
      (pair) =>
        pair.split('=').map((part) => decodeURIComponent(part.replace(/\+/g, ' '))) as [string, string],
    )
  return requestKey(method, path, query)
}

function keyOfRequest(request: ApiRequest): string {
  const query = Object.entries(request.query ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as string[]) : [value as string]).map((one) => [name, one] as const),
  )
  return requestKey(request.method, request.path, query)
}

/** Answers what the recording answered: each request in its turn, the last answer again when asked once more. */
export class RecordedCluster implements Transport {
  readonly seen: {
    key: string
    body: unknown
    contentType?: string | undefined
    accept?: string | undefined
  }[] = []
  readonly unknown: string[] = []
  private readonly answers = new Map<string, Exchange[]>()
  private readonly simulation: Simulation
  private readonly step: Step

  constructor(step: Step, simulation: Simulation) {
    this.simulation = simulation
    this.step = step
    for (const exchange of step.requests) {
      const key = keyOfUrl(exchange.method, exchange.url)
      this.answers.set(key, [...(this.answers.get(key) ?? []), exchange])
    }
  }

  request(request: ApiRequest, done: (response: ApiResponse) => void): () => void {
    const timer = this.simulation.schedule(1, () => done(this.answer(request)))
    return () => timer.cancel()
  }

  stream(request: ApiRequest, handlers: Parameters<Transport['stream']>[1]): () => void {
    const response = this.answer(request)
    const chunks =
      (response.body as { __stream?: unknown[] } | undefined)?.__stream ??
      (response.status < 400 ? [response.body] : [])
    const timer = this.simulation.schedule(1, () => {
      handlers.open?.(response)
      for (const chunk of chunks) if (chunk !== undefined && chunk !== '') handlers.chunk(chunk)
      if (request.query?.['watch'] === undefined || request.query['sendInitialEvents'] === undefined)
        handlers.end()
    })
    return () => timer.cancel()
  }

  upgrade(request: ApiRequest, handlers: Parameters<Transport['upgrade']>[1]): () => void {
    const response = this.answer(request)
    const timer = this.simulation.schedule(1, () => {
      if (response.status !== 101) return handlers.refused(response)
      handlers.open({ message: () => {}, close: () => {} })
      if (this.step.stdout) handlers.message(1, this.step.stdout)
      const stderr = (this.step.stderr ?? '').replace(
        /command terminated with exit code \d+\n|Defaulted container.*\n|Unable to use a TTY.*\n/g,
        '',
      )
      if (stderr) handlers.message(2, stderr)
      const code = this.step.exitCode ?? 0
      const failed = {
        status: 'Failure',
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
      }
      handlers.message(3, JSON.stringify(code === 0 ? { status: 'Success' } : failed))
      handlers.close()
    })
    return () => timer.cancel()
  }

  private answer(request: ApiRequest): ApiResponse {
    if (request.path === '/api' || request.path === '/apis')
      return respond(200, discovery[request.path.slice(1) as 'api'])
    const key = keyOfRequest(request)
    this.seen.push({ key, body: request.body, contentType: request.contentType, accept: request.accept })
    const waiting = this.answers.get(key)
    const exchange = waiting && (waiting.length > 1 ? waiting.shift()! : waiting[0]!)
    if (!exchange) {
      this.unknown.push(key)
      return respond(404, {
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        reason: 'NotFound',
        message: `not recorded: ${key}`,
        code: 404,
      })
    }
    return {
      ...respond(exchange.status, exchange.answer),
      contentType: exchange.type ?? 'application/json',
      warnings: (exchange.warnings ?? []).map((text) => text.replace(/\\(.)/g, '$1')),
    }
  }
}

function respond(status: number, body: unknown): ApiResponse {
  return { status, contentType: 'application/json', warnings: [], body }
}

export interface Replayed {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | undefined
  readonly cluster: RecordedCluster
}

const KUBECONFIG = (namespace: string): string => `apiVersion: v1
clusters:
- cluster: {server: 'https://127.0.0.1:6443'}
  name: kubernetes
contexts:
- context: {cluster: kubernetes, namespace: ${namespace}, user: kubernetes-admin}
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
kind: Config
users:
- name: kubernetes-admin
  user: {}
`

/** Runs one recorded command with our kubectl against its recorded answers. */
export function replay(
  step: Step,
  words: readonly string[],
  files: ReadonlyMap<string, string>,
  namespace: string,
): Replayed {
  const startMs = Date.parse(step.at)
  const simulation = new Simulation({ seed: 1, startMs })
  const cluster = new RecordedCluster(step, simulation)
  const fileSystem = createFileSystem()
  makeDevices(fileSystem)
  for (const folder of ['/bin', '/tmp', '/home/learner/.kube'])
    fileSystem.makeDirectory(folder, { parents: true })
  fileSystem.write('/home/learner/.kube/config', KUBECONFIG(namespace))
  for (const [name, text] of files) {
    const path = `/home/learner/${name}`
    fileSystem.makeDirectory(path.slice(0, path.lastIndexOf('/')), { parents: true })
    fileSystem.write(path, text)
  }
  const facilities = new Map<string, unknown>([
    ['dial-api', (server: string) => (server === 'https://127.0.0.1:6443' ? cluster : undefined)],
  ])
  const machine = createMachine({
    hostname: 'laptop',
    simulation,
    files: fileSystem,
    network: {} as never,
    facilities,
  } as never)
  const stdout = sink()
  const stderr = sink()
  let exitCode: number | undefined
  const kernel = (machine as unknown as { kernel: { start(program: unknown, options: object): void } }).kernel
  kernel.start(kubectl, {
    argv: words,
    env: new Map([['PATH', '/bin'], ['HOME', '/home/learner'], ...Object.entries(step.env ?? {})]),
    cwd: '/home/learner',
    files: new Map([
      [0, source(step.stdin ?? '')],
      [1, stdout],
      [2, stderr],
    ]),
    onExit: (status: { code: number }) => (exitCode = status.code),
  })
  const limit = startMs + 120_000
  while (exitCode === undefined && (simulation.nextDueMs ?? Infinity) <= limit) simulation.step()
  return { stdout: stdout.text, stderr: stderr.text, exitCode, cluster }
}

function sink(): OpenFile & { text: string } {
  /* eslint-disable require-yield */
  return {
    text: '',
    *read(): Blocking<string | null> {
      return null
    },
    *write(text: string) {
      this.text += text
    },
    close() {},
  }
}

function source(text: string): OpenFile {
  let left: string | null = text === '' ? null : text
  return {
    *read(): Blocking<string | null> {
      const chunk = left
      left = null
      return chunk
    },
    *write() {},
    close() {},
  }
}
