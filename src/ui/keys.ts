/** Keys of the whole page. None is a single letter, none is one that a browser keeps for itself. */
import { dialogs } from './state/dialogs.svelte.ts'
import { lesson } from './state/lesson.svelte.ts'
import { turnTo } from './lesson/turn.ts'

/** What the help dialog lists. */
export const KEYS: readonly (readonly [string, string])[] = [
  ['F6 / Shift+F6', 'Next or previous pane'],
  ['Esc Esc or Shift+Tab', 'Leave the terminal'],
  ['Ctrl+M', 'In the editor: let Tab move the focus'],
  ['Ctrl/Cmd+Enter', 'In the editor: apply the file to the cluster, or save it for the program that waits'],
  ['Alt+Page Down / Page Up', 'Next or previous step of the lesson'],
  ['← / →', 'On the timeline: to the previous or next event'],
  ['Ctrl/Cmd+/', 'This help'],
]

export function paneKeys(event: KeyboardEvent): void {
  const hasCommand = event.ctrlKey || event.metaKey
  if (event.key === 'F6') nextPane(event.shiftKey ? -1 : 1)
  else if (event.altKey && event.key === 'PageDown') void turnTo(lesson.shown + 1)
  else if (event.altKey && event.key === 'PageUp') void turnTo(lesson.shown - 1)
  else if (hasCommand && event.key === '/') dialogs.open = 'help'
  else return
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
