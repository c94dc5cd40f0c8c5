/**
 * `npx tsx scripts/page-speed.ts`, after a build: how long a visitor waits, in the middle of some visits, each with an
 * empty cache: until the lesson can be read, until a command can be typed, until it is answered; and on coming back.
 */
import type { Browser, Page } from 'playwright'
import { launchBrowser, serveSite, typeLine, waitForScreen } from '../tests/browser/harness.ts'

const VISITS = 7

interface Waits {
  readonly readable: number
  readonly prompt: number
  readonly answered: number
  readonly promptAgain: number
}

const ROWS: readonly (readonly [keyof Waits, string])[] = [
  ['readable', 'the lesson can be read'],
  ['prompt', 'the cluster is up, the terminal shows its prompt'],
  ['answered', '`kubectl get nodes`, typed there, is answered'],
  ['promptAgain', 'after a reload the prompt is back, and all that was done'],
]

/** Until that shows in the terminal, in ms since the page was asked for. */
const sinceNavigation = async (page: Page, wanted: RegExp): Promise<number> => {
  await waitForScreen(page, wanted)
  return page.evaluate(() => performance.now())
}

async function measure(browser: Browser, url: string): Promise<Waits> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await page.goto(url)
  const prompt = await sinceNavigation(page, /\$ *$/)
  const readable = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
  )
  const asked = await page.evaluate(() => performance.now())
  await typeLine(page, 'kubectl get nodes')
  const answered = (await sinceNavigation(page, /node-2 +Ready[\s\S]*\$ *$/)) - asked
  await page.reload()
  const promptAgain = await sinceNavigation(page, /node-2 +Ready[\s\S]*\$ *$/)
  await context.close()
  return { readable, prompt, answered, promptAgain }
}

const site = await serveSite()
const browser = await launchBrowser()
const visits: Waits[] = []
for (let visit = 0; visit < VISITS; visit++) visits.push(await measure(browser, site.url))
await browser.close()
await site.close()

const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
console.log('| until | ms |\n| --- | ---: |')
for (const [key, label] of ROWS)
  console.log(`| ${label} | ${middle(visits.map((waits) => waits[key])).toFixed(0)} |`)
