import { civilTime, MONTHS, WEEKDAYS } from '../../encoding/time.ts'
import type { Blocking } from '../process.ts'
import { parseTemplate } from './expansion/parse-word.ts'
import { Fields, fieldText } from './expansion/fields.ts'
import { expandParts } from './expansion/words.ts'
import type { Shell } from './shell.ts'

/** PS1 or PS2 with its backslash escapes and expansions replaced. */
export function* expandPrompt(shell: Shell, prompt: string): Blocking<string> {
  const text = prompt.replace(/\\(\d{3}|.)/gs, (whole, escape: string) => {
    if (/^\d{3}$/.test(escape)) return String.fromCharCode(parseInt(escape, 8))
    const value = ESCAPES[escape]?.(shell)
    return value === undefined ? whole : value.replace(/[$`\\]/g, '\\$&')
  })
  const parts = parseTemplate(text)
  if (!parts) return text.replace(/\\([$`\\])/g, '$1')
  const fields = new Fields()
  yield* expandParts(shell, parts, fields, true)
  return fields.all.map(fieldText).join(' ')
}

const ESCAPES: Readonly<Record<string, (shell: Shell) => string>> = {
  u: userName,
  h: (shell) => shell.process.machine.hostname.replace(/\..*/, ''),
  H: (shell) => shell.process.machine.hostname,
  w: (shell) => shortDirectory(shell),
  W: (shell) => /[^/]*$/.exec(shortDirectory(shell))![0] || '/',
  $: (shell) => (userName(shell) === 'root' ? '#' : '$'),
  s: (shell) => shell.name.replace(/^.*\//, '').replace(/^-/, ''),
  v: (shell) => (shell.personality.version ?? '').replace(/^(\d+\.\d+).*/, '$1'),
  j: (shell) => String(shell.jobs.all.length),
  '!': (shell) => String(shell.history.length + 1),
  '#': (shell) => String(shell.history.length + 1),
  t: (shell) => clock(shell),
  A: (shell) => clock(shell).slice(0, 5),
  d: (shell) => date(shell),
  n: () => '\n',
  r: () => '\r',
  e: () => '\x1b',
  a: () => '\x07',
  '[': () => '',
  ']': () => '',
  '\\': () => '\\',
}

/** Whoever runs the shell: root, unless the environment names somebody else. */
function userName(shell: Shell): string {
  return shell.variables.get('USER') ?? shell.variables.get('LOGNAME') ?? 'root'
}

function shortDirectory(shell: Shell): string {
  const { cwd } = shell.process
  const home = shell.variables.get('HOME')
  if (home === undefined || home === '/' || home === '') return cwd
  return cwd === home ? '~' : cwd.startsWith(`${home}/`) ? `~${cwd.slice(home.length)}` : cwd
}

function clock(shell: Shell): string {
  const seconds = Math.floor(shell.process.now() / 1000) % 86_400
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':')
}

function date(shell: Shell): string {
  const { weekday, month, day } = civilTime(shell.process.now())
  return `${WEEKDAYS[weekday]} ${MONTHS[month - 1]} ${String(day).padStart(2, '0')}`
}
