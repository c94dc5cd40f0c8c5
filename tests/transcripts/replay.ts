import { createHash } from 'node:crypto'
import { HeadlessShell } from '../../src/serve/headless-shell.ts'
import { normalise, type Normalised } from './normalise.ts'

/** A line of a recording: a command on the real cluster and what came of it. */
export interface RecordedStep {
  readonly n: number
  readonly section?: string
  readonly cmd: string
  /** Written just before, into the working directory; earlier files stay. */
  readonly files?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  /** Wall time when it began. */
  readonly at: string
  readonly ms: number
  readonly stdout: string
  /** In place of `stdout`, where that is Kubernetes' own prose: the digest of the normalised text. */
  readonly stdoutDigest?: string
  readonly stderr: string
  /** Null where a signal ended it: bash's 130 for Ctrl-C. */
  readonly exitCode: number | null
  /** When Ctrl-C ended it. */
  readonly interruptedAfterMs?: number
  /** What else was done to the cluster while it ran. */
  readonly meanwhile?: { readonly afterMs: number; readonly cmd: string }
  /** Differed between two runs of the real cluster. */
  readonly chance?: boolean
}

export interface StepResult {
  readonly step: RecordedStep
  /** What we ran: the recorded command with our names and addresses. */
  readonly command: string
  readonly equal: boolean
  /** Normalised, for reading the difference. */
  readonly expected: string
  readonly actual: string
}

/** Somebody who looks on while a recording is replayed. */
export interface Onlooker {
  began(shell: HeadlessShell): void
  /** @param renamed a recorded text, as things are called here */
  done(step: RecordedStep, renamed: (text: string) => string): void
}

/** Replays a recording on a fresh cluster, at the recorded time of day, learning from each answer how things are called here. */
export function replay(
  steps: readonly RecordedStep[],
  seed: number,
  onlooker?: Onlooker,
): readonly StepResult[] {
  const shell = new HeadlessShell({ seed, nodes: 3 })
  onlooker?.began(shell)
  const readyMs = shell.session.simulation.nowMs - shell.nowMs
  const names = new Renaming()
  return steps.map((step) => {
    for (const [path, text] of Object.entries(step.files ?? {})) shell.writeFile(path, text)
    shell.waitUntil(Date.parse(step.at) - readyMs)
    const command = commandOf(step, names)
    const report = shell.run(command, step.interruptedAfterMs ?? 120_000)
    const expected = step.stdoutDigest === undefined ? sides(step) : digested(step, step.stdoutDigest)
    const actual = step.stdoutDigest === undefined ? sides(report) : digested(report, digestOf(report.stdout))
    const equal = join(expected) === join(actual)
    names.learn(expected, actual)
    onlooker?.done(step, (text) => names.apply(text))
    return { step, command, equal, expected: join(expected), actual: join(actual) }
  })
}

function commandOf(step: RecordedStep, names: Renaming): string {
  const variables = Object.entries(step.env ?? {}).map(
    ([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'`,
  )
  const recorded = names.apply(step.cmd)
  const command = variables.length === 0 ? recorded : `(export ${variables.join(' ')}; ${recorded})`
  const { meanwhile, stdin } = step
  const beside = meanwhile ? `(sleep ${meanwhile.afterMs / 1000}; ${meanwhile.cmd}) >/dev/null 2>&1 & ` : ''
  if (stdin === undefined) return beside + command
  return `${beside}${command} <<'END_OF_STDIN'\n${names.apply(stdin).replace(/\n$/, '')}\nEND_OF_STDIN`
}

interface Sides {
  readonly stdout: Normalised
  readonly stderr: Normalised
  readonly exitCode: number
}

const sides = (output: { stdout: string; stderr: string; exitCode: number | null }): Sides => ({
  stdout: normalise(output.stdout),
  stderr: normalise(output.stderr),
  exitCode: output.exitCode ?? 130,
})

/** What stands in a recording for a text that is Kubernetes' own prose: the digest of the text when normalised. */
export const digestOf = (text: string): string =>
  `sha256:${createHash('sha256').update(normalise(text).text).digest('hex')}`

const digested = (output: { stderr: string; exitCode: number | null }, digest: string): Sides => ({
  stdout: { text: digest, parts: [] },
  stderr: normalise(output.stderr),
  exitCode: output.exitCode ?? 130,
})

const join = ({ stdout, stderr, exitCode }: Sides): string =>
  `${stdout.text}\n--- stderr\n${stderr.text}\n--- exit ${exitCode}`

/** Classes whose values are names that later commands use. */
const NAMES = new Set(['TEMPLATE', 'SUFFIX', 'POD-IP', 'VIP', 'NODE-IP', 'NODE', 'LB-IP', 'NODEPORT', 'UID'])

/** The lines of a text, each with the parts that were replaced in it. */
function linesOf({ text, parts }: Normalised): readonly Normalised[] {
  let at = 0
  return text.split('\n').map((line) => {
    const count = line.match(/<[A-Z][A-Z-]*>/g)?.length ?? 0
    return { text: line, parts: parts.slice(at, (at += count)) }
  })
}

const TEMPLATE_HASH = /(?<=-)[bcdfghjklmnpqrstvwxz2456789]{6,10}(?=-<SUFFIX>)/g

/** A template that says when it was restarted has another hash at each run: of a name it is a part to learn. */
function withTemplateHashes({ text, parts }: Normalised): Normalised {
  const hashes = [...text.matchAll(TEMPLATE_HASH)].map(([value]) => ({ class: 'TEMPLATE', value }))
  return { text: text.replace(TEMPLATE_HASH, '<TEMPLATE>'), parts: [...parts, ...hashes] }
}

/** What the recording calls things, and what they are called here. */
class Renaming {
  readonly #ours = new Map<string, string>()

  /** From every line that is equal but for its names, also where others of the answer are not. */
  learn(expected: Sides, actual: Sides): void {
    for (const side of ['stdout', 'stderr'] as const) {
      const own = linesOf(actual[side])
      const theirs = linesOf(expected[side])
      if (own.length !== theirs.length) continue
      theirs.forEach((line, index) => {
        const [their, our] = [withTemplateHashes(line), withTemplateHashes(own[index]!)]
        if (their.text === our.text) this.#pair(their.parts, our.parts)
      })
    }
  }

  #pair(theirs: Normalised['parts'], own: Normalised['parts']): void {
    theirs.forEach(({ class: name, value }, index) => {
      if (NAMES.has(name) && !this.#ours.has(value) && own[index]) this.#ours.set(value, own[index].value)
    })
  }

  /** In one pass, so that a name given is not renamed again. */
  apply(text: string): string {
    if (this.#ours.size === 0) return text
    const known = [...this.#ours.keys()]
      .sort((a, b) => b.length - a.length)
      .map((name) => name.replace(/[.]/g, '\\.'))
    return text.replace(new RegExp(`(?<![\\w.])(?:${known.join('|')})(?![\\w])`, 'g'), (name) =>
      this.#ours.get(name)!,
    )
  }
}
