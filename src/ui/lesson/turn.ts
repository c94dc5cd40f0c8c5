import { tick } from 'svelte'
import { layout } from '../state/layout.svelte.ts'
import { lesson } from '../state/lesson.svelte.ts'

/** Turns to a step and reads on at its title: the focus goes there, by mouse and by key. Nothing beyond the ends. */
export async function turnTo(step: number): Promise<void> {
  const entered = lesson.steps[step]
  if (!entered) return
  lesson.go(step)
  if (layout.arrangement === 'phone') layout.phoneView = 'lesson'
  await tick()
  document.getElementById(`step-${entered.id}`)?.focus()
}
