/**
 * A scenario is one text file: files first, each after a line `-- NAME --`, then the session after `-- session --`:
 * lines that begin with `$ ` are typed, what follows is what the terminal must show (standard output, then what went to
 * standard error, each line marked `2> `), and `[exit N]` when the exit code is not 0. A line `...` stands for any
 * lines; lines that begin with `## ` are for the reader. Volatile parts are compared by class, as in recordings: `<POD-IP>`, `<AGE>`, `<SUFFIX>`.
 */
export interface Scenario {
  /** The text before the first file: what it is about. */
  readonly about: string
  readonly files: Readonly<Record<string, string>>
  readonly steps: readonly ScenarioStep[]
}

export interface ScenarioStep {
  readonly line: number
  readonly command: string
  readonly expected: readonly string[]
}

export function parseScenario(text: string): Scenario {
  const [about = '', ...parts] = text.split(/^-- (.+) --\n/m)
  const files: Record<string, string> = {}
  for (let index = 0; index + 1 < parts.length; index += 2) files[parts[index]!] = parts[index + 1]!
  const { session = '', ...rest } = files
  const firstLine = text.slice(0, text.indexOf('-- session --')).split('\n').length
  return { about: about.trim(), files: rest, steps: stepsOf(session, firstLine) }
}

function stepsOf(session: string, firstLine: number): ScenarioStep[] {
  const steps: { line: number; command: string; expected: string[] }[] = []
  session.split('\n').forEach((line, index) => {
    if (line.startsWith('$ '))
      steps.push({ line: firstLine + index + 1, command: line.slice(2), expected: [] })
    else if (line.startsWith('## ')) return
    else if (line.startsWith('> ')) steps.at(-1)!.command += `\n${line.slice(2)}`
    else steps.at(-1)?.expected.push(line)
  })
  return steps.map((step) => ({ ...step, expected: trimmed(step.expected) }))
}

/** Blank lines at the end only part one step from the next. */
function trimmed(lines: readonly string[]): string[] {
  const result = [...lines]
  while (result.at(-1) === '') result.pop()
  return result
}

/** What a scenario writes down of an output. */
export function shown(output: { stdout: string; stderr: string; exitCode: number }): string[] {
  const lines = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))
  return trimmed([
    ...lines(output.stdout),
    ...lines(output.stderr).map((line) => `2> ${line}`),
    ...(output.exitCode === 0 ? [] : [`[exit ${output.exitCode}]`]),
  ])
}

/** Whether `actual` is as expected, `...` standing for any lines. */
export function matches(expected: readonly string[], actual: readonly string[]): boolean {
  if (expected.length === 0) return actual.length === 0
  const [first, ...rest] = expected
  if (first !== '...') return actual.length > 0 && first === actual[0] && matches(rest, actual.slice(1))
  return Array.from({ length: actual.length + 1 }, (_, skip) => skip).some((skip) =>
    matches(rest, actual.slice(skip)),
  )
}
