import { describe, expect, it } from 'vitest'
import recordedAsh from './ash.json'
import recordedBash from './bash.json'
import { run } from './run-case.ts'

describe.each([
  ['bash', 'bash', recordedBash],
  ['busybox ash', 'sh', recordedAsh],
] as const)('%s', (_, shell, recorded) => {
  it.each(recorded.map((one) => [one.script, one] as const))('%s', (script, expected) => {
    expect(run(shell, script)).toEqual(expected)
  })
})
