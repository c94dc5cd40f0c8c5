import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'

/**
 * The path of a real kubectl of that minor version, 1.36 if none is given; undefined, with a hint, when there is none.
 * @throws in CI, where there must be one
 */
export function findKubectl(minor: '1.36' | '1.32' = '1.36'): string | undefined {
  try {
    const script = resolve(import.meta.dirname, '../../scripts/real-kubectl.sh')
    const path = execFileSync(script, [minor], { encoding: 'utf8' }).trim()
    const version = execFileSync(path, ['version', '--client'], { encoding: 'utf8' })
    if (!version.includes(`v${minor}.`)) throw new Error(`${path} is not kubectl ${minor} but ${version}`)
    return path
  } catch (error) {
    if (process.env['CI']) throw error
    console.warn(`kubectl ${minor} is missing, its tests are skipped: ${(error as Error).message}`)
    return undefined
  }
}
