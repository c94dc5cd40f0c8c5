/**
 * `npm test`: everything. Types, lint, format and unused exports; the site's build; unit tests, scenarios,
 * recordings, lessons, real clients and the browser. The last line is `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CHECKS } from './check.ts'
import { ensureChromium } from './chromium.ts'
import { runSteps } from './steps.ts'

const root = resolve(import.meta.dirname, '..')
const report = join(root, '.cache/vitest.json')
mkdirSync(join(root, '.cache'), { recursive: true })
rmSync(report, { force: true })

const env = { ...process.env, CHROMIUM: ensureChromium() }
const before = [...CHECKS, { name: 'build', command: ['vite', 'build', '--logLevel', 'warn'] as const }]
const failedSteps = runSteps(
  before.map(({ name, command }) => ({ name, command: [...command] as [string, ...string[]] })),
  env,
)

const vitest = join(root, 'node_modules/.bin/vitest')
spawnSync(vitest, ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`], {
  cwd: root,
  env,
  stdio: 'inherit',
})
const { passed, failed } = counts()

console.log(`${passed + before.length - failedSteps.length} passed, ${failed + failedSteps.length} failed`)
process.exitCode = failed + failedSteps.length > 0 ? 1 : 0

/** A test file that could not be loaded counts as one failure; a run that wrote no report, too. */
function counts(): { passed: number; failed: number } {
  try {
    const result = JSON.parse(readFileSync(report, 'utf8')) as {
      numPassedTests: number
      numFailedTests: number
      testResults: readonly { status: string; assertionResults: readonly unknown[] }[]
    }
    const unloaded = result.testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    )
    return { passed: result.numPassedTests, failed: result.numFailedTests + unloaded.length }
  } catch {
    return { passed: 0, failed: 1 }
  }
}
