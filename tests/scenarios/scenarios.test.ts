import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { HeadlessShell } from '../../src/serve/headless-shell.ts'
import { normalise } from '../transcripts/normalise.ts'
import { matches, parseScenario, shown } from './scenario.ts'

/** Of virtual time: a command that takes longer gets Ctrl-C. */
const LIMIT_MS = 7_200_000

const folder = new URL('.', import.meta.url)
const names = readdirSync(folder).filter((name) => name.endsWith('.txt'))

describe.each(names)('%s', (name) => {
  const { about, files, steps } = parseScenario(readFileSync(new URL(name, folder), 'utf8'))

  it(about, () => {
    const shell = new HeadlessShell({ seed: 11, nodes: 3 })
    for (const [path, text] of Object.entries(files)) shell.writeFile(path, text)
    const transcript = steps.map(({ command, expected, line }) => {
      const lines = normalise(shown(shell.run(command, LIMIT_MS)).join('\n')).text.split('\n')
      const actual = lines.length === 1 && lines[0] === '' ? [] : lines
      return { line, command, expected, actual: matches(expected, actual) ? expected : actual }
    })
    const text = (side: 'expected' | 'actual') =>
      transcript
        .map((step) => [`${name}:${step.line} $ ${step.command}`, ...step[side]].join('\n'))
        .join('\n')
    expect(text('actual')).toBe(text('expected'))
  })
})
