import { fromCel } from './cel.ts'
import { evaluateCheck, fillIn, objectsOf, queryValue, type CheckContext } from './checks.ts'
import type { Check, CommandRun, Lesson, LessonWorld, ProbeResult, Step, Task } from './lesson.ts'
import { liveName } from './live-names.ts'

/** What the lesson pane shows; plain data. */
export interface Progress {
  readonly step: string
  readonly steps: readonly { readonly id: string; readonly tasks: readonly TaskProgress[] }[]
  /** Present values of the live names that have one. */
  readonly names: Readonly<Record<string, string>>
  readonly deadEnd?: { readonly message: string; readonly offer: readonly ('rewind' | 'reset')[] }
}

export interface TaskProgress {
  readonly id: string
  /** `error` is a fault of the lesson, not of the learner. */
  readonly state: 'pending' | 'pass' | 'fail' | 'error'
  /** The first check that does not hold. */
  readonly unmet?: { readonly message?: string; readonly present: string }
  /** How often a command of the learner ended while the task was not passed. */
  readonly tries: number
}

/** Changes come in bursts (a rollout is dozens): look once the burst has settled, in ms of virtual time. */
const SETTLE_MS = 100
/** A probe that failed is repeated at this pace, in ms of virtual time, while its task is open. */
const PROBE_AGAIN_MS = 1000

interface StepRun {
  readonly step: Step
  vars: Record<string, unknown> | undefined
  readonly tasks: Map<string, TaskProgress>
  /** Commands count from the moment the step was entered. */
  readonly commands: CommandRun[]
}

/**
 * Follows a learner through a lesson: watches what the checks of the present step look at, and tells whenever a task
 * turns. A task passes by the state of the world alone; passed latches stay passed, in steps left behind too.
 */
export class LessonProgress {
  readonly #world: LessonWorld
  readonly #liveNames: readonly string[]
  readonly #changed: (progress: Progress) => void
  readonly #runs: readonly StepRun[]
  readonly #probes = new Map<Check, { result?: ProbeResult; underWay: boolean }>()
  readonly #stops: (() => void)[] = []
  #current: StepRun
  #settling = false
  #published = ''

  constructor(
    lesson: Lesson,
    world: LessonWorld,
    liveNames: readonly string[],
    changed: (progress: Progress) => void,
  ) {
    this.#world = world
    this.#liveNames = liveNames
    this.#changed = changed
    this.#runs = lesson.steps.map((step) => ({
      step,
      vars: undefined,
      commands: [],
      tasks: new Map(step.tasks.map((task) => [task.id, { id: task.id, state: 'pending', tries: 0 }])),
    }))
    this.#current = this.#runs[0]!
    this.#stops.push(world.watch(kindsOf(lesson, liveNames), () => this.#lookSoon()))
    this.#stops.push(world.onCommand((run) => this.#commandEnded(run)))
    this.#lookSoon()
  }

  /** Whether the world was seen once: what the first step captures is captured. */
  get hasLooked(): boolean {
    return this.#published !== ''
  }

  get progress(): Progress {
    return {
      step: this.#current.step.id,
      steps: this.#runs.map((run) => ({ id: run.step.id, tasks: [...run.tasks.values()] })),
      names: Object.fromEntries(
        this.#liveNames.flatMap((name) => {
          const value = liveName(name, this.#world)
          return value === undefined ? [] : [[name, value]]
        }),
      ),
      ...this.#deadEnd(),
    }
  }

  /** Enters a step: what it captures is captured now. @throws RangeError for an unknown step. */
  goTo(id: string): void {
    const run = this.#runs.find(({ step }) => step.id === id)
    if (!run) throw new RangeError(`the lesson has no step "${id}"`)
    this.#current = run
    run.vars ??= this.#capture(run.step)
    this.#lookSoon()
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop()
  }

  #commandEnded(run: CommandRun): void {
    this.#current.commands.push(run)
    for (const [id, task] of this.#current.tasks) {
      if (task.state !== 'pass') this.#current.tasks.set(id, { ...task, tries: task.tries + 1 })
    }
    this.#lookSoon()
  }

  #lookSoon(): void {
    if (this.#settling) return
    this.#settling = true
    this.#world.schedule(SETTLE_MS, () => {
      this.#settling = false
      this.#look()
    })
  }

  #look(): void {
    const run = this.#current
    run.vars ??= this.#capture(run.step)
    for (const task of run.step.tasks) run.tasks.set(task.id, this.#evaluate(task, run))
    const progress = this.progress
    const text = JSON.stringify(progress)
    if (text === this.#published) return
    this.#published = text
    this.#changed(progress)
  }

  #capture(step: Step): Record<string, unknown> {
    const vars: Record<string, unknown> = {}
    for (const [name, query] of Object.entries(step.capture)) {
      const result = queryValue(query, { world: this.#world, vars })
      if (result?.ok) vars[name] = fromCel(result.value)
    }
    return vars
  }

  #evaluate(task: Task, run: StepRun): TaskProgress {
    const before = run.tasks.get(task.id)!
    if (before.state === 'pass' && task.mode === 'latch') return before
    if (task.needs.some((need) => run.tasks.get(need)?.state !== 'pass'))
      return { ...before, state: 'pending', unmet: undefined }
    const context = this.#context(run)
    for (const check of task.checks) {
      const result = evaluateCheck(check, context)
      if (result.state === 'pass') continue
      const unmet = { ...(check.message && { message: check.message }), present: result.present }
      return { id: task.id, state: result.state, unmet, tries: before.tries }
    }
    return { id: task.id, state: 'pass', tries: before.tries }
  }

  #context(run: StepRun): CheckContext {
    const vars = run.vars ?? {}
    return {
      world: this.#world,
      vars,
      commands: run.commands,
      probeResult: (check) => {
        const known = this.#probes.get(check)
        if (!known || (!known.underWay && !known.result?.ok)) this.#startProbe(check, vars)
        return this.#probes.get(check)?.result
      },
    }
  }

  #startProbe(check: Check & { type: 'probe' }, vars: Readonly<Record<string, unknown>>): void {
    const { probe } = check
    const entry: { result?: ProbeResult; underWay: boolean } = {
      result: this.#probes.get(check)?.result,
      underWay: true,
    }
    this.#probes.set(check, entry)
    const fill = (text: string | undefined) => text && fillIn(text, vars, this.#world)
    this.#world.probe({ ...probe, http: fill(probe.http), dns: fill(probe.dns) }, (result) => {
      entry.result = result
      // A failure stays "under way" until its time to be repeated, so that looking again does not storm the network.
      const wait = result.ok ? 0 : PROBE_AGAIN_MS
      this.#world.schedule(wait, () => {
        entry.underWay = false
        this.#lookSoon()
      })
      this.#lookSoon()
    })
  }

  #deadEnd(): Pick<Progress, 'deadEnd'> {
    const { step, vars } = this.#current
    if (!vars) return {}
    const end = step.deadEnds.find(({ absent }) => objectsOf(absent, this.#world).length === 0)
    return end ? { deadEnd: { message: end.message, offer: end.offer } } : {}
  }
}

/** Every kind that the lesson looks at, for one watch each. */
function kindsOf(lesson: Lesson, liveNames: readonly string[]): readonly string[] {
  const kinds = new Set<string>()
  for (const step of lesson.steps) {
    for (const query of Object.values(step.capture)) kinds.add(query.kind)
    for (const end of step.deadEnds) kinds.add(end.absent.kind)
    for (const check of step.tasks.flatMap((task) => task.checks)) {
      if (check.type === 'absent') kinds.add(check.absent.kind)
      if (check.type === 'cel' || check.type === 'matches') kinds.add(check.kind)
    }
  }
  if (liveNames.some((name) => name.startsWith('pods.'))) kinds.add('Pod')
  if (liveNames.some((name) => name.startsWith('services.'))) kinds.add('Service')
  return [...kinds].sort()
}
