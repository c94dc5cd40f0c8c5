import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  launchBrowser,
  screenText,
  serveSite,
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

/** Runs `use` on a page whose terminal waits, and finds fault with any error that the page reports. */
async function onPage(
  use: (page: Page) => Promise<void>,
  options: Parameters<typeof visit>[2] = {},
): Promise<void> {
  const { page, errors, close } = await visitReady(browser, site.url, options)
  await use(page)
  expect(errors).toEqual([])
  await close()
}

describe('the lesson', () => {
  it('can be read before, and without, any script', async () => {
    const { page, close } = await visit(browser, site.url, { javaScriptEnabled: false })
    expect(await page.locator('h1').isVisible()).toBe(true)
    expect(await page.locator('.step').count()).toBeGreaterThan(1)
    expect(await page.locator('.command').first().isVisible()).toBe(true)
    await close()
  })

  it('is a page of its own, at any depth', async () => {
    const { page, errors, close } = await visitReady(
      browser,
      `${site.url}lessons/services/10-hands-on/10-session/`,
    )
    expect(await page.locator('h1').first().textContent()).toContain('One address')
    expect(errors).toEqual([])
    await close()
  })

  it('puts a command into the terminal by a click, and runs it by the other button', () =>
    onPage(async (page) => {
      await page.locator('.command pre').first().click()
      await waitForScreen(page, /\$ kubectl get cs$/m)
      await page.keyboard.press('Enter')
      await waitForScreen(page, /kubectl get cs\n[\s\S]*\$ *$/m)
      await page.getByRole('button', { name: 'Run' }).nth(1).click()
      await waitForScreen(page, /\$ ls\n/)
    }))

  it('opens the terminal that a command is meant for, and goes back to the other', () =>
    onPage(async (page) => {
      for (let step = 1; step < 7; step++) await page.getByRole('button', { name: 'Next ›' }).click()
      await page.locator('.command:visible', { hasText: 'while true' }).locator('pre').click()
      await waitForScreen(page, /\$ while true; do curl/)
      const isOpen = (name: string) => page.getByRole('tab', { name }).getAttribute('aria-selected')
      expect(await isOpen('loop')).toBe('true')
      await page.locator('.command:visible', { hasText: 'get pod' }).first().locator('pre').click()
      await waitForScreen(page, /\$ kubectl get pod -o wide$/m)
      expect(await isOpen('main')).toBe('true')
    }))

  it('goes from step to step and keeps the focus in the text', () =>
    onPage(async (page) => {
      await page.getByRole('button', { name: 'Next ›' }).click()
      expect(await page.locator('.step[data-shown] h2').textContent()).toBe('Two web servers')
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H2')
      await page.keyboard.press('Alt+PageUp')
      expect(await page.locator('.step[data-shown]').getAttribute('data-step')).toBe('reach')
    }))
})

describe('the keyboard', () => {
  it('leaves the terminal by Esc Esc and by Shift+Tab, and says so', () =>
    onPage(async (page) => {
      const isInTerminal = () => page.evaluate(() => document.activeElement?.closest('.screen') !== null)
      for (const keys of [['Escape', 'Escape'], ['Shift+Tab']]) {
        await page.locator('.xterm:visible textarea').focus()
        expect(await page.locator('.leave').isVisible()).toBe(true)
        for (const key of keys) await page.keyboard.press(key)
        expect(await isInTerminal()).toBe(false)
      }
    }))

  it('goes round the panes by F6, out of the terminal too', () =>
    onPage(async (page) => {
      const pane = () =>
        page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset['pane'])
      const seen: (string | undefined)[] = []
      for (let press = 0; press < 5; press++) {
        await page.keyboard.press('F6')
        seen.push(await pane())
      }
      expect(new Set(seen)).toEqual(new Set(['header', 'lesson', 'top', 'bottom', 'timeline']))
    }))

  it('moves a splitter, and a reload remembers where', () =>
    onPage(async (page) => {
      const width = () => page.locator('#lesson').evaluate((lesson) => lesson.clientWidth)
      const before = await width()
      await page.getByRole('separator', { name: 'Lesson width' }).focus()
      await page.keyboard.press('ArrowRight')
      expect(await width()).toBe(before + 16)
      await page.reload()
      await waitForScreen(page, /\$ *$/m)
      expect(await width()).toBe(before + 16)
    }))

  it('walks the map by arrows and opens what Enter selects', () =>
    onPage(async (page) => {
      await page.locator('svg [role=button][tabindex="0"]').focus()
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Enter')
      expect(await page.locator('.details').isVisible()).toBe(true)
    }))
})

describe('the editor', () => {
  it('is a text area at first and Monaco later, on the same file as the terminal', () =>
    onPage(async (page) => {
      await page.getByRole('tab', { name: 'YAML' }).click()
      await page.getByRole('button', { name: 'service.yaml' }).first().click()
      await page.locator('.monaco-editor .view-line').first().waitFor()
      await page.locator('.monaco-editor .view-lines').click()
      await page.keyboard.press('Control+Home')
      await page.keyboard.type('# edited\n')
      await page.getByText('Saved on the laptop').waitFor()
      await page.getByRole('tab', { name: 'Terminals' }).click()
      await typeLine(page, 'head -1 service.yaml')
      await waitForScreen(page, /^# edited/m)
    }))

  it('underlines what the schema does not know, and says where', () =>
    onPage(async (page) => {
      await page.getByRole('tab', { name: 'YAML' }).click()
      await page.getByRole('button', { name: 'service.yaml' }).first().click()
      await page.locator('.monaco-editor .view-line').first().waitFor()
      await page.locator('.monaco-editor .view-lines').click()
      await page.keyboard.press('Control+End')
      await page.keyboard.type('bogus: 1')
      await page.getByText(/line \d+: .*bogus/i).waitFor()
    }))
})

describe('accessibility (axe)', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(
      `finds nothing on the main screens in ${colorScheme}`,
      () =>
        onPage(
          async (page) => {
            const check = async (screen: string) => {
              const { violations } = await new AxeBuilder({ page }).exclude('.monaco-editor').analyze()
              expect(violations.map(({ id, nodes }) => `${screen}: ${id}: ${nodes[0]?.html}`)).toEqual([])
            }
            for (const tab of ['Map', 'Table', 'Trace', 'Events', 'Rules', 'Browser', 'YAML']) {
              await page.getByRole('tab', { name: tab }).click()
              await page.waitForTimeout(tab === 'YAML' ? 1500 : 200)
              await check(tab)
            }
            for (const dialog of ['Settings', 'Help', 'Share']) {
              await page.getByRole('button', { name: dialog, exact: true }).click()
              await check(dialog)
              await page.keyboard.press('Escape')
            }
          },
          { colorScheme },
        ),
      180_000,
    )
  }

  it('finds nothing on a phone, where a native input takes the typing', async () => {
    const { page, close } = await visit(browser, site.url, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
    })
    for (const view of ['Terminal', 'Map', 'YAML', 'Lesson']) {
      await page.getByRole('button', { name: view, exact: true }).click()
      await page.waitForTimeout(300)
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => `${view}: ${id}: ${nodes[0]?.html}`)).toEqual([])
    }
    await page.getByRole('button', { name: 'Terminal', exact: true }).click()
    await page.getByLabel(/Command for terminal/).fill('kubectl get nodes')
    await page.getByRole('button', { name: 'Enter', exact: true }).click()
    await page.getByRole('log').getByText('control-plane').first().waitFor()
    await close()
  }, 180_000)
})

describe('robustness', () => {
  it('keeps what is typed before the cluster is there', async () => {
    const { page, close } = await visit(browser, site.url)
    await page.locator('.command pre').first().click()
    await waitForScreen(page, /\$ kubectl get cs/)
    await close()
  })

  it('keeps terminals, files and tasks over a reload', () =>
    onPage(async (page) => {
      await typeLine(page, 'kubectl get cs')
      await page.locator('[data-task="cluster-answers"][data-state="pass"]').waitFor()
      await typeLine(page, 'echo kept > kept.txt')
      await waitForScreen(page, /kept\.txt\n.*\$ *$/m)
      await page.reload()
      await waitForScreen(page, /echo kept > kept\.txt/)
      await page.locator('[data-task="cluster-answers"][data-state="pass"]').waitFor()
      await typeLine(page, 'cat kept.txt')
      await waitForScreen(page, /^kept$/m)
    }))

  it('loses nothing when the worker dies', () =>
    onPage(async (page) => {
      await typeLine(page, 'echo before > before.txt')
      await waitForScreen(page, /before\.txt\n.*\$ *$/m)
      const worker = page.workers().find((one) => one.url().includes('main'))!
      await worker.evaluate(() => self.close())
      await page.getByText('being restarted').waitFor({ timeout: 30_000 })
      await page.getByText('being restarted').waitFor({ state: 'detached', timeout: 30_000 })
      await typeLine(page, 'cat before.txt')
      await waitForScreen(page, /^before$/m)
    }))

  it('shows a page of the cluster in a frame that can run nothing', () =>
    onPage(async (page) => {
      await page.getByRole('tab', { name: 'Browser' }).click()
      await page.getByLabel('Address', { exact: true }).fill('192.168.99.11:1')
      await page.keyboard.press('Enter')
      await page.getByText('This site can’t be reached').waitFor()
      expect(await screenText(page)).not.toBe('')
    }))
})
