import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright'

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
]

/** Path of a Chromium on this machine: $CHROMIUM, the usual places, playwright's own. Undefined when there is none. */
export function findChromium(): string | undefined {
  const candidates = [process.env['CHROMIUM'], ...USUAL_PLACES, chromium.executablePath()]
  return candidates.find((path) => path && existsSync(path))
}

/** Finds a Chromium or has playwright install its own. @throws Error that says how to get one. */
export function ensureChromium(): string {
  const found = findChromium()
  if (found) return found
  console.log('No Chromium found; asking playwright to install one.')
  spawnSync('npx', ['playwright', 'install', 'chromium'], { stdio: 'inherit' })
  const installed = findChromium()
  if (!installed) {
    throw new Error(
      'The browser tests need Chromium: install it (Debian: apt-get install chromium) or point CHROMIUM at one.',
    )
  }
  return installed
}
