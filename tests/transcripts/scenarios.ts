import { existsSync, readFileSync } from 'node:fs'
import { KNOWN_DIFFERENCES } from './known-differences/index.ts'
import { replay, type Onlooker, type RecordedStep, type StepResult } from './replay.ts'

/** The recorded sessions, each with its list of known differences. */
export const SCENARIOS: readonly string[] = Object.keys(KNOWN_DIFFERENCES)

const SEED = 7

/**
 * A line of `recordings/NAME.jsonl` is a step. `recordings/NAME.fixture.jsonl`, where it exists, has steps that are
 * done but not judged, at their times among the others: they make what the recorded cluster already had, or what steps
 * that the recording lacks did.
 */
export function judge(scenario: string, onlooker?: Onlooker): readonly StepResult[] {
  const fixture = steps(`${scenario}.fixture`)
  const all = [...fixture, ...steps(scenario)].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  return replay(all, SEED, onlooker).filter(({ step }) => !step.chance && !fixture.includes(step))
}

/** The steps that are judged: those that are not chance. */
export function judgedSteps(scenario: string): readonly RecordedStep[] {
  return steps(scenario).filter((step) => !step.chance)
}

function steps(name: string): readonly RecordedStep[] {
  const file = new URL(`recordings/${name}.jsonl`, import.meta.url)
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as RecordedStep).filter((step) => 'cmd' in step)
}
