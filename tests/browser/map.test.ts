/** What the map leads to: one request explained hop by hop, and a node that is broken and mended. */
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, serveSite, TerminalShell, visitReady, waitForScreen, type Site } from './harness.ts'

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

describe('the trace of a request', () => {
  it('tells the DNS steps, the rewrite with its rule and entry, and opens Rules at the hop that was clicked', async () => {
    const { page, errors, close } = await visitReady(browser, site.url)
    const shell = new TerminalShell(page)
    for (const file of ['deployment', 'service', 'client']) await shell.run(`kubectl create -f ${file}.yaml`)
    await shell.run('kubectl rollout status deployment nginx; kubectl wait --for=condition=Ready pod/client')
    const address = await shell.run(`kubectl get svc nginx -o jsonpath='{.spec.clusterIP}{"\\n"}'`)
    expect(await shell.run('kubectl exec client -- wget -qO- nginx | grep -c title')).toBe('1')

    await page.getByRole('tab', { name: 'Trace' }).click()
    const request = page.getByRole('list', { name: 'Connections' }).getByRole('button', {
      name: `default/client → ${address}:80`,
    })
    await request.first().click()
    const hops = page.getByRole('region', { name: 'Hops' })
    await hops.getByText(`A nginx.default.svc.cluster.local → ${address}`).waitFor()
    expect(await hops.getByText(`destination ${address}:80 →`).count()).toBe(1)
    expect(await hops.locator('.entry').first().textContent()).toMatch(
      new RegExp(`^tcp 6 \\d+ SYN_SENT src=10\\.244\\.\\S+ dst=${address.replaceAll('.', '\\.')} `),
    )
    // The request itself, by its first line.
    expect(await hops.getByLabel('Packet').innerText()).toContain('GET / HTTP/1.1')

    const rewriting = hops.locator('ol > li', { hasText: `destination ${address}:80 →` })
    await rewriting.getByRole('button', { name: 'PREROUTING' }).click()
    await page.getByRole('tab', { name: 'Rules' }).click()
    const decided = page.locator('.line.wanted')
    await decided.waitFor()
    expect(await decided.textContent()).toMatch(/-j DNAT --to-destination 10\.244\./)
    await expect.poll(() => decided.evaluate((line) => line.getBoundingClientRect().top > 0)).toBe(true)
    expect(errors).toEqual([])
    await close()
  }, 60_000)
})

describe('a node', () => {
  it('can be stopped from the map, which shows it, and started again', async () => {
    const { page, errors, close } = await visitReady(browser, site.url)
    const node = (state: string) => page.locator(`svg [aria-label="Node node-1, 192.168.99.11, ${state}"]`)
    const press = async (label: string) => {
      await page
        .getByRole('group', { name: 'Commands for Node node-1' })
        .getByRole('button', { name: label })
        .click()
      await page.keyboard.press('Enter')
      await waitForScreen(page, /kubelet\n.*\$ *$/)
    }
    await node('ready').click()
    await press('Stop kubelet …')
    // Nobody misses it before its lease has run out.
    await page.getByLabel('Speed').selectOption('25')
    await node('not ready').waitFor()
    await press('Start kubelet …')
    await node('ready').waitFor()
    expect(errors).toEqual([])
    await close()
  }, 90_000)
})
