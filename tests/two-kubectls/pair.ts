import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Answer, ApiRequest, ApiResponse } from '../../src/api/wire.ts'
import { debianHost } from '../../src/cluster/debian-host.ts'
import type { Transport } from '../../src/client/transport.ts'
import { kubectl as ourKubectl } from '../../src/kubectl/index.ts'
import {
  createFileSystem,
  createMachine,
  directoryOf,
  resolvePath,
  type Kernel,
  type Machine,
  type OpenFile,
} from '../../src/os/index.ts'
import { loadDescriptions } from '../../src/serve/descriptions.ts'
import { createHttpServer } from '../../src/serve/http-server.ts'
import { Session } from '../../src/session/session.ts'
import { Pace } from '../../src/sim/index.ts'

/** What a kubectl is called with. */
export interface Invocation {
  readonly argv: readonly string[]
  readonly stdin?: string
}

export interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

const HOME = '/home/learner'
/** While time flows it runs this much faster than the wall clock, so that grace periods are short. */
const SPEED = 10
/** A real kubectl that has not ended by then, in ms of wall time, is hung. */
const PATIENCE_MS = 60_000

/** One cluster and, before it, two laptops with the same files: on one the real kubectl, on the other ours. */
export class TwoKubectls {
  readonly session: Session
  readonly #real: string
  readonly #home = mkdtempSync(join(tmpdir(), 'two-kubectls-'))
  readonly #server: Server
  readonly #pace: Pace
  #ours!: Machine & { readonly kernel: Kernel }
  #timer: NodeJS.Timeout | undefined
  #last = 0

  /** @param real path of the real kubectl */
  constructor(real: string, seed: number) {
    this.#real = real
    this.session = new Session({ seed, descriptions: loadDescriptions })
    this.session.boot()
    this.#pace = new Pace(this.session.simulation)
    this.#pace.setSpeed(SPEED)
    this.#server = createHttpServer((request) => {
      this.#catchUp()
      return this.session.cluster.handle(request)
    })
  }

  /** @param files of both homes, by path */
  async start(files: Readonly<Record<string, string>>): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    this.#ours = this.#laptop(url)
    for (const [path, text] of Object.entries({ ...files, '.kube/config': kubeconfig(url) }))
      this.#writeFile(path, text)
  }

  stop(): void {
    this.holdTime()
    this.#server.closeAllConnections()
    this.#server.close()
    rmSync(this.#home, { recursive: true })
  }

  /** Lets virtual time follow the wall clock, `SPEED` times as fast. */
  letTimeFlow(): void {
    this.#last = performance.now()
    this.#timer ??= setInterval(() => this.#catchUp(), 4)
  }

  /** Stops virtual time: whoever asks now is told of the same moment. */
  holdTime(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  real({ argv, stdin }: Invocation): Promise<Outcome> {
    const env = { HOME: this.#home, TZ: 'UTC', PATH: process.env['PATH'] ?? '', EDITOR: 'cat' }
    const child = spawn(this.#real, [...argv], { cwd: this.#home, env })
    const outcome = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (outcome.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (outcome.stderr += text))
    child.stdin.on('error', () => {}).end(stdin ?? '')
    const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
    return new Promise((done) => {
      child.on('close', (code) => {
        clearTimeout(patience)
        done({ ...outcome, exitCode: code ?? 137 })
      })
    })
  }

  /** Resolves once time has passed as far as the command needs; while time stands still it is answered at once. */
  ours({ argv, stdin }: Invocation): Promise<Outcome> {
    const outcome = { stdout: '', stderr: '' }
    let exitCode: number | undefined
    return new Promise((done, failed) => {
      try {
        const { pid } = this.#ours.kernel.start(ourKubectl, {
          argv: ['kubectl', ...argv],
          cwd: HOME,
          env: new Map([
            ['HOME', HOME],
            ['PATH', '/usr/local/bin:/usr/bin:/bin'],
            ['EDITOR', 'cat'],
          ]),
          files: new Map([
            [0, textFile(stdin ?? '')],
            [1, sinkFile((text) => (outcome.stdout += text))],
            [2, sinkFile((text) => (outcome.stderr += text))],
          ]),
          onExit: ({ code }) => {
            exitCode = code
            done({ ...outcome, exitCode: code })
          },
        })
        const { simulation } = this.session
        const deadline = simulation.nowMs + PATIENCE_MS * SPEED
        if (!this.#timer) while (exitCode === undefined && simulation.nowMs < deadline) simulation.step()
        if (!this.#timer && exitCode === undefined) this.#ours.kernel.kill(pid, 'SIGKILL')
      } catch (error) {
        failed(error as Error)
      }
    })
  }

  #catchUp(): void {
    if (!this.#timer) return
    const now = performance.now()
    const elapsed = now - this.#last
    this.#last = now
    this.#pace.advance(elapsed, () => performance.now() - now > 50)
  }

  #writeFile(path: string, text: string): void {
    const real = join(this.#home, path)
    mkdirSync(dirname(real), { recursive: true })
    writeFileSync(real, text)
    const { files } = this.#ours
    files.makeDirectory(directoryOf(resolvePath(HOME, path)), { parents: true })
    files.write(resolvePath(HOME, path), text)
  }

  #laptop(url: string): Machine & { readonly kernel: Kernel } {
    const { simulation, cluster } = this.session
    return createMachine({
      hostname: 'laptop',
      simulation,
      files: createFileSystem(debianHost(), () => simulation.nowMs),
      network: cluster.laptop.network,
      init: true,
      facilities: new Map([
        ['dial-api', (server: string) => (server === url ? timeless(this.session) : undefined)],
      ]),
    })
  }
}

/** A transport that takes no virtual time, as an HTTP request takes none while time is held. */
function timeless({ simulation, cluster }: Session): Transport {
  const soon = (run: () => void): (() => void) => {
    const timer = simulation.schedule(0, run)
    return () => timer.cancel()
  }
  const ask = (request: ApiRequest): Answer => cluster.handle({ ...request, managedFields: true })
  return {
    request: (request, done) => soon(() => done(responseOf(ask(request)))),
    stream(request, handlers) {
      let stop = (): void => {}
      const cancel = soon(() => {
        const answer = ask(request)
        handlers.open?.(responseOf(answer))
        if (answer.kind === 'stream') stop = answer.start({ chunk: handlers.chunk, end: handlers.end })
        else handlers.end()
      })
      return () => {
        cancel()
        stop()
      }
    },
    upgrade(request, handlers) {
      let close = (): void => {}
      const cancel = soon(() => {
        const answer = ask(request)
        if (answer.kind !== 'upgrade') return handlers.refused(responseOf(answer))
        const server = answer.start({ message: handlers.message, close: handlers.close })
        close = () => server.close()
        handlers.open(server)
      })
      return () => {
        cancel()
        close()
      }
    },
  }
}

const responseOf = (answer: Answer): ApiResponse =>
  answer.kind === 'response'
    ? answer.response
    : answer.kind === 'stream'
      ? { ...answer.response, body: undefined }
      : { status: 400, contentType: 'text/plain', warnings: [], body: 'Upgrade request required' }

function textFile(text: string): OpenFile {
  let rest: string | null = text === '' ? null : text
  return {
    *read() {
      const now = rest
      rest = null
      return now
    },
    *write() {},
    close() {},
  }
}

function sinkFile(sink: (text: string) => void): OpenFile {
  return {
    *read() {
      return null
    },
    *write(text) {
      sink(text)
    },
    close() {},
  }
}

const kubeconfig = (url: string): string => `apiVersion: v1
clusters:
- cluster:
    server: ${url}
  name: kubernetes
- cluster:
    server: http://127.0.0.1:1
  name: gone
contexts:
- context:
    cluster: kubernetes
    user: kubernetes-admin
  name: kubernetes-admin@kubernetes
- context:
    cluster: kubernetes
    namespace: shop
    user: kubernetes-admin
  name: shop
- context:
    cluster: gone
    user: kubernetes-admin
  name: gone
current-context: kubernetes-admin@kubernetes
kind: Config
users:
- name: kubernetes-admin
  user: {}
`
