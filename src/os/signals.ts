import type { ExitStatus, Signal } from './process.ts'

/** Linux on x86 and arm: what `kill -l` counts. */
export const SIGNAL_NUMBERS: Readonly<Record<Signal, number>> = {
  SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGUSR1: 10, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15,
  SIGCHLD: 17, SIGCONT: 18, SIGSTOP: 19, SIGTSTP: 20, SIGTTIN: 21, SIGTTOU: 22, SIGWINCH: 28,
} // prettier-ignore

/** What a signal does to a process that has no handler for it; the others end it. signal(7). */
const DEFAULT_ACTIONS: Partial<Record<Signal, 'ignore' | 'continue' | 'stop'>> = {
  SIGCHLD: 'ignore',
  SIGWINCH: 'ignore',
  SIGCONT: 'continue',
  SIGSTOP: 'stop',
  SIGTSTP: 'stop',
  SIGTTIN: 'stop',
  SIGTTOU: 'stop',
}

export function defaultAction(signal: Signal): 'terminate' | 'ignore' | 'continue' | 'stop' {
  return DEFAULT_ACTIONS[signal] ?? 'terminate'
}

/** `9`, `KILL`, `SIGKILL` and `sigkill` all name SIGKILL. Undefined for anything else. */
export function parseSignal(text: string): Signal | undefined {
  const names = Object.keys(SIGNAL_NUMBERS) as Signal[]
  if (/^\d+$/.test(text)) return names.find((name) => SIGNAL_NUMBERS[name] === Number(text))
  const upper = text.toUpperCase()
  return names.find((name) => name === upper || name === `SIG${upper}`)
}

/** The status of a process that `signal` ended: 128 + its number. */
export function killedBy(signal: Signal): ExitStatus {
  return { code: 128 + SIGNAL_NUMBERS[signal], signal }
}
