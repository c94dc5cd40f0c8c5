/** A cluster behind a real port, and a real kubectl before it. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll } from 'vitest'
import { createHttpServer } from '../../src/serve/http-server.ts'
import { WallClock } from '../../src/serve/wall-clock.ts'
import { Session } from '../../src/session/session.ts'
import { normalise } from '../transcripts/normalise.ts'

const files = resolve(import.meta.dirname, '../../lessons/services/10-hands-on/10-session/files')

export class ServedCluster {
  readonly session: Session
  /** A home of its own for clients. */
  readonly home = mkdtempSync(join(tmpdir(), 'kubectl-'))
  url = ''

  constructor(seed: number) {
    this.session = new Session({ seed })
  }

  /** How a client program is started: in the folder of the hands-on session's manifests. */
  get options() {
    return { cwd: files, env: { HOME: this.home, PATH: process.env['PATH'] } }
  }

  /** Standard output, then standard error, normalised; the exit code when it is not 0. */
  async run(kubectl: string, ...argv: string[]): Promise<string> {
    const outcome = await promisify(execFile)(kubectl, ['--server', this.url, ...argv], this.options).catch(
      (error: { stdout: string; stderr: string; code: number }) => error,
    )
    const code = 'code' in outcome ? `[exit ${outcome.code}]\n` : ''
    return normalise(outcome.stdout + outcome.stderr + code).text
  }
}

/** Serves a cluster for the tests of the surrounding `describe`. */
export function serveCluster(seed: number): ServedCluster {
  const cluster = new ServedCluster(seed)
  const { session } = cluster
  const clock = new WallClock(session.simulation)
  const server = createHttpServer((request) => {
    clock.catchUp()
    return session.cluster.handle(request)
  })
  beforeAll(async () => {
    session.boot()
    clock.start()
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    cluster.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    clock.stop()
    server.closeAllConnections()
    server.close()
    rmSync(cluster.home, { recursive: true })
  })
  return cluster
}
