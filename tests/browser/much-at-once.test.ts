/** More than anybody reads: pastes of 10 MB, output without end, a loop without end. The page goes on, and so does the session. */
import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  launchBrowser,
  longestTaskMs,
  serveSite,
  TerminalShell,
  typeLine,
  visitReady,
  waitForScreen,
  type Site,
  type Visit,
} from './harness.ts'

/** From here on a browser speaks of a long task, on a machine as fast as people have. */
const LONG_TASK_MS = 50
/** On a slower one it is so often what it takes to go over 10 MB of text once. */
const SLOW_FACTOR = 3
const LINE = 'x'.repeat(79)
const LINES_OF_10_MB = 131_072

let site: Site
let browser: Browser
let visit: Visit
let page: Page
let longTaskMs = LONG_TASK_MS
beforeAll(async () => {
  site = await serveSite()
  browser = await launchBrowser()
  const blank = await browser.newPage()
  const once = await longestTaskMs(browser, blank, async () => {
    const length = await blank.evaluate(
      ({ line, lines }) => `${line}\n`.repeat(lines).replace(/\n/g, '\r').length,
      { line: LINE, lines: LINES_OF_10_MB },
    )
    expect(length).toBe(10_485_760)
  })
  await blank.close()
  longTaskMs = Math.max(LONG_TASK_MS, SLOW_FACTOR * once)
})
beforeEach(async () => {
  visit = await visitReady(browser, site.url)
  page = visit.page
})
afterEach(async () => {
  expect(visit.errors).toEqual([])
  await visit.close()
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
})

/** Fills the clipboard of an event with lines and lets it happen where the focus is, as Ctrl+V does. */
async function paste(lines: number): Promise<void> {
  await page.evaluate(
    ({ line, lines }) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', `${line}\n`.repeat(lines))
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
      setTimeout(() => document.activeElement!.dispatchEvent(event), 200)
    },
    { line: LINE, lines },
  )
}

/** Does it, and finds that no frame had to wait long for it. */
async function expectFrames(use: () => Promise<void>): Promise<void> {
  expect(await longestTaskMs(browser, page, use)).toBeLessThan(longTaskMs)
}

const focusTerminal = () => page.locator('.xterm:visible textarea').focus()

describe('10 MB pasted', () => {
  it('into a program arrive whole', async () => {
    await typeLine(page, 'cat > file')
    await page.waitForTimeout(500)
    await paste(LINES_OF_10_MB)
    await expectFrames(async () => {
      await page.getByText('Pasting').waitFor()
      await page.getByText('Pasting').waitFor({ state: 'detached', timeout: 120_000 })
    })
    await page.keyboard.press('Control+d')
    const shell = new TerminalShell(page)
    expect(await shell.run('wc -lc < file', 60_000)).toMatch(/^ *131072 +10485760$/)
  }, 240_000)

  it('at the prompt wait there as one line, and Ctrl-C forgets them', async () => {
    await focusTerminal()
    await paste(LINES_OF_10_MB)
    await expectFrames(async () => {
      await waitForScreen(page, /\[\.\.\. \d+ characters \.\.\.\]/, 120_000)
      await page.keyboard.press('Control+c')
      await waitForScreen(page, /\^C\n.*\$ *$/, 60_000)
    })
    expect(await new TerminalShell(page).run('echo still here')).toBe('still here')
  }, 240_000)

  it('are stopped by Ctrl-C half way', async () => {
    await typeLine(page, 'cat > file')
    await page.waitForTimeout(500)
    await paste(LINES_OF_10_MB)
    await page.getByText('Pasting').waitFor()
    await page.keyboard.press('Control+c')
    await page.getByText('Pasting').waitFor({ state: 'detached' })
    const shell = new TerminalShell(page)
    expect(Number(await shell.run('wc -l < file', 60_000))).toBeLessThan(LINES_OF_10_MB)
    expect(await shell.run('echo still here')).toBe('still here')
  }, 120_000)

  it('are refused by the editor with a reason, and the file stays', async () => {
    await page.getByRole('tab', { name: 'YAML' }).click()
    await page.getByRole('button', { name: 'service.yaml' }).first().click()
    await page.locator('.monaco-editor .view-lines', { hasText: 'Service' }).click()
    await paste(LINES_OF_10_MB)
    await expectFrames(() => page.getByText(/The paste has 10 MB.*at most 1 MB/).waitFor())
    await page.getByRole('tab', { name: 'Terminals' }).click()
    expect(await new TerminalShell(page).run('wc -l < service.yaml')).toBe('13')
  }, 60_000)

  it('are more than a terminal takes when they are 20: it says so', async () => {
    await focusTerminal()
    await paste(2 * LINES_OF_10_MB)
    await page.getByText(/holds 21 MB.*at most 16 MB/).waitFor()
    expect(await new TerminalShell(page).run('echo still here')).toBe('still here')
  }, 60_000)
})

describe('output without end', () => {
  it('leaves the frames alone and is stopped by Ctrl-C', async () => {
    await focusTerminal()
    await expectFrames(async () => {
      await typeLine(page, 'yes')
      await page.waitForTimeout(3000)
      await page.keyboard.press('Control+c')
      await waitForScreen(page, /\^C\n.*\$ *$/)
    })
  }, 60_000)

  it('of 10 MB in one piece ends with its last line, and can be scrolled back', async () => {
    const shell = new TerminalShell(page)
    await shell.run(`yes ${LINE} | head -n ${LINES_OF_10_MB} > big; ls big`, 60_000)
    await expectFrames(async () => {
      await typeLine(page, 'cat big; echo the end')
      await waitForScreen(page, /^the end\n.*\$ *$/m, 60_000)
    })
  }, 120_000)
})

describe('a file of 10 MB', () => {
  it('is not opened by the editor, which says why', async () => {
    const shell = new TerminalShell(page)
    await shell.run(`yes ${LINE} | head -n ${LINES_OF_10_MB} > big.yaml; ls big.yaml`, 60_000)
    await page.getByRole('tab', { name: 'YAML' }).click()
    await expectFrames(async () => {
      await page.getByRole('button', { name: 'big.yaml' }).first().click()
      await page.getByText(/big\.yaml has 10 MB/).waitFor()
    })
  }, 120_000)
})

describe('a loop without end', () => {
  it('in the shell leaves the frames alone and is stopped by Ctrl-C', async () => {
    await focusTerminal()
    await expectFrames(async () => {
      await typeLine(page, 'while true; do :; done')
      await page.waitForTimeout(3000)
      await page.keyboard.press('Control+c')
      await waitForScreen(page, /\^C\n.*\$ *$/)
    })
  }, 60_000)
})
