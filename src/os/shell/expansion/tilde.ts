import type { Shell } from '../shell.ts'
import type { WordUse } from './words.ts'

/**
 * Replaces `~` at the start of a word (and in assignments after `=` and `:`). What it stands for is quoted.
 * @returns undefined when there is nothing to replace
 */
export function expandTilde(
  shell: Shell,
  text: string,
  use: WordUse | 'value',
): { home?: string; text: string } | undefined {
  if (use === 'word') return atStart(shell, text)
  const start = use === 'assignment' ? text.indexOf('=') + 1 : 0
  const value = text.slice(start)
  const parts = value.split(':')
  if (!parts.some((part) => part.startsWith('~'))) return undefined
  const expanded = parts.map((part) => {
    const found = atStart(shell, part)
    return found ? (found.home ?? '').replace(/[\\*?[]/g, '\\$&') + found.text : part
  })
  return { text: text.slice(0, start) + expanded.join(':') }
}

function atStart(shell: Shell, text: string): { home: string; text: string } | undefined {
  const [whole, user] = /^~([^/\\'"$]*)(?=\/|$)/.exec(text) ?? []
  if (whole === undefined) return undefined
  const home = HOMES[user!]?.(shell)
  return home === undefined ? undefined : { home, text: text.slice(whole.length) }
}

/** What `~`, `~+`, `~-` and `~root` stand for. */
const HOMES: Readonly<Record<string, (shell: Shell) => string | undefined>> = {
  '': (shell) => shell.variables.get('HOME') ?? '/root',
  '+': (shell) => shell.variables.get('PWD'),
  '-': (shell) => shell.variables.get('OLDPWD'),
  root: () => '/root',
}
