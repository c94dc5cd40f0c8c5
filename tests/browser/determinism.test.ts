/** The same session in Node and in Chromium's worker: byte-identical writes, whichever of the two recorded the log. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import type * as comlinkLibrary from 'comlink'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseSessionLog, type LogEntry } from '../../src/session/input.ts'
import { Session } from '../../src/session/session.ts'
import type { Engine } from '../../src/worker/protocol.ts'
import { launchBrowser } from './harness.ts'

const SEED = 17
const COMMANDS = [
  'kubectl create deployment web --image=nginx:1.27 --replicas=3\r',
  'kubectl expose deployment web --port=80 --type=LoadBalancer\r',
  'kubectl rollout status deployment web; kubectl delete pod -l app=web --wait=false\r',
  'for i in 1 2 3; do curl -s -m 2 -o /dev/null http://192.168.99.11; echo $RANDOM; done\r',
]

const assets = join(import.meta.dirname, '../../dist/assets')
const comlink = join(import.meta.dirname, '../../node_modules/comlink/dist/esm/comlink.mjs')

/** An empty page beside the built worker. */
function serveWorker(): Promise<Server> {
  const worker = readdirSync(assets).find((name) => name.startsWith('worker-main'))!
  const page = `<script type="module">
    import * as Comlink from './comlink.js'
    globalThis.Comlink = Comlink
    globalThis.engine = Comlink.wrap(new Worker('./assets/${worker}', { type: 'module' }))
  </script>`
  const server = createServer((request, response) => {
    const path = new URL(request.url!, 'http://localhost').pathname
    if (path === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end(page)
    const file = path === '/comlink.js' ? comlink : join(assets, basename(path))
    if (!existsSync(file)) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(file))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

interface Outcome {
  readonly log: string
  readonly events: string
}

/** Boots an engine in the page, with a log to replay or commands to type, and lets `forMs` pass. */
function runInBrowser(
  page: Page,
  options: { log: readonly LogEntry[]; commands: readonly string[]; forMs: number },
): Promise<Outcome> {
  return page.evaluate(
    async ({ log, commands, forMs, seed }) => {
      const { Comlink, engine } = globalThis as unknown as {
        Comlink: typeof comlinkLibrary
        engine: Engine
      }
      await engine.boot(
        { seed, log, recordEvents: true },
        Comlink.proxy(() => {}),
      )
      if (commands.length > 0) await engine.openTerminal('main', { columns: 120, rows: 30 })
      for (const command of commands) {
        await engine.terminalInput('main', command)
        await new Promise((done) => setTimeout(done, forMs / commands.length))
      }
      await engine.setSpeed(0)
      return { log: await engine.exportLog(), events: await engine.eventLog() }
    },
    { ...options, seed: SEED },
  )
}

function runInNode(log: readonly LogEntry[]): Session {
  const session = new Session({ seed: SEED, recordEvents: true })
  session.boot()
  session.replay(log)
  return session
}

function firstDifference(one: string, other: string): string {
  const [left, right] = [one.split('\n'), other.split('\n')]
  const index = left.findIndex((line, at) => line !== right[at])
  if (index < 0 && left.length === right.length)
    return `none in ${left.length > 150 ? 'a long log' : 'nothing'}`
  return [`line ${index}`, left[index], right[index]].map((text) => text?.slice(0, 300)).join('\n')
}

describe('one session, two engines', () => {
  let server: Server
  let browser: Browser
  beforeAll(async () => {
    server = await serveWorker()
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    server.closeAllConnections()
    server.close()
  })
  const open = async () => {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.waitForFunction('globalThis.engine')
    return page
  }

  it('gives in Node what it gave in Chromium, when the log is replayed', async () => {
    const page = await open()
    const recorded = await runInBrowser(page, { log: [], commands: COMMANDS, forMs: 8000 })
    await page.close()
    const { entries } = parseSessionLog(recorded.log)
    expect(firstDifference(runInNode(entries).eventLog, recorded.events)).toBe('none in a long log')
  })

  it('gives in Chromium what it gave in Node', async () => {
    const session = new Session({ seed: SEED, recordEvents: true })
    session.boot()
    session.input({ kind: 'open-terminal', terminal: 'main', columns: 120, rows: 30 })
    for (const text of COMMANDS) {
      session.input({ kind: 'terminal-input', terminal: 'main', text })
      session.simulation.runFor(3000)
    }
    session.input({ kind: 'speed', speed: 0 })
    const page = await open()
    const replayed = await runInBrowser(page, { log: session.log, commands: [], forMs: 0 })
    await page.close()
    const ours = session.eventLog
    expect(firstDifference(replayed.events.slice(0, ours.length), ours)).toBe('none in a long log')
  })
})
