import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'

/** One command of a check, by the name that a report calls it. */
export interface Step {
  readonly name: string
  /** A program of `node_modules/.bin` and its arguments. */
  readonly command: readonly [string, ...string[]]
}

const root = resolve(import.meta.dirname, '..')

/** Runs all steps, the output of each as it comes, and says how each went. @returns the names of those that failed. */
export function runSteps(steps: readonly Step[], env: NodeJS.ProcessEnv = process.env): string[] {
  return steps.flatMap(({ name, command: [program, ...rest] }) => {
    const began = performance.now()
    const { status } = spawnSync(join(root, 'node_modules/.bin', program), rest, {
      cwd: root,
      env,
      stdio: 'inherit',
    })
    const took = ((performance.now() - began) / 1000).toFixed(1)
    console.log(`${status === 0 ? '✓' : '✗'} ${name} (${took} s)`)
    return status === 0 ? [] : [name]
  })
}
