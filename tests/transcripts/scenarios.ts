import { existsSync, readFileSync } from 'node:fs'
import { replay, type RecordedStep, type StepResult } from './replay.ts'

/**
 * The sessions recorded on a real cluster that we hold ourselves to. A line `recordings/NAME.jsonl` is a step;
 * `recordings/NAME.fixture.jsonl`, where it exists, has steps that make what the recorded cluster already had.
 */
export const SCENARIOS = ['hands-on'] as const

const SEED = 7

/** The judged steps of a scenario, replayed: those that are not chance. */
export function judge(scenario: string): readonly StepResult[] {
  const fixture = steps(`${scenario}.fixture`)
  return replay([...fixture, ...steps(scenario)], SEED)
    .slice(fixture.length)
    .filter(({ step }) => !step.chance)
}

function steps(name: string): readonly RecordedStep[] {
  const file = new URL(`recordings/${name}.jsonl`, import.meta.url)
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as RecordedStep).filter((step) => 'cmd' in step)
}
