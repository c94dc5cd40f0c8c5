/**
 * The hands-on session, typed in a real browser: its twenty steps in their order, each answered as a real cluster of
 * Kubernetes 1.36 answered it (addresses, names and ages vary).
 */
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  launchBrowser,
  serveSite,
  typeLine,
  visitReady,
  waitForScreen,
  type Site,
  type Visit,
} from './harness.ts'

let site: Site
let browser: Browser
let visit: Visit
let page: Page
beforeAll(async () => {
  site = await serveSite()
  browser = await launchBrowser()
  visit = await visitReady(browser, site.url)
  page = visit.page
})
afterAll(async () => {
  await visit?.close()
  await browser?.close()
  await site?.close()
})

const LAPTOP = /\$ *$/
const POD_SHELL = /[#$] *$/

/** Clears the screen, types a line, waits for the answer and the prompt after it. */
async function run(command: string, answer: RegExp, prompt = LAPTOP): Promise<string> {
  await typeLine(page, 'clear')
  await waitForScreen(page, new RegExp(`^[^\\n]*${prompt.source}`))
  await typeLine(page, command)
  const done = new RegExp(
    `(?:${answer.source})[\\s\\S]*\\n[^\\n]*${prompt.source}`,
    answer.flags.replace('m', ''),
  )
  return waitForScreen(page, done)
}

/** Asks again until the answer is the wanted one, as one does with `kubectl get`. */
async function runUntil(command: string, answer: RegExp, attempts = 30): Promise<string> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const text = await run(command, /\S/)
    if (answer.test(text)) return text
    await page.waitForTimeout(500)
  }
  throw new Error(`${command} never answered ${answer}`)
}

const found = (text: string, pattern: RegExp): string => {
  const match = pattern.exec(text)
  if (!match) throw new Error(`${pattern} not in:\n${text}`)
  return match[1] ?? match[0]
}
const podAddresses = (text: string) => [...text.matchAll(/10\.244\.\d+\.\d+/g)].map(([address]) => address)

describe('the hands-on session', () => {
  let clusterIP = ''
  let externalIP = ''
  let addresses: string[] = []

  it('1 reaches the cluster: kubectl get cs warns and lists', async () => {
    const text = await run('kubectl get cs', /controller-manager +Healthy +ok/)
    expect(text).toContain('Warning: v1 ComponentStatus is deprecated in v1.19+')
    expect(text).toMatch(/NAME +STATUS +MESSAGE +ERROR/)
  })

  it('2 finds the manifests in the terminal and in the editor', async () => {
    await run('ls', /client\.yaml +deployment\.yaml +service\.yaml/)
    await page.getByRole('tab', { name: 'YAML' }).click()
    await page.getByRole('button', { name: 'deployment.yaml' }).waitFor()
    await page.getByRole('tab', { name: 'Terminals' }).click()
  })

  it('3 and 4 creates the Deployment and sees two Pods with addresses', async () => {
    await run('kubectl create -f deployment.yaml', /deployment\.apps\/nginx created/)
    const text = await runUntil('kubectl get pod -o wide -l run=nginx', /(1\/1 +Running[\s\S]*){2}/)
    addresses = podAddresses(text)
    expect(addresses).toHaveLength(2)
  })

  it('5 and 6 creates the Service, which finds both as endpoints', async () => {
    await run('kubectl create -f service.yaml', /service\/nginx created/)
    const text = await runUntil('kubectl describe svc nginx', /Endpoints: +10\.244[^\n]*,10\.244/)
    clusterIP = found(text, /IP: +(10\.96\.\d+\.\d+)/)
    expect(text).toMatch(/Selector: +run=nginx/)
    for (const address of addresses) expect(text).toContain(`${address}:80`)
  })

  it('7 creates the client', async () => {
    await run('kubectl create -f client.yaml', /pod\/client created/)
    await runUntil('kubectl get pod', /client +1\/1 +Running/)
  })

  it('8 enters it: curl is missing, wget is there', async () => {
    await typeLine(page, 'clear')
    await typeLine(page, 'kubectl exec -it client -- sh')
    await waitForScreen(page, /# *$/)
    await run('curl nginx', /sh: curl: not found/, POD_SHELL)
    await run('which wget', /\/wget/, POD_SHELL)
  })

  it('9 to 11 fetches the page by address, by name, by name and namespace', async () => {
    for (const target of [clusterIP, 'nginx', 'nginx.default']) {
      await run(`wget -qO- ${target}`, /Welcome to nginx!/, POD_SHELL)
    }
  })

  it('12 and 13 finds the Service among the variables and uses one', async () => {
    await run('env | grep NGINX_SERVICE', new RegExp(`NGINX_SERVICE_HOST=${clusterIP}`), POD_SHELL)
    await run('wget -qO- $NGINX_SERVICE_HOST', /Welcome to nginx!/, POD_SHELL)
    await typeLine(page, 'exit')
    await waitForScreen(page, LAPTOP)
  })

  it('14 edits the Service: vi waits for the editor', async () => {
    await typeLine(page, 'vi service.yaml')
    await page.getByRole('button', { name: 'Save & close' }).waitFor()
    await page.locator('.monaco-editor .view-line').first().waitFor()
    await page.locator('.monaco-editor .view-lines').click()
    await page.keyboard.press('Control+f')
    await page.keyboard.type('spec:')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Home')
    await page.keyboard.type('  type: LoadBalancer')
    await page.getByRole('button', { name: 'Save & close' }).click()
    await run('cat service.yaml', /\n {2}type: LoadBalancer\n/)
  })

  it('15 and 16 applies it and gets an external address; the virtual one stays', async () => {
    await run(
      'kubectl apply -f service.yaml',
      /Warning: resource services\/nginx is missing[\s\S]*service\/nginx configured/,
    )
    const text = await runUntil('kubectl get svc -o wide', /nginx +LoadBalancer +\S+ +203\.0\.113\.\d+/)
    externalIP = found(text, /203\.0\.113\.\d+/)
    expect(text).toContain(clusterIP)
  })

  it('17 opens the external address in the browser', async () => {
    await page.getByRole('tab', { name: 'Browser' }).click()
    await page.getByLabel('Address', { exact: true }).fill(externalIP)
    await page.keyboard.press('Enter')
    await page.frameLocator('iframe').getByRole('heading', { name: 'Welcome to nginx!' }).waitFor()
  })

  it('18 to 20 replaces a Pod while a loop keeps being answered', async () => {
    await page.getByRole('button', { name: 'New terminal' }).click()
    await waitForScreen(page, LAPTOP)
    await typeLine(
      page,
      `while true; do curl -s -o /dev/null -m 2 -w '%{http_code} ' http://${externalIP}; sleep 0.1; done`,
    )
    await waitForScreen(page, /200 200/)
    await page.getByRole('tab', { name: 'main' }).click()
    const before = await run('kubectl get pod -o wide -l run=nginx', /Running/)
    const first = found(before, /nginx-\w+-\w+/)
    await run(`kubectl delete pod ${first}`, new RegExp(`pod "${first}" deleted from default namespace`))
    const after = await runUntil('kubectl get pod -o wide -l run=nginx', /(1\/1 +Running[\s\S]*){2}/)
    expect(after).not.toContain(first)
    const fresh = podAddresses(after).find((address) => !addresses.includes(address))!
    const described = await runUntil('kubectl describe svc nginx', new RegExp(`Endpoints:[^\\n]*${fresh}:80`))
    expect(described).toContain(clusterIP)
    expect(described).toContain(externalIP)
    await page.getByRole('tab', { name: 'terminal-2' }).click()
    await page.keyboard.press('Control+c')
    const loop = await waitForScreen(page, /200[\s\S]*\$ *$/)
    expect(
      loop
        .replace(/^.*-w.*$/m, '')
        .match(/\b\d{3}\b/g)
        ?.filter((code) => code !== '200'),
    ).toEqual([])
  })

  it('has passed all tasks of the lesson it was typed beside', async () => {
    const states = await page
      .locator('.task')
      .evaluateAll((tasks) =>
        tasks.map((task) => [(task as HTMLElement).dataset['task'], (task as HTMLElement).dataset['state']]),
      )
    expect(states.filter(([, state]) => state === 'error')).toEqual([])
    expect(visit.errors).toEqual([])
  })
})
