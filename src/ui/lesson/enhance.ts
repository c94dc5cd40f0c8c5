/**
 * The lesson's HTML comes finished from the build; this brings it to life: commands that insert themselves, task chips,
 * live names, hints, predictions. Only text nodes and attributes are touched, never HTML.
 */
import type { LessonState, TaskState } from '../../worker/protocol.ts'
import { terminals } from '../state/terminals.svelte.ts'
import { load, save } from '../state/persisted.ts'

/** Once, when the prose is taken over. */
export function enhance(prose: HTMLElement): void {
  prose.classList.add('enhanced')
  for (const button of prose.querySelectorAll<HTMLButtonElement>('.command-actions button'))
    button.hidden = false
  for (const command of prose.querySelectorAll<HTMLElement>('.command > pre'))
    command.title = 'Click to insert'
  prose.addEventListener('click', (event) => clicked(event.target as HTMLElement))
  rememberPredictions(prose)
}

function clicked(target: HTMLElement): void {
  const command = target.closest<HTMLElement>('.command')
  if (!command) return
  const action = target.closest('button')?.dataset['action']
  const isSelecting = getSelection()?.isCollapsed === false
  if (!action && (isSelecting || !target.closest('pre'))) return
  const text = command.querySelector('code')!.textContent ?? ''
  command.dataset['sent'] = ''
  terminals.command(text, { run: action === 'run', terminal: command.dataset['terminal'] })
}

function rememberPredictions(prose: HTMLElement): void {
  const key = `predictions.${prose.dataset['lesson']}`
  const chosen: Record<string, string> = load(key, {})
  for (const input of prose.querySelectorAll<HTMLInputElement>('.predict input')) {
    input.checked = chosen[input.name] === input.value
    input.addEventListener('change', () => {
      chosen[input.name] = input.value
      save(key, chosen)
    })
  }
}

/** Shows one step; `first` brings the introduction along. */
export function showStep(prose: HTMLElement, id: string | undefined, isFirst: boolean): void {
  prose.toggleAttribute('data-first', isFirst)
  for (const step of prose.querySelectorAll<HTMLElement>('.step'))
    step.toggleAttribute('data-shown', step.dataset['step'] === id)
}

const STATE_WORDS: Readonly<Record<TaskState['state'], string>> = {
  pending: 'To do',
  fail: 'Not yet',
  pass: 'Done',
  error: 'Fault in the lesson',
}

/** Turns chips, messages, hints and names to the present state. */
export function showState(prose: HTMLElement, state: LessonState): void {
  for (const { tasks } of state.steps) for (const task of tasks) showTask(prose, task)
  for (const name of prose.querySelectorAll<HTMLElement>('[data-live]')) {
    const value = state.names[name.dataset['live']!]
    if (value === undefined || name.textContent === value) continue
    name.textContent = value
    name.dataset['known'] = ''
  }
}

function showTask(prose: HTMLElement, task: TaskState): void {
  const card = prose.querySelector<HTMLElement>(`.task[data-task="${CSS.escape(task.id)}"]`)
  if (card) {
    card.dataset['state'] = task.state
    card.querySelector('.task-state')!.textContent = STATE_WORDS[task.state]
    showUnmet(prose, card.querySelector<HTMLElement>('.task-unmet')!, task)
  }
  for (const hint of prose.querySelectorAll<HTMLElement>(`.hint[data-hint="${CSS.escape(task.id)}"]`)) {
    hint.hidden = task.state === 'pass' || task.tries < Number(hint.dataset['tries'])
  }
}

/** The lesson's words for the first check that does not hold, and what is true at this moment. */
function showUnmet(prose: HTMLElement, place: HTMLElement, { state, unmet }: TaskState): void {
  place.hidden = !unmet || state === 'pass'
  if (place.hidden || !unmet) return
  const words =
    unmet.message === undefined ? null : prose.querySelector(`[data-message="${CSS.escape(unmet.message)}"]`)
  const present = document.createElement('span')
  present.className = 'present'
  present.textContent = unmet.present
  place.replaceChildren(...(words ? [...words.cloneNode(true).childNodes] : []), present)
}
