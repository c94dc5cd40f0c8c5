/** Which keys do what. All can be changed; none is a single letter, and none is one that browsers keep for themselves. */
import { load, save } from './persisted.ts'

export type Action = 'next-pane' | 'previous-pane' | 'next-step' | 'previous-step' | 'apply' | 'find' | 'help'

/** A chord is written `Mod+Alt+Shift+Key`; `Mod` is Ctrl, or Cmd on a Mac. */
export const ACTIONS: Readonly<Record<Action, { readonly label: string; readonly usual: string }>> = {
  'next-pane': { label: 'Next pane', usual: 'F6' },
  'previous-pane': { label: 'Previous pane', usual: 'Shift+F6' },
  'next-step': { label: 'Next step of the lesson', usual: 'Alt+PageDown' },
  'previous-step': { label: 'Previous step of the lesson', usual: 'Alt+PageUp' },
  apply: {
    label: 'In the editor: apply the file to the cluster, or save it for the program that waits',
    usual: 'Mod+Enter',
  },
  find: { label: 'In the terminal: find', usual: 'Mod+Shift+F' },
  help: { label: 'This help', usual: 'Mod+/' },
}
const NAMES = Object.keys(ACTIONS) as Action[]

/** What is pressed now, as a chord. */
export function chordOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  const name = key.length === 1 ? key.toUpperCase() : key
  return [ctrlKey || metaKey ? 'Mod' : '', altKey ? 'Alt' : '', shiftKey ? 'Shift' : '', name]
    .filter(Boolean)
    .join('+')
}

const ONLY_MODIFIERS = /(^|\+)(Control|Meta|Alt|Shift|AltGraph)$/
/** Keys that type, move or answer dialogs, and what browsers do not give away. */
const TAKEN =
  /^(Shift\+)?(.|Enter|Tab|Escape|Backspace|Delete|Home|End|Page\w+|Arrow\w+)$|^Mod\+(Shift\+)?[ACLNPQRTVWXZ0-9]$|^Mod\+(Shift\+)?Tab$|^Alt\+(F4|Arrow\w+)$|^F(1|3|5|7|11|12)$/

class Keymap {
  #chords = $state(load('keys', Object.fromEntries(NAMES.map((action) => [action, ACTIONS[action].usual]))))

  chordFor(action: Action): string {
    return this.#chords[action]!
  }

  /** What the chord does; undefined when it is no key of the page. */
  actionOf(event: KeyboardEvent): Action | undefined {
    const chord = chordOf(event)
    return NAMES.find((action) => this.#chords[action] === chord)
  }

  /** @returns why it was refused; undefined when the action has the chord now, or more keys are to come. */
  change(action: Action, chord: string): string | undefined {
    if (ONLY_MODIFIERS.test(chord)) return undefined
    if (TAKEN.test(chord)) return `${shown(chord)} is needed for typing or belongs to the browser.`
    const other = NAMES.find((one) => one !== action && this.#chords[one] === chord)
    if (other) return `${shown(chord)} has a meaning already: ${ACTIONS[other].label}.`
    this.#chords[action] = chord
    save('keys', $state.snapshot(this.#chords))
    return undefined
  }

  reset(): void {
    for (const action of NAMES) this.#chords[action] = ACTIONS[action].usual
    save('keys', $state.snapshot(this.#chords))
  }
}

const KEY_NAMES: Readonly<Record<string, string>> = { PageDown: 'Page Down', PageUp: 'Page Up' }

/** A chord as people read it. */
export function shown(chord: string): string {
  const isMac = navigator.platform.startsWith('Mac')
  return chord
    .split('+')
    .map((key) => (key === 'Mod' ? (isMac ? 'Cmd' : 'Ctrl') : (KEY_NAMES[key] ?? key)))
    .join('+')
}

export const keymap = new Keymap()
