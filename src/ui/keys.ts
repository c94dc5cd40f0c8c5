/** Keys of the whole page, wherever the focus is. */
import { dialogs } from './state/dialogs.svelte.ts'
import { keymap, type Action } from './state/keymap.svelte.ts'
import { lesson } from './state/lesson.svelte.ts'
import { turnTo } from './lesson/turn.ts'

const DOES: Partial<Record<Action, () => void>> = {
  'next-pane': () => nextPane(1),
  'previous-pane': () => nextPane(-1),
  'next-step': () => void turnTo(lesson.shown + 1),
  'previous-step': () => void turnTo(lesson.shown - 1),
  help: () => (dialogs.open = 'help'),
}

export function paneKeys(event: KeyboardEvent): void {
  const action = keymap.actionOf(event)
  if (!action || !DOES[action] || event.defaultPrevented) return
  DOES[action]()
  event.preventDefault()
}

function nextPane(direction: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter(
    (pane) => pane.offsetParent !== null,
  )
  const at = panes.findIndex((pane) => pane.contains(document.activeElement))
  const next = panes[(at + direction + panes.length) % panes.length]
  const inside = ENTRANCES.flatMap((selector) => [...(next?.querySelectorAll<HTMLElement>(selector) ?? [])])
  const entrance = inside.find((element) => element.offsetParent !== null) ?? next
  entrance?.focus()
}

/** Where a pane takes the focus: at its marked place, in its terminal or editor, or at its open tab. */
const ENTRANCES = [
  '[data-pane-focus]',
  '.xterm textarea',
  '.monaco-editor .native-edit-context',
  'textarea',
  '[role=tab][aria-selected=true]',
]
