/**
 * The hands-on session, typed in a real browser beside its lesson: its twenty steps in their order. What a command
 * prints is what a real cluster of Kubernetes 1.36 printed (`tests/transcripts/recordings`), whole, under the
 * normalisation that the transcripts use; at the end all tasks of the lesson have passed.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { normalise } from '../transcripts/normalise.ts'
import type { RecordedStep } from '../transcripts/replay.ts'
import {
  launchBrowser,
  serveSite,
  TerminalShell,
  typeLine,
  visitReady,
  waitForScreen,
  type Site,
  type Visit,
} from './harness.ts'

const recorded: readonly RecordedStep[] = readFileSync(
  join(import.meta.dirname, '../transcripts/recordings/hands-on.jsonl'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as RecordedStep)

let site: Site
let browser: Browser
let visit: Visit
let page: Page
let shell: TerminalShell
beforeAll(async () => {
  site = await serveSite()
  browser = await launchBrowser()
  // Wide and high enough that no answer scrolls away.
  visit = await visitReady(browser, site.url, { viewport: { width: 1700, height: 1500 } })
  page = visit.page
  shell = new TerminalShell(page)
})
afterAll(async () => {
  await visit?.close()
  await browser?.close()
  await site?.close()
})

const comparable = (text: string): string =>
  normalise(text.trimEnd())
    .text.split('\n')
    .map((line) => line.trimEnd())
    .join('\n')

/** What the real cluster answered to that command, as a terminal shows it: warnings come before the result. */
function answerTo(step: number): string {
  const { stdout, stderr } = recorded.find(({ n }) => n === step)!
  return comparable(stderr + stdout)
}

const found = (text: string, pattern: RegExp): string => {
  const match = pattern.exec(text)
  if (!match) throw new Error(`${pattern} not in:\n${text}`)
  return match[1] ?? match[0]
}
const podAddresses = (text: string) => [...text.matchAll(/10\.244\.\d+\.\d+/g)].map(([address]) => address)

async function nextStep(title: string): Promise<void> {
  await page.getByRole('button', { name: 'Next ›' }).click()
  expect(await page.locator('.step[data-shown] h2').textContent()).toBe(title)
}

/** Waits until the tasks of the step shown have passed, and says which have not. */
async function expectTasksPassed(): Promise<void> {
  const states = () =>
    page
      .locator('.step[data-shown] .task')
      .evaluateAll((tasks) => tasks.map(({ dataset }) => `${dataset['task']}: ${dataset['state']}`))
  await expect
    .poll(states, { timeout: 15_000 })
    .toEqual((await states()).map((task) => task.replace(/: .*/, ': pass')))
}

describe('the hands-on session', () => {
  let clusterIP = ''
  let externalIP = ''
  let addresses: string[] = []

  it('1 and 2 reaches the cluster and finds the manifests in the terminal and in the editor', async () => {
    expect(comparable(await shell.run('kubectl get cs'))).toBe(answerTo(5))
    expect(await shell.run('ls')).toBe('client.yaml  deployment.yaml  service.yaml')
    const manifest = await shell.run('cat service.yaml')
    await page.getByRole('tab', { name: 'YAML' }).click()
    await page.getByRole('button', { name: 'service.yaml' }).first().click()
    await page.locator('.monaco-editor .view-line').first().waitFor()
    const edited = await page.locator('.monaco-editor .view-lines').innerText()
    expect(edited.replaceAll('\u00a0', ' ').trim().split('\n').length).toBe(manifest.split('\n').length)
    await page.getByRole('tab', { name: 'Terminals' }).click()
    await expectTasksPassed()
  })

  it('3 and 4 creates the Deployment and sees two Pods with addresses', async () => {
    await nextStep('Two web servers')
    expect(comparable(await shell.run('kubectl create -f deployment.yaml'))).toBe(answerTo(9))
    await shell.runUntil('kubectl get pods', /(1\/1 +Running[\s\S]*){2}/)
    const pods = await shell.run('kubectl get pod -o wide -l run=nginx')
    expect(comparable(pods)).toBe(answerTo(12))
    addresses = podAddresses(pods)
    expect(new Set(addresses).size).toBe(2)
    await expectTasksPassed()
  })

  it('5 and 6 creates the Service, which finds both as endpoints', async () => {
    await nextStep('One Service before them')
    expect(comparable(await shell.run('kubectl create -f service.yaml'))).toBe(answerTo(21))
    const described = await shell.runUntil('kubectl describe svc nginx', /Endpoints: +\S+,\S+/)
    expect(comparable(described)).toBe(answerTo(25))
    clusterIP = found(described, /IP: +(10\.96\.\d+\.\d+)/)
    expect(podAddresses(described).sort()).toEqual([...addresses].sort())
    await expectTasksPassed()
  })

  it('7 creates the client', async () => {
    await nextStep('A client in the cluster')
    expect(comparable(await shell.run('kubectl create -f client.yaml'))).toBe(answerTo(32))
    await shell.runUntil('kubectl get pod', /client +1\/1 +Running/)
    expect(comparable(await shell.run('kubectl get pods -o wide'))).toBe(answerTo(35))
  })

  it('8 enters it: curl is missing, wget is there', async () => {
    await typeLine(page, 'clear')
    await typeLine(page, 'kubectl exec -it client -- sh')
    await waitForScreen(page, /# *$/)
    expect(await shell.run('curl nginx')).toBe('sh: curl: not found')
    expect(await shell.run('which wget')).toBe('/bin/wget')
    await expectTasksPassed()
  })

  it('9 to 11 fetches the page by address, by name, by name and namespace', async () => {
    await nextStep('Three ways to the same page')
    const welcome = answerTo(71)
    for (const target of [clusterIP, 'nginx', 'nginx.default'])
      expect(comparable(await shell.run(`wget -qO- ${target}`))).toBe(welcome)
    expect(await shell.run('cat /etc/resolv.conf')).toBe(answerTo(37))
  })

  it('12 and 13 finds the Service among the variables and uses one', async () => {
    // A shell on a terminal adds a few of its own to those that the container has.
    const own = /^(?:SHLVL|TERM|PWD|OLDPWD)=/
    const variables = (await shell.run('env')).split('\n').filter((line) => !own.test(line))
    expect(comparable(variables.join('\n'))).toBe(answerTo(36))
    expect(variables).toContain(`NGINX_SERVICE_HOST=${clusterIP}`)
    expect(comparable(await shell.run('wget -qO- $NGINX_SERVICE_HOST'))).toBe(answerTo(71))
    await expectTasksPassed()
    await typeLine(page, 'exit')
    await waitForScreen(page, /\$ *$/)
  })

  it('14 edits the Service: vi waits for the editor', async () => {
    await nextStep('To the outside')
    await typeLine(page, 'vi service.yaml')
    await page.getByRole('button', { name: 'Save & close' }).waitFor()
    await page.locator('.monaco-editor .view-line').first().waitFor()
    await page.locator('.monaco-editor .view-lines').click()
    await page.keyboard.press('Control+End')
    // Not typed: what Enter does to an open list of suggestions is not asked here.
    await page.keyboard.insertText('  type: LoadBalancer\n')
    await page.getByRole('button', { name: 'Save & close' }).click()
    await waitForScreen(page, /"service.yaml" \d+L, \d+B written/)
    expect(await shell.run('cat service.yaml')).toMatch(/^ {2}type: LoadBalancer\r?$/m)
  })

  it('15 and 16 applies it and gets an external address; the virtual one stays', async () => {
    expect(comparable(await shell.run('kubectl apply -f service.yaml'))).toBe(answerTo(76))
    const services = await shell.runUntil('kubectl get svc -o wide', /nginx +LoadBalancer +\S+ +203\./)
    expect(comparable(services)).toBe(answerTo(79))
    externalIP = found(services, /203\.0\.113\.\d+/)
    expect(services).toContain(clusterIP)
  })

  it('17 opens the external address in the browser', async () => {
    await page.getByRole('tab', { name: 'Browser' }).click()
    await page.getByLabel('Address', { exact: true }).fill(externalIP)
    await page.keyboard.press('Enter')
    await page.frameLocator('iframe').getByRole('heading', { name: 'Welcome to nginx!' }).waitFor()
    await expectTasksPassed()
  })

  it('18 and 19 replaces a Pod; the addresses of the Service stay', async () => {
    await nextStep('A Pod goes, the address stays')
    await page.getByRole('button', { name: 'New terminal' }).click()
    await waitForScreen(page, /\$ *$/)
    await typeLine(
      page,
      `n=0; while true; do n=$((n+1)); echo "$n $(curl -s -o /dev/null -w '%{http_code}' http://${externalIP})" >> codes; sleep 0.1; done`,
    )
    await page.getByRole('tab', { name: 'main' }).click()
    await shell.runUntil('wc -l < codes', /^\d\d+$/)
    const first = found(await shell.run('kubectl get pod -o wide'), /nginx-\w+-\w+/)
    expect(await shell.run(`kubectl delete pod ${first}`)).toBe(
      `pod "${first}" deleted from default namespace`,
    )
    const after = await shell.runUntil('kubectl get pods -o wide', /(nginx\S+ +1\/1 +Running[\s\S]*){2}/)
    expect(comparable(after)).toBe(answerTo(94))
    expect(after).not.toContain(first)
    const described = await shell.runUntil('kubectl describe svc nginx', /Endpoints: +\S+,\S+/)
    expect(comparable(described)).toBe(answerTo(95))
    expect(podAddresses(described).some((address) => !addresses.includes(address))).toBe(true)
    expect(described).toContain(clusterIP)
    expect(described).toContain(externalIP)
    await expectTasksPassed()
  })

  it('20 answered every request of the loop meanwhile', async () => {
    await page.getByRole('tab', { name: 'terminal-2' }).click()
    await page.locator('.xterm:visible textarea').focus()
    await page.keyboard.press('Control+c')
    await waitForScreen(page, /\$ *$/)
    const loop = new TerminalShell(page)
    const lines = Number(await loop.run('wc -l < codes'))
    expect(lines).toBeGreaterThan(20)
    expect(await loop.run('cut -d" " -f2 codes | sort | uniq -c')).toMatch(new RegExp(`^ *${lines} 200$`))
    // Numbered without a gap; the one under way when the loop was stopped has no line.
    expect(await loop.run('tail -n 1 codes')).toBe(`${lines} 200`)
    expect(lines - Number(await loop.run('echo $n'))).toBeOneOf([0, -1])
  })

  it('has passed all seventeen tasks of the lesson it was typed beside', async () => {
    const states = await page
      .locator('.task')
      .evaluateAll((tasks) => tasks.map((task) => (task as HTMLElement).dataset['state']))
    expect(states).toEqual(Array(17).fill('pass'))
    expect(await page.locator('.header .count').innerText()).toContain('17 / 17')
    expect(visit.errors).toEqual([])
  })
})
