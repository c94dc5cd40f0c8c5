/** For those who do not look, do not point, or hold a phone. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  launchBrowser,
  serveSite,
  TerminalShell,
  typeLine,
  visit,
  visitReady,
  waitForScreen,
  type Site,
} from './harness.ts'

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

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true }

async function onPage(
  use: (page: Page) => Promise<void>,
  options: Parameters<typeof visit>[2] = {},
): Promise<void> {
  const { page, errors, close } = await visitReady(browser, site.url, options)
  await use(page)
  expect(errors).toEqual([])
  await close()
}

/** A phone has no screen of xterm to wait for. */
async function onPhone(use: (page: Page) => Promise<void>): Promise<void> {
  const { page, errors, close } = await visit(browser, site.url, PHONE)
  await page.getByRole('button', { name: 'Terminal', exact: true }).click()
  await page.getByRole('log').getByText('learner@laptop').first().waitFor()
  await use(page)
  expect(errors).toEqual([])
  await close()
}

/** Gathers whatever polite live regions say from now on. */
async function listen(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(() => {
    const said: string[] = []
    Object.assign(window, { said })
    for (const region of document.querySelectorAll('[aria-live=polite]'))
      new MutationObserver(() => said.push(region.textContent)).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      })
  })
  return () => page.evaluate(() => (window as unknown as { said: string[] }).said.join('\n'))
}

describe('a screen reader', () => {
  it('is told which task is done, and what came and went, in one region', () =>
    onPage(async (page) => {
      const said = await listen(page)
      await typeLine(page, 'kubectl get cs')
      await expect.poll(said, { timeout: 15_000 }).toContain('Task done: Ask for the component statuses.')
      await typeLine(page, 'kubectl create service clusterip web --tcp=80')
      await expect.poll(said, { timeout: 15_000 }).toContain('Service web created')
    }))

  it('finds landmarks with names, and one heading of the first level', () =>
    onPage(async (page) => {
      for (const name of ['Lesson', 'Workspace', 'Timeline'])
        expect(await page.getByRole('region', { name, exact: true }).count()).toBe(1)
      expect(await page.getByRole('main').count()).toBe(1)
      expect(await page.getByRole('banner').count()).toBe(1)
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
    }))

  it('gets the terminal as a list with tables when asked', () =>
    onPage(async (page) => {
      await page.getByRole('button', { name: 'Transcript' }).click()
      const log = page.getByRole('log', { name: 'Transcript of terminal main' })
      await page.getByLabel('Command for terminal main').fill('kubectl get cs')
      await page.keyboard.press('Enter')
      await log.getByRole('cell', { name: 'controller-manager' }).waitFor()
      expect(await log.getByRole('columnheader').allTextContents()).toEqual([
        'NAME',
        'STATUS',
        'MESSAGE',
        'ERROR',
      ])
      expect(await log.getByText('Warning: v1 ComponentStatus is deprecated').count()).toBe(1)
    }))

  it('gets the screen of the terminal read out when asked', () =>
    onPage(async (page) => {
      await page.getByRole('button', { name: 'Settings', exact: true }).click()
      await page.getByLabel('Screen reader mode of the terminal screen').check()
      await page.keyboard.press('Escape')
      await typeLine(page, 'echo to be read')
      await page.locator('.xterm-accessibility').getByText('to be read', { exact: true }).waitFor()
    }))

  it('finds all that the map shows in the table', () =>
    onPage(async (page) => {
      const things = await page
        .locator('svg [role=button]')
        .evaluateAll((all) =>
          all.map((one) => /^\w+ ([^ ,]+)/.exec(one.getAttribute('aria-label') ?? '')![1]!),
        )
      expect(things.length).toBeGreaterThan(10)
      await page.getByRole('tab', { name: 'Table' }).click()
      await page.getByLabel('Namespace').selectOption('')
      const table = page.getByRole('region', { name: 'Objects of the cluster' })
      const rows = await table.getByRole('rowheader').allTextContents()
      for (const name of things) expect(rows.some((row) => row.startsWith(name))).toBe(true)
    }))
})

describe('keys', () => {
  it('can be changed, are remembered, and refuse what is needed for typing', () =>
    onPage(async (page) => {
      await page.keyboard.press('Control+/')
      const change = page.getByRole('button', { name: /^Next step of the lesson/ })
      await change.click()
      await page.keyboard.press('n')
      await page.getByText('N is needed for typing').waitFor()
      await page.keyboard.press('F6')
      await page.getByText('F6 has a meaning already: Next pane.').waitFor()
      await page.keyboard.press('Alt+n')
      expect(await change.innerText()).toBe('Alt+N')
      await page.keyboard.press('Escape')
      await page.reload()
      await waitForScreen(page, /\$ *$/)
      await page.keyboard.press('Alt+n')
      await expect.poll(() => page.locator('.step[data-shown] h2').textContent()).toBe('Two web servers')
      await page.keyboard.press('Control+/')
      await page.getByRole('button', { name: 'Usual keys' }).click()
      expect(await change.innerText()).toBe('Alt+Page Down')
    }))

  it('lead to the lesson before and after', () =>
    onPage(async (page) => {
      await page.getByRole('link', { name: 'Next: Your own cluster' }).press('Enter')
      await page.waitForURL(/\/play\/$/)
      await page.getByRole('link', { name: 'Previous: One address for many Pods' }).press('Enter')
      await page.waitForURL(/10-session\/$/)
    }))

  it('bring one to the editor that a terminal waits for, and back', () =>
    onPage(async (page) => {
      await page.getByRole('button', { name: 'New terminal' }).click()
      await waitForScreen(page, /\$ *$/)
      await typeLine(page, 'nano service.yaml')
      await page.getByText('nano waits in terminal terminal-2').waitFor()
      await page.getByRole('tab', { name: 'Terminals' }).click()
      await page.getByText('nano waits for service.yaml in the editor.').waitFor()
      await page.getByRole('tab', { name: 'main' }).click()
      expect(await page.getByText('waits for service.yaml').isVisible()).toBe(false)
      await page.getByRole('tab', { name: 'terminal-2' }).click()
      await page.getByRole('button', { name: 'Go there' }).press('Enter')
      await page.locator('.monaco-editor .view-line').first().waitFor()
      await page.keyboard.press('Control+Enter')
      await waitForScreen(page, /"service\.yaml" 13L, \d+B written/)
      expect(await page.getByRole('tab', { name: 'terminal-2' }).getAttribute('aria-selected')).toBe('true')
    }))
})

describe('a phone', () => {
  it(
    'has the keys that its keyboard lacks',
    () =>
      onPhone(async (page) => {
        const input = page.getByLabel('Command for terminal main')
        const log = page.getByRole('log')
        const key = (name: string) => page.getByRole('button', { name, exact: true }).tap()
        await input.fill('cat serv')
        await key('Tab: complete')
        await log.getByText('$ cat service.yaml').waitFor()
        await key('Enter')
        await log.getByText('kind: Service').waitFor()
        await input.fill('sleep 1000')
        await key('Enter')
        await key('Ctrl-C: interrupt')
        await log.getByText('^C').waitFor()
        await key('Up: earlier command')
        await key('Up: earlier command')
        await expect.poll(() => log.getByText('$ cat service.yaml').count()).toBe(2)
        await key('Ctrl-C: interrupt')
        await input.fill('ls ')
        await key('Pipe')
        expect(await input.inputValue()).toBe('ls |')
      }),
    60_000,
  )

  it('takes lines that are pasted as lines', () =>
    onPhone(async (page) => {
      await page.getByLabel('Command for terminal main').focus()
      await page.evaluate(() => {
        const clipboardData = new DataTransfer()
        clipboardData.setData('text/plain', 'echo one-$((1+1))\necho two-$((1+1))\n')
        const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
        document.activeElement!.dispatchEvent(event)
      })
      await page.getByRole('log').getByText('one-2').waitFor()
      await page.getByRole('log').getByText('two-2').waitFor()
    }))

  it('keeps the tasks in sight, and edits in a text area', () =>
    onPhone(async (page) => {
      const requests: string[] = []
      page.on('request', (request) => requests.push(request.url()))
      expect(await page.getByText('0 of 2 tasks done').count()).toBe(1)
      await page.getByRole('button', { name: 'YAML', exact: true }).tap()
      await page.getByRole('button', { name: 'service.yaml' }).first().tap()
      const text = page.getByLabel('YAML of service.yaml')
      await text.fill(`# mine\n${await text.inputValue()}`)
      await page.getByText('Saved on the laptop').waitFor()
      expect(requests.filter((url) => url.includes('monaco'))).toEqual([])
    }))
})

describe('the editor', () => {
  it('is fetched when it is first looked at, not before', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const fetched: string[] = []
    page.on('request', (request) => fetched.push(request.url()))
    await page.goto(site.url)
    await waitForScreen(page, /\$ *$/)
    await new TerminalShell(page).run('kubectl get nodes')
    expect(fetched.filter((url) => /monaco|yaml|editor/.test(url))).toEqual([])
    await page.getByRole('tab', { name: 'YAML' }).click()
    await page.locator('.monaco-editor .view-line').first().waitFor()
    expect(fetched.some((url) => /monaco/.test(url))).toBe(true)
    await context.close()
  })

  it('stays a text area where it cannot be fetched', async () => {
    const { page, close } = await visitReady(browser, site.url)
    await page.route('**/monaco-*.js', (route) => route.fulfill({ status: 404 }))
    await page.getByRole('tab', { name: 'YAML' }).click()
    await page.getByLabel('YAML of client.yaml').press('Control+Home')
    await page.keyboard.type('# mine\n')
    await page.getByText('Saved on the laptop').waitFor()
    await page.getByRole('tab', { name: 'Terminals' }).click()
    await typeLine(page, 'head -1 client.yaml')
    await waitForScreen(page, /^# mine/m)
    await close()
  })
})

describe('axe', () => {
  const findings = async (page: Page, screen: string) => {
    const { violations } = await new AxeBuilder({ page }).exclude('.monaco-editor').analyze()
    return violations.map(({ id, nodes }) => `${screen}: ${id}: ${nodes[0]?.html}`)
  }

  it('finds nothing where the cluster did not start, in dark', async () => {
    const context = await browser.newContext({ colorScheme: 'dark' })
    const page = await context.newPage()
    await page.route('**/worker-main*', (route) => route.fulfill({ status: 404 }))
    await page.goto(site.url)
    await page.getByText('The cluster cannot be brought back').waitFor()
    expect(await findings(page, 'failed')).toEqual([])
    await context.close()
  }, 60_000)

  it(
    'finds nothing while a Pod is looked at, an editor is waited for, keys are changed',
    () =>
      onPage(async (page) => {
        await page.locator('svg [role=button]').first().click()
        expect(await findings(page, 'details')).toEqual([])
        await page.getByRole('button', { name: /course menu/ }).click()
        expect(await findings(page, 'course')).toEqual([])
        await page.keyboard.press('Escape')
        await page.keyboard.press('Control+/')
        await page.getByRole('button', { name: /^Next pane/ }).click()
        expect(await findings(page, 'keys')).toEqual([])
        await page.keyboard.press('Escape')
        await page.keyboard.press('Escape')
        await typeLine(page, 'vi service.yaml')
        await page.getByText('vi waits in terminal main').waitFor()
        await page.getByRole('tab', { name: 'Terminals' }).click()
        expect(await findings(page, 'waiting')).toEqual([])
      }),
    120_000,
  )

  it(
    'finds nothing where motion is not wanted, and packets are a list',
    () =>
      onPage(
        async (page) => {
          await typeLine(page, 'curl -m 1 http://192.168.99.11')
          await page.getByRole('list', { name: 'Last packets' }).getByRole('button').first().waitFor()
          expect(await findings(page, 'reduced')).toEqual([])
        },
        { reducedMotion: 'reduce' },
      ),
    60_000,
  )

  // A window of 1280 px at zooms of 116, 156 and 400 %.
  for (const [width, height] of [
    [1100, 700],
    [820, 600],
    [320, 640],
  ] as const)
    it(`finds nothing in ${width} px, where nothing is cut off`, async () => {
      const { page, close } = await visit(browser, site.url, { viewport: { width, height } })
      await page.locator('.header').waitFor()
      await page.getByText('The cluster is starting').waitFor({ state: 'detached' })
      expect(await findings(page, `${width} px`)).toEqual([])
      const cutOff = await page.evaluate(() =>
        [...document.querySelectorAll('.header *, [role=tab], footer *, .phone-bar *')]
          .filter((one) => one.getBoundingClientRect().right > innerWidth)
          .map((one) => one.textContent),
      )
      expect(cutOff).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
      await close()
    }, 60_000)
})
