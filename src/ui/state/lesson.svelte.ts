/** The lesson of this page and how far the learner is. */
import { lessons, type LessonSummary } from 'virtual:lessons'
import type { LessonState, TaskState } from '../../worker/protocol.ts'
import { announcer } from './announcer.svelte.ts'
import { session } from './session.svelte.ts'

class LessonProgress {
  /** Undefined in the playground. */
  readonly summary: LessonSummary | undefined
  state = $state.raw<LessonState>()
  /** The step that is shown: the one entered last, or one looked back at. */
  shown = $state(0)
  /** No state was told since the last boot: the first one says where the learner left off. */
  #isFresh = true

  constructor() {
    const id = document.getElementById('prose')?.dataset['lesson']
    this.summary = lessons.find((lesson) => lesson.id === id)
    session.onBoot(() => (this.#isFresh = true))
    session.on('lesson', ({ state }) => this.#receive(state))
  }

  get steps(): LessonSummary['steps'] {
    return this.summary?.steps ?? []
  }

  get currentIndex(): number {
    return Math.max(
      0,
      this.steps.findIndex(({ id }) => id === this.state?.step),
    )
  }

  tasksOf(step: number): readonly TaskState[] {
    const id = this.steps[step]?.id
    return this.state?.steps.find((one) => one.id === id)?.tasks ?? []
  }

  /** Passed and all tasks of the step shown. */
  get count(): { readonly passed: number; readonly total: number } {
    const total = this.steps[this.shown]?.tasks.length ?? 0
    return { passed: this.tasksOf(this.shown).filter(({ state }) => state === 'pass').length, total }
  }

  /** Looking back only turns the page; going on enters the step, which is when its captures are taken. */
  go(step: number): void {
    if (step < 0 || step >= this.steps.length) return
    this.shown = step
    if (step > this.currentIndex) void session.call('goToStep', this.steps[step]!.id)
  }

  #receive(next: LessonState): void {
    const before = this.state
    this.state = next
    if (this.#isFresh) this.shown = this.currentIndex
    this.#isFresh = false
    for (const [index, { tasks }] of next.steps.entries()) {
      for (const [at, task] of tasks.entries()) {
        if (before && task.state === 'pass' && before.steps[index]?.tasks[at]?.state !== 'pass')
          announcer.say(`Task done: ${textOf(task.id)}`)
      }
    }
  }
}

const textOf = (task: string) =>
  document.querySelector(`[data-task="${CSS.escape(task)}"] .task-text`)?.textContent.trim() ?? task

export const lesson = new LessonProgress()
