import type { Signal } from './process.ts'

/** The control characters that stty(1) shows as intr, quit and susp. */
export const SIGNAL_KEYS: ReadonlyMap<string, Signal> = new Map([
  ['\x03', 'SIGINT'],
  ['\x1c', 'SIGQUIT'],
  ['\x1a', 'SIGTSTP'],
])

/** How many characters each editing key takes from the end of the line: erase, kill, werase. */
export const EDIT_KEYS: ReadonlyMap<string, (line: readonly string[]) => number> = new Map([
  ['\x7f', (line) => Math.min(1, line.length)],
  ['\b', (line) => Math.min(1, line.length)],
  ['\x15', (line) => line.length],
  [
    '\x17',
    (line) => {
      let start = line.length
      while (start > 0 && line[start - 1] === ' ') start--
      while (start > 0 && line[start - 1] !== ' ') start--
      return line.length - start
    },
  ],
])

/** ECHOCTL: how a control character is shown. */
export function caret(key: string): string {
  return key === '\x7f' ? '^?' : key < ' ' ? `^${String.fromCharCode(key.charCodeAt(0) + 64)}` : key
}
