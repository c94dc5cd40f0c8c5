/** A browser before the built site: serves a folder as any static host would, and finds a Chromium. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import type { AddressInfo } from 'node:net'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright'
import { ensureChromium } from '../../scripts/chromium.ts'

/** Below a path of its own, so that a link that only works at a site's root is found out. */
const PREFIX = '/some/where/'

export interface Site {
  readonly url: string
  close(): Promise<void>
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
}

/** @throws Error when the folder was not built yet. */
export async function serveSite(folder = process.env['SITE'] ?? 'dist'): Promise<Site> {
  if (!existsSync(join(folder, 'index.html')))
    throw new Error(`${folder}/index.html is missing: run "npm run build" first`)
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)
    const relative = normalize(path.slice(PREFIX.length)).replace(/^(\.\.[/\\])+/, '')
    const file = join(folder, path.endsWith('/') ? join(relative, 'index.html') : relative)
    const body = path.startsWith(PREFIX) ? await readFile(file).catch(() => undefined) : undefined
    if (!body) return response.writeHead(404).end('not found')
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}${PREFIX}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: ensureChromium(), args: ARGUMENTS })

export interface Visit {
  readonly page: Page
  /** Errors of the page: uncaught exceptions, console errors, broken content policy. */
  readonly errors: string[]
  close(): Promise<void>
}

/** A fresh profile with the page open. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(`${error.message}\n${error.stack ?? ''}`))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  await page.goto(url)
  return { page, errors, close: () => context.close() }
}

/** The rows that the visible terminal shows, to the last that has text. */
async function screenRows(page: Page): Promise<string[]> {
  const rows = await page.locator('.xterm-rows:visible > div').allTextContents()
  const texts = rows.map((row) => row.replaceAll('\u00a0', ' '))
  return texts.slice(0, texts.findLastIndex((row) => row.trim() !== '') + 1)
}

/** What the visible terminal shows. */
export async function screenText(page: Page): Promise<string> {
  return (await screenRows(page)).map((row) => row.trimEnd()).join('\n')
}

/** Waits until the visible terminal shows something that matches. @throws Error with what it shows instead. */
export async function waitForScreen(page: Page, wanted: RegExp, timeoutMs = 20_000): Promise<string> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const text = await screenText(page)
    if (wanted.test(text)) return text
    if (Date.now() > deadline) throw new Error(`the terminal never showed ${wanted}; it shows:\n${text}`)
    await page.waitForTimeout(50)
  }
}

/** Opens the site and waits for a prompt in the terminal. */
export async function visitReady(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const opened = await visit(browser, url, options)
  await waitForScreen(opened.page, /[$#] *$/m)
  return opened
}

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** µs of the thread's processor time. */
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

/**
 * The longest that the page did one thing and nothing else while `use` ran, in ms of processor time: a frame waits that
 * long, and how busy the machine is with others does not count.
 */
export async function longestTaskMs(browser: Browser, page: Page, use: () => Promise<void>): Promise<number> {
  await browser.startTracing(page, { categories: ['toplevel'] })
  await use()
  const trace = (await browser.stopTracing()).toString()
  const { traceEvents } = JSON.parse(trace) as { traceEvents: readonly TraceEvent[] }
  const idOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`
  const pages = new Set(traceEvents.filter(({ args }) => args.name === 'CrRendererMain').map(idOf))
  const tasks = traceEvents.filter((event) => event.name.endsWith('RunTask') && pages.has(idOf(event)))
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000
}

/** Types a line into the visible terminal, as fingers do. */
export async function typeLine(page: Page, line: string): Promise<void> {
  await page.locator('.xterm:visible textarea').focus()
  await page.keyboard.type(line)
  await page.keyboard.press('Enter')
}

/** A shell in the visible terminal, asked a command at a time. */
export class TerminalShell {
  readonly #page: Page
  /** Width of the terminal; unknown at first. */
  #columns: number | undefined

  constructor(page: Page) {
    this.#page = page
  }

  /** Types a command on an empty screen. @returns everything that it printed, long lines whole again. */
  async run(command: string, timeoutMs = 20_000): Promise<string> {
    if (this.#columns === undefined) {
      this.#columns = Infinity
      this.#columns = Number((await this.run('stty size')).split(' ')[1])
    }
    const prompt = await this.#clear()
    await typeLine(this.#page, command)
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const [typed, ...printed] = this.#lines(await screenRows(this.#page))
      if (typed === `${prompt} ${command}` && printed.at(-1) === prompt)
        return printed.slice(0, -1).join('\n')
      if (Date.now() > deadline)
        throw new Error(`"${command}" did not end; shown:\n${await screenText(this.#page)}`)
      await this.#page.waitForTimeout(50)
    }
  }

  /** Asks again until the answer is the wanted one, as one does with `kubectl get`. */
  async runUntil(command: string, wanted: RegExp, attempts = 40): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const text = await this.run(command)
      if (wanted.test(text)) return text
      if (attempt === attempts) throw new Error(`"${command}" never answered ${wanted}, at last:\n${text}`)
      await this.#page.waitForTimeout(500)
    }
  }

  /** @returns the prompt, alone on the screen. */
  async #clear(): Promise<string> {
    await typeLine(this.#page, 'clear')
    return waitForScreen(this.#page, /^[^\n]*[$#]$/)
  }

  /** A row that is full to the last column goes on in the next. */
  #lines(rows: readonly string[]): string[] {
    const lines = ['']
    for (const row of rows) {
      lines[lines.length - 1] += row.trimEnd()
      if (row.length < this.#columns! || row !== row.trimEnd()) lines.push('')
    }
    return lines.slice(0, -1)
  }
}
