/**
 * `npm run screenshot`: builds the site, drives the first lesson to a telling moment (a Service with a load balancer,
 * three Pods, a packet on its way) and writes `docs/screenshot.png`. `-- --all [FOLDER]` draws the screens of a desktop,
 * a tablet and a phone, light and dark, instead.
 */
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import type { Browser, Page } from 'playwright'
import { launchBrowser, serveSite } from '../tests/browser/harness.ts'

const root = resolve(import.meta.dirname, '..')

interface Screen {
  readonly path: string
  readonly size: { readonly width: number; readonly height: number }
  readonly theme: 'light' | 'dark'
}

const SIZES = {
  desktop: { width: 1440, height: 900 },
  tablet: { width: 820, height: 1180 },
  phone: { width: 390, height: 844 },
} as const

/** All that the picture shows, done as a learner would, one line after the other. */
const COMMANDS = [
  'kubectl get cs',
  'cat service.yaml',
  'kubectl create -f deployment.yaml',
  'kubectl get pods -o wide',
  'kubectl scale deployment nginx --replicas=3',
  'kubectl rollout status deployment nginx',
  'kubectl create -f service.yaml',
  `kubectl patch service nginx -p '{"spec":{"type":"LoadBalancer"}}'`,
  'kubectl create -f client.yaml',
  `kubectl wait --for=jsonpath='{.status.loadBalancer.ingress}' service/nginx`,
  'kubectl wait --for=condition=Ready pod/client',
  'touch done',
]
const SHOWN = ['kubectl get pods -o wide', 'kubectl get service nginx']
/** Steps of the lesson until the one about load balancers. */
const STEPS = 5
/** Sent at the end: its packets are on their way when the picture is taken. */
const REQUEST = 'kubectl exec client -- wget -qO- nginx | grep title'

/** Shows the pane where the terminal can be typed into: on small screens it is one of several. */
async function openPane(page: Page, name: 'Map' | 'Terminal'): Promise<void> {
  const button = page.locator('.phone-bar').getByRole('button', { name })
  if (await button.isVisible()) return button.click()
  await page.getByRole('tab', { name: name === 'Map' ? 'Map' : 'Terminals' }).click()
}

async function enter(page: Page, line: string): Promise<void> {
  const input = page.getByLabel(/^Command for terminal/)
  if (await input.isVisible()) {
    await input.fill(line)
    return page.getByRole('button', { name: 'Enter', exact: true }).click()
  }
  await page.locator('.xterm:visible textarea').focus()
  await page.keyboard.type(line)
  await page.keyboard.press('Enter')
}

/** The lesson at the step that explains what the picture shows, and a request in slow motion. */
async function drive(page: Page): Promise<void> {
  await page.getByText('learner@laptop').first().waitFor({ state: 'attached' })
  await openPane(page, 'Terminal')
  for (const line of COMMANDS) await enter(page, line)
  await page.waitForFunction(() =>
    /touch done\s*\S*learner@laptop/.test(document.body.innerText.replace(/\s+/g, ' ')),
  )
  const next = page.getByRole('button', { name: 'Next ›' })
  for (let step = 0; step < STEPS && (await next.isVisible()); step++) await next.click()
  await enter(page, 'clear')
  for (const [index, line] of SHOWN.entries()) {
    await page.waitForFunction(
      (count) => document.body.innerText.split('learner@laptop').length === count,
      index + 2,
    )
    await enter(page, line)
  }
}

async function draw(browser: Browser, url: string, { path, size, theme }: Screen): Promise<void> {
  const context = await browser.newContext({ viewport: size, colorScheme: theme, hasTouch: size.width < 500 })
  const page = await context.newPage()
  await page.goto(url)
  await drive(page)
  await page.waitForTimeout(2500)
  await openPane(page, 'Map')
  if (await page.locator('.xterm:visible').count()) await enter(page, REQUEST)
  await page.waitForTimeout(1100)
  await page.screenshot({ path })
  await context.close()
  console.log(path)
}

function wanted(): readonly Screen[] {
  const at = process.argv.indexOf('--all')
  if (at < 0) return [{ path: join(root, 'docs/screenshot.png'), size: SIZES.desktop, theme: 'light' }]
  const folder = resolve(process.argv[at + 1] ?? mkdtempSync(join(tmpdir(), 'screens-')))
  mkdirSync(folder, { recursive: true })
  return Object.entries(SIZES).flatMap(([name, size]) =>
    (['light', 'dark'] as const).map((theme) => ({
      path: join(folder, `${name}-${theme}.png`),
      size,
      theme,
    })),
  )
}

await build({ root, logLevel: 'warn' })
mkdirSync(join(root, 'docs'), { recursive: true })
const site = await serveSite(join(root, 'dist'))
const browser = await launchBrowser()
try {
  for (const screen of wanted()) await draw(browser, site.url, screen)
} finally {
  await browser.close()
  await site.close()
}
