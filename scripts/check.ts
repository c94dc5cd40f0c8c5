/** `npm run check`: types, lint, format, unused exports, architecture. Runs all of them, then says which failed. */
import { runSteps, type Step } from './steps.ts'

export const CHECKS: readonly Step[] = [
  { name: 'types of the engine', command: ['tsc', '-p', 'tsconfig.engine.json'] },
  { name: 'types of everything', command: ['tsc', '-p', 'tsconfig.json'] },
  {
    name: 'types of the page',
    command: ['svelte-check', '--tsconfig', 'tsconfig.web.json', '--output', 'human', '--threshold', 'error'],
  },
  { name: 'lint', command: ['eslint', '--quiet', '.'] },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'unused exports', command: ['knip'] },
]

if (process.argv[1]?.endsWith('check.ts')) {
  const architecture: Step = {
    name: 'architecture',
    command: ['vitest', 'run', 'tests/architecture.test.ts'],
  }
  const failed = runSteps([...CHECKS, architecture])
  process.exitCode = failed.length > 0 ? 1 : 0
}
