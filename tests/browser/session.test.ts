/** A session as something to hand on and to move in: links, files, journeys back in time, predictions. */
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseSessionLog } from '../../src/session/input.ts'
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

/** A page on which something was done that another page can be asked about. */
async function pageWithPods(): Promise<{ page: Page; pods: string; close: () => Promise<void> }> {
  const opened = await visitReady(browser, site.url)
  const shell = new TerminalShell(opened.page)
  await shell.run('kubectl create -f deployment.yaml')
  const pods = await shell.runUntil('kubectl get pods -o name', /pod\/\S+\npod\/\S+/)
  return { ...opened, pods }
}

describe('a shared session', () => {
  it('travels in a link: the same Pods by the same names, in a browser that never saw them', async () => {
    const { page, pods, close } = await pageWithPods()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Share', exact: true }).click()
    await page.getByRole('button', { name: 'Copy a link' }).click()
    await page.getByText('The link is in the clipboard').waitFor()
    const link = await page.evaluate(() => navigator.clipboard.readText())
    await close()
    expect(link).toMatch(/#session=[\w-]+$/)
    expect(link.length).toBeLessThan(4000)

    const other = await visitReady(browser, link)
    expect(await new TerminalShell(other.page).run('kubectl get pods -o name')).toBe(pods)
    expect(other.errors).toEqual([])
    await other.close()
  })

  it('travels in a file, which the command line reads too', async () => {
    const { page, pods, close } = await pageWithPods()
    await page.getByRole('button', { name: 'Share', exact: true }).click()
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save as a file' }).click()
    const path = await (await saving).path()
    expect(parseSessionLog(readFileSync(path, 'utf8')).entries.length).toBeGreaterThan(2)

    const other = await visitReady(browser, site.url)
    await other.page.getByRole('button', { name: 'Share', exact: true }).click()
    await other.page.getByLabel('Open a file').setInputFiles(path)
    await other.page.waitForURL(/#session=/)
    await waitForScreen(other.page, /pod\/nginx[\s\S]*\$ *$/)
    expect(await new TerminalShell(other.page).run('kubectl get pods -o name')).toBe(pods)
    await other.close()
    await close()
  })

  it('is refused with a reason when the file is something else', async () => {
    const { page, close } = await visitReady(browser, site.url)
    await page.getByRole('button', { name: 'Share', exact: true }).click()
    const file = { name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('apiVersion: v1') }
    await page.getByLabel('Open a file').setInputFiles(file)
    await page.getByText('This is not a session exported from here.').waitFor()
    await close()
  })

  it('of another site is refused by name of its lesson', async () => {
    const { page, close } = await visitReady(browser, site.url)
    await page.getByRole('button', { name: 'Share', exact: true }).click()
    const log = { tabernetes: 'session/v1', version: '', seed: 1, lesson: 'elsewhere/1', entries: [] }
    const file = { name: 'x.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(log)) }
    await page.getByLabel('Open a file').setInputFiles(file)
    await page.getByText('This session belongs to a lesson that is not here: elsewhere/1.').waitFor()
    await close()
  })

  it('in a link that was cut is told of, and the own session stays', async () => {
    const { page, close } = await visitReady(browser, `${site.url}#session=abc`)
    await page.getByText('The session in this link cannot be read').waitFor()
    expect(await new TerminalShell(page).run('echo mine')).toBe('mine')
    await close()
  })

  it('opens on the page of its lesson, from wherever the file was given', async () => {
    const { page, pods, close } = await pageWithPods()
    await page.getByRole('button', { name: 'Share', exact: true }).click()
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save as a file' }).click()
    const path = await (await saving).path()
    const other = await visitReady(browser, `${site.url}play/`)
    await other.page.getByRole('button', { name: 'Share', exact: true }).click()
    await other.page.getByLabel('Open a file').setInputFiles(path)
    await other.page.waitForURL(/lessons\/services\/10-hands-on\/10-session\/#session=/)
    await waitForScreen(other.page, /pod\/nginx[\s\S]*\$ *$/)
    expect(await new TerminalShell(other.page).run('kubectl get pods -o name')).toBe(pods)
    await other.close()
    await close()
  })
})

describe('time', () => {
  it('goes back to a moment on the timeline: what was done later has not happened', async () => {
    const { page, close } = await visitReady(browser, site.url)
    const shell = new TerminalShell(page)
    await shell.run('echo one > one')
    await page.waitForTimeout(1500)
    await shell.run('echo two > two')
    const strip = page.getByRole('slider', { name: 'Moment of the session' })
    await strip.focus()
    // Back over the Enter of the last command, of the `clear` before it, and to the command before that.
    for (let press = 0; press < 3; press++) await page.keyboard.press('ArrowLeft')
    await page.getByRole('button', { name: /^Go back to/ }).click()
    await page.getByText('Live', { exact: true }).waitFor()
    expect(await shell.run('ls two')).toContain('No such file or directory')
    await close()
  })

  it('steps back to before the last thing that happened, and stands still there', async () => {
    const { page, close } = await visitReady(browser, site.url)
    const shell = new TerminalShell(page)
    await shell.run('echo one > one')
    await page.waitForTimeout(500)
    await page.getByRole('button', { name: 'Step back' }).click()
    await page.getByText('Paused', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Play' }).click()
    // The command stands at the prompt as it did before its Enter.
    await page.locator('.xterm:visible textarea').focus()
    await page.keyboard.press('Control+c')
    expect(await shell.run('ls one')).toContain('No such file or directory')
    await close()
  })
})

describe('a prediction', () => {
  it('is asked before the answer is seen, and remembered', async () => {
    const { page, close } = await visitReady(browser, site.url)
    const next = page.getByRole('button', { name: 'Next ›' })
    await next.click()
    await next.click()
    const choice = page.getByLabel('It takes every Pod that carries the labels of its selector')
    await choice.check()
    await page.reload()
    await waitForScreen(page, /\$ *$/)
    expect(await choice.isChecked()).toBe(true)
    await close()
  })
})
