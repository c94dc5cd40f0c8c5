import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'

/** The path of a real kubectl 1.36; undefined, with a hint, when there is none. @throws in CI, where there must be one */
export function findKubectl(): string | undefined {
  try {
    const path = execFileSync(resolve(import.meta.dirname, '../../scripts/real-kubectl.sh'), {
      encoding: 'utf8',
    }).trim()
    const version = execFileSync(path, ['version', '--client'], { encoding: 'utf8' })
    if (!version.includes('v1.36.')) throw new Error(`${path} is not kubectl 1.36 but ${version}`)
    return path
  } catch (error) {
    if (process.env['CI']) throw error
    console.warn(`kubectl 1.36 is missing, its tests are skipped: ${(error as Error).message}`)
    return undefined
  }
}
