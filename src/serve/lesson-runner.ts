import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LessonFolder } from '../../scripts/lessons/collect.ts'
import { celSyntaxError } from '../lesson/cel.ts'
import { decodeLesson } from '../lesson/decode.ts'
import type { Lesson } from '../lesson/lesson.ts'
import type { Progress, TaskProgress } from '../lesson/progress.ts'
import { isComplete } from '../os/shell/index.ts'
import { Session, type LessonFiles } from '../session/session.ts'
import { HeadlessShell } from './headless-shell.ts'

/** What the runner found out about a lesson: one line each, and whether it is as it must be. */
export interface Finding {
  readonly ok: boolean
  readonly what: string
}

/** After a command, this much virtual time for its consequences, before the next is typed. */
const SETTLE_MS = 1500
/** A command of a script may take this long, in ms of virtual time. */
const COMMAND_TIMEOUT_MS = 300_000

/** Proves a lesson on the simulator: it cannot pass by itself, its solutions pass, its mistakes are met as they should be. */
export function proveLesson(
  folder: LessonFolder,
  liveNames: readonly string[],
  seeds: readonly number[],
): Finding[] {
  const lesson = decodeLesson(folder.spec)
  const files: LessonFiles = { ...folder, liveNames }
  const findings: Finding[] = [expressionsParse(lesson), failsAtTheStart(files, lesson)]
  const solution = readFileSync(join(folder.folder, 'solution.sh'), 'utf8')
  for (const seed of seeds) {
    const run = runScript(files, lesson, solution, seed)
    findings.push({
      ok: allPassed(run.progress),
      what: `seed ${seed}: solution.sh passes every task${missing(run.progress)}`,
    })
    findings.push(replaysEqually(run.shell, files, seed))
  }
  for (const name of scripts(folder.folder, 'pass-')) {
    const { progress } = runScript(
      files,
      lesson,
      readFileSync(join(folder.folder, 'tests', name), 'utf8'),
      seeds[0]!,
    )
    findings.push({ ok: allPassed(progress), what: `${name} passes every task${missing(progress)}` })
  }
  for (const name of scripts(folder.folder, 'fail-')) {
    findings.push(
      failsAsExpected(
        name,
        readFileSync(join(folder.folder, 'tests', name), 'utf8'),
        files,
        lesson,
        seeds[0]!,
      ),
    )
  }
  return findings
}

function expressionsParse(lesson: Lesson): Finding {
  const expressions = lesson.steps.flatMap((step) => [
    ...Object.values(step.capture).map(({ cel }) => cel),
    ...step.tasks.flatMap(({ checks }) =>
      checks.flatMap((check) =>
        check.type === 'cel' ? [check.cel] : check.type === 'command' ? [check.command.cel] : [],
      ),
    ),
  ])
  const faults = expressions.flatMap((cel) => celSyntaxError(cel) ?? [])
  return {
    ok: faults.length === 0,
    what: `${expressions.length} expressions parse${faults.map((fault) => `; ${fault}`).join('')}`,
  }
}

/** Every step is entered on the untouched cluster: nothing may pass there. */
function failsAtTheStart(files: LessonFiles, lesson: Lesson): Finding {
  const { session } = new HeadlessShell({ seed: lesson.seed, lesson: files })
  for (const step of lesson.steps) {
    session.input({ kind: 'go-to-step', step: step.id })
    session.simulation.runFor(3 * SETTLE_MS)
  }
  const passed = tasksOf(session.progress!).filter(({ state }) => state === 'pass')
  const broken = tasksOf(session.progress!).filter(({ state }) => state === 'error')
  const what = [
    ...passed.map(({ id }) => `; ${id} passes`),
    ...broken.map(({ id, unmet }) => `; ${id}: ${unmet?.present}`),
  ]
  return { ok: what.length === 0, what: `no task passes before anything is done${what.join('')}` }
}

interface Run {
  readonly shell: HeadlessShell
  readonly progress: Progress
}

/** Types a script as a learner would who goes on to the next step when one is done. */
function runScript(files: LessonFiles, lesson: Lesson, script: string, seed: number): Run {
  const shell = new HeadlessShell({ seed, lesson: files, recordEvents: true })
  const { session } = shell
  const goOn = () => {
    session.simulation.runFor(SETTLE_MS)
    const { step, steps } = session.progress!
    const index = steps.findIndex(({ id }) => id === step)
    const isDone = steps[index]!.tasks.every(({ state }) => state === 'pass')
    const next = lesson.steps[index + 1]
    if (isDone && next) session.input({ kind: 'go-to-step', step: next.id })
  }
  for (const command of commandsOf(script)) {
    goOn()
    shell.run(command, COMMAND_TIMEOUT_MS)
  }
  goOn()
  return { shell, progress: session.progress! }
}

function commandsOf(script: string): string[] {
  const commands: string[] = []
  let command = ''
  for (const line of script.split('\n')) {
    command += command === '' ? line : `\n${line}`
    if (!isComplete(`${command}\n`)) continue
    if (command.trim() !== '' && !command.startsWith('#')) commands.push(command)
    command = ''
  }
  return commands
}

function replaysEqually({ session }: HeadlessShell, files: LessonFiles, seed: number): Finding {
  const again = new Session({ seed, lesson: files, recordEvents: true })
  again.boot()
  again.replay(session.log)
  again.simulation.runUntil(session.simulation.nowMs)
  const [first, second] = [session, again].map(({ eventLog }) =>
    createHash('sha256').update(eventLog).digest('hex').slice(0, 16),
  )
  return {
    ok: first === second,
    what: `seed ${seed}: replaying the log gives the same events (${first}${first === second ? '' : ` and ${second}`})`,
  }
}

/** The first line of a `fail-*` script says `# expect: TASK MESSAGE`. */
function failsAsExpected(
  name: string,
  script: string,
  files: LessonFiles,
  lesson: Lesson,
  seed: number,
): Finding {
  const expectation = /^# expect: ([\w-]+) ([\w-]+)$/m.exec(script)
  if (!expectation) return { ok: false, what: `${name} does not say "# expect: TASK MESSAGE"` }
  const [, task, message] = expectation
  const found = tasksOf(runScript(files, lesson, script, seed).progress).find(({ id }) => id === task)
  const ok = found?.state === 'fail' && found.unmet?.message === message
  return {
    ok,
    what: `${name}: ${task} is met with ${message}${ok ? '' : `, not with ${found?.unmet?.message ?? found?.state ?? 'no such task'}`}`,
  }
}

const scripts = (folder: string, prefix: string): string[] => {
  const tests = join(folder, 'tests')
  return existsSync(tests)
    ? readdirSync(tests)
        .filter((name) => name.startsWith(prefix))
        .sort()
    : []
}

const tasksOf = (progress: Progress): readonly TaskProgress[] => progress.steps.flatMap(({ tasks }) => tasks)
const allPassed = (progress: Progress): boolean => tasksOf(progress).every(({ state }) => state === 'pass')
const missing = (progress: Progress): string =>
  tasksOf(progress)
    .filter(({ state }) => state !== 'pass')
    .map(({ id, state, unmet }) => `; ${id} is ${state}: ${unmet?.present ?? ''}`)
    .join('')
