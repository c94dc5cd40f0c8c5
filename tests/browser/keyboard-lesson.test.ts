/** The first lesson from the opening of the page to its last task by keyboard alone: no pointer touches the page. */
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, serveSite, visitReady, waitForScreen, type Site } from './harness.ts'

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

/** What has the focus, as a screen reader would name it. */
const focusName = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const focused = document.activeElement
    return (focused?.getAttribute('aria-label') ?? focused?.textContent ?? '').trim()
  })

/** Presses a key until what has the focus is called so. */
async function moveTo(page: Page, key: string, name: string): Promise<void> {
  const seen: string[] = []
  for (let press = 0; press < 40; press++) {
    const focused = await focusName(page)
    if (focused === name) return
    seen.push(focused.slice(0, 40))
    await page.keyboard.press(key)
  }
  throw new Error(`${key} never came to "${name}", but to:\n${seen.join('\n')}`)
}

async function enter(page: Page, line: string): Promise<void> {
  await page.keyboard.type(line)
  await page.keyboard.press('Enter')
}

describe('the first lesson by keyboard', () => {
  it('can be done from the first Tab to the last task', async () => {
    const { page, errors, close } = await visitReady(browser, site.url)
    const passed = (task: string) => page.locator(`[data-task="${task}"][data-state="pass"]`).waitFor()

    await moveTo(page, 'Tab', 'Skip to the workspace')
    await page.keyboard.press('Enter')
    await moveTo(page, 'Tab', 'Terminal input')
    await enter(page, 'kubectl get cs')
    await enter(page, 'cat service.yaml')
    await passed('files-read')

    await page.keyboard.press('Alt+PageDown')
    expect(await focusName(page)).toBe('Two web servers')
    await moveTo(page, 'F6', 'Terminal input')
    await enter(page, 'kubectl create -f deployment.yaml')
    await passed('two-replicas')
    await enter(page, 'kubectl get pod -o wide')
    await passed('addresses-seen')

    await page.keyboard.press('Alt+PageDown')
    await moveTo(page, 'Tab', '')
    await page.keyboard.press('ArrowDown')
    expect(await page.locator('.predict input:checked').count()).toBe(1)
    await moveTo(page, 'F6', 'Terminal input')
    await enter(page, 'kubectl create -f service.yaml')
    await passed('endpoints-found')

    await page.keyboard.press('Alt+PageDown')
    await moveTo(page, 'F6', 'Terminal input')
    await enter(page, 'kubectl create -f client.yaml')
    await passed('client-runs')
    await enter(page, 'kubectl exec -it client -- sh')
    await waitForScreen(page, /# *$/)
    await enter(page, 'which wget')
    await passed('inside')

    await page.keyboard.press('Alt+PageDown')
    await moveTo(page, 'F6', 'Terminal input')
    await enter(page, 'env')
    await enter(page, 'wget -qO- $NGINX_SERVICE_HOST')
    await enter(page, 'wget -qO- nginx; wget -qO- nginx.default; exit')
    for (const task of ['by-address', 'by-name', 'by-full-name', 'variables']) await passed(task)

    await page.keyboard.press('Alt+PageDown')
    await moveTo(page, 'F6', 'Terminal input')
    await enter(page, 'vi service.yaml')
    await page.locator('.monaco-editor .view-line').first().waitFor()
    await expect.poll(() => focusName(page)).toMatch(/^YAML editor/)
    await page.keyboard.press('Control+Home')
    for (let line = 0; line < 6; line++) await page.keyboard.press('ArrowDown')
    for (const key of ['End', 'Enter', 'Home']) await page.keyboard.press(key)
    await page.keyboard.type('  type: LoadBalancer')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+Enter')
    await expect.poll(() => focusName(page)).toBe('Terminal input')
    await enter(page, 'clear; kubectl apply -f service.yaml')
    await waitForScreen(page, /service\/nginx configured/)
    for (const task of ['load-balancer', 'address-kept', 'page-outside']) await passed(task)

    await page.keyboard.press('Alt+PageDown')
    await moveTo(page, 'F6', 'Terminal input')
    await enter(page, 'kubectl delete pod $(kubectl get pod -l run=nginx -o name | head -1 | cut -d/ -f2)')
    for (const task of ['pod-replaced', 'entry-kept']) await passed(task)
    expect(await focusName(page)).toBe('Terminal input')
    expect(await page.locator('.task:not([data-state="pass"])').count()).toBe(0)
    expect(errors).toEqual([])
    await close()
  }, 120_000)
})
