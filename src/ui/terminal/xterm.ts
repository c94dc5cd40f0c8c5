/** xterm.js behind a small face; a chunk of its own, loaded after the lesson can be read. */
import '@xterm/xterm/css/xterm.css'
import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { Terminal } from '@xterm/xterm'
import { browser } from '../state/browser.svelte.ts'
import { keymap } from '../state/keymap.svelte.ts'
import { terminals, type TerminalSession } from '../state/terminals.svelte.ts'
import { OutputQueue } from './output-queue.ts'

export interface ScreenHandle {
  focus(): void
  configure(options: { fontSize: number; screenReaderMode: boolean }): void
  find(text: string, direction: 'next' | 'previous'): void
  dispose(): void
}

export interface ScreenOptions {
  /** Shows, but takes no keys: on phones an input of the platform does. */
  readonly readOnly: boolean
  readonly onLeave: (backwards: boolean) => void
  readonly onFind: () => void
}

/** Two presses of Esc within this time leave the terminal. */
const DOUBLE_ESC_MS = 500

const THEME = {
  background: '#10151f',
  foreground: '#dbe3f0',
  cursor: '#93a9ff',
  selectionBackground: '#3b4d7a',
  black: '#3a4356',
  red: '#ff8b94',
  green: '#6fd9a2',
  yellow: '#f0c674',
  blue: '#8ab4ff',
  magenta: '#d6a5f5',
  cyan: '#7fd6e0',
  white: '#dbe3f0',
  brightBlack: '#8a97b1',
  brightRed: '#ffa6ad',
  brightGreen: '#8be3b5',
  brightYellow: '#f7d792',
  brightBlue: '#a9c7ff',
  brightMagenta: '#e4c1fa',
  brightCyan: '#a0e3ea',
  brightWhite: '#ffffff',
}

export function openScreen(
  place: HTMLElement,
  terminal: TerminalSession,
  { readOnly, onLeave, onFind }: ScreenOptions,
): ScreenHandle {
  const xterm = new Terminal({
    cursorBlink: false,
    disableStdin: readOnly,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
    fontSize: 14,
    lineHeight: 1.2,
    scrollback: 10_000,
    theme: THEME,
  })
  const fit = new FitAddon()
  const search = new SearchAddon()
  xterm.loadAddon(fit)
  xterm.loadAddon(search)
  xterm.loadAddon(new WebLinksAddon((_event, url) => browser.open(url)))
  xterm.open(place)
  xterm.onData((text) => void terminals.type(terminal, text))
  xterm.onResize(({ cols, rows }) => terminals.resize(terminal, { columns: cols, rows }))
  xterm.attachCustomKeyEventHandler(pageKeys({ onLeave, onFind }))
  const output = new OutputQueue((piece, done) => xterm.write(piece, done))
  const stopView = terminal.view((text, isFresh) => {
    if (isFresh) {
      output.clear()
      xterm.reset()
    }
    output.push(text)
  })
  const observer = new ResizeObserver(() => {
    // A hidden pane has no size; fitting to it would tell the shell that it has two columns.
    if (place.clientWidth > 50 && place.clientHeight > 30) fit.fit()
  })
  observer.observe(place)
  return {
    focus: () => xterm.focus(),
    configure({ fontSize, screenReaderMode }) {
      xterm.options.fontSize = fontSize
      xterm.options.screenReaderMode = screenReaderMode
      if (place.clientWidth > 50) fit.fit()
    },
    find: (text, direction) =>
      void (direction === 'next' ? search.findNext(text) : search.findPrevious(text)),
    dispose() {
      observer.disconnect()
      stopView()
      output.clear()
      xterm.dispose()
    },
  }
}

/** Keys that belong to the page although xterm has the focus. False keeps xterm from taking the key. */
function pageKeys({
  onLeave,
  onFind,
}: Pick<ScreenOptions, 'onLeave' | 'onFind'>): (event: KeyboardEvent) => boolean {
  let escapedAt = -Infinity
  return (event) => {
    const action = keymap.actionOf(event)
    if (action && action !== 'apply') {
      if (action !== 'find' || event.type !== 'keydown') return false
      event.preventDefault()
      onFind()
      return false
    }
    if (event.type !== 'keydown') return true
    if (event.key === 'Tab' && event.shiftKey) {
      event.preventDefault()
      onLeave(true)
      return false
    }
    if (event.key !== 'Escape') return true
    const isSecond = event.timeStamp - escapedAt < DOUBLE_ESC_MS
    escapedAt = event.timeStamp
    if (isSecond) onLeave(false)
    return !isSecond
  }
}
