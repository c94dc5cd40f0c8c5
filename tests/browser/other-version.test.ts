/** A session that another version of the engine wrote: done again where it comes to the same, else said and kept. */
import { readFileSync } from 'node:fs'
import { deflateRawSync } from 'node:zlib'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SessionLog } from '../../src/session/input.ts'
import { Session } from '../../src/session/session.ts'
import { launchBrowser, serveSite, visit, waitForScreen, type Site } from './harness.ts'

let site: Site
let browser: Browser
beforeAll(async () => {
  site = await serveSite()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
})

/** The playground's session as a link carries it: a terminal was opened after the given number of events. */
function linkTo(afterEvents: number, atMs: number): { readonly url: string; readonly stored: SessionLog } {
  const input = { kind: 'open-terminal', terminal: 'main', columns: 80, rows: 24 }
  const entry = { index: 0, atMs, afterEvents, ...input } as SessionLog['entries'][number]
  const stored: SessionLog = { tabernetes: 'session/v1', version: '0.0.9', seed: 5, entries: [entry] }
  const fragment = deflateRawSync(JSON.stringify(stored)).toString('base64url')
  return { url: `${site.url}play/#session=${fragment}`, stored }
}

describe('a session of another version', () => {
  it('that leads elsewhere is said to, kept, saved as a file and given up only when asked', async () => {
    const { url, stored } = linkTo(50, new Session({ seed: 5 }).simulation.nowMs)
    const { page, close } = await visit(browser, url)
    const banner = page.getByRole('alert')
    await expect
      .poll(() => banner.textContent(), { timeout: 20_000 })
      .toMatch(
        /another version of Tabernetes, and in this one the same steps lead elsewhere: input 1 of the log/,
      )

    await banner.getByRole('button', { name: 'Save what happened' }).click()
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save as a file' }).click()
    expect(JSON.parse(readFileSync(await (await saving).path(), 'utf8'))).toEqual(stored)
    await page.keyboard.press('Escape')

    await banner.getByRole('button', { name: 'Start afresh' }).click()
    await waitForScreen(page, /learner@laptop:~\$ *$/m)
    expect(await banner.textContent()).toBe('')
    await close()
  })

  it('that leads to the same is simply there', async () => {
    const session = new Session({ seed: 5 })
    session.boot()
    const { simulation } = session
    const { page, close } = await visit(browser, linkTo(simulation.eventCount, simulation.nowMs).url)
    await waitForScreen(page, /learner@laptop:~\$ *$/m)
    expect(await page.getByRole('alert').textContent()).toBe('')
    await close()
  })
})
