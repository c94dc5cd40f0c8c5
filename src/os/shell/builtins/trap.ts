import type { Blocking, Signal } from '../../process.ts'
import { SIGNAL_NUMBERS, parseSignal } from '../../signals.ts'
import type { Shell } from '../shell.ts'
import type { TrapEvent } from '../traps.ts'

export function* trap(shell: Shell, argv: readonly string[]): Blocking<number> {
  const words = argv.slice(1)
  if (words[0] === '-l') {
    yield* shell.process.print(
      `${(Object.keys(SIGNAL_NUMBERS) as Signal[]).map((name) => `${SIGNAL_NUMBERS[name]}) ${name}`).join('\n')}\n`,
    )
    return 0
  }
  if (words[0] === '--') words.shift()
  if (words.length === 0 || words[0] === '-p') return yield* list(shell, words.slice(1))
  const [action, ...names] = words.length === 1 ? ['-', words[0]!] : words
  let status = 0
  for (const name of names) {
    const event = parseEvent(name)
    if (!event) {
      const bash = shell.personality.kind === 'bash'
      yield* shell.complain(`trap: ${name}: invalid signal${bash ? ' specification' : ' specification'}`)
      status = 1
    } else shell.traps.set(event, action === '-' ? undefined : action)
  }
  return status
}

function parseEvent(name: string): TrapEvent | undefined {
  if (name === '0' || name.toUpperCase() === 'EXIT') return 'EXIT'
  if (name === 'ERR' || name === 'DEBUG' || name === 'RETURN') return name
  return parseSignal(name)
}

function* list(shell: Shell, names: readonly string[]): Blocking<number> {
  const order = (event: TrapEvent) => (event === 'EXIT' ? 0 : (SIGNAL_NUMBERS[event as Signal] ?? 100))
  const events = [...shell.traps.actions.keys()].sort((a, b) => order(a) - order(b))
  for (const event of events) {
    if (names.length > 0 && !names.some((name) => parseEvent(name) === event)) continue
    const action = shell.traps.actions.get(event)!.replaceAll("'", `'\\''`)
    const name = shell.personality.kind === 'ash' ? event.replace(/^SIG/, '') : event
    yield* shell.process.print(`trap -- '${action}' ${name}\n`)
  }
  return 0
}
