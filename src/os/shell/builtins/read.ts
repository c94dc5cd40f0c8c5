import { SystemError } from '../../process.ts'
import type { Blocking, Process } from '../../process.ts'
import { SIGNAL_NUMBERS } from '../../signals.ts'
import { wait } from '../../process.ts'
import { readLine } from '../read-line.ts'
import type { Line } from '../read-line.ts'
import type { Shell } from '../shell.ts'
import { isName } from '../variables.ts'
import { invalidOption, parseFlags } from './builtin.ts'

/** `read [-rs] [-p PROMPT] [-t SECONDS] [-n COUNT] [-d DELIMITER] [-a ARRAY] [-u FD] [NAME]...` */
export function* read(shell: Shell, argv: readonly string[]): Blocking<number> {
  const { flags, operands, unknown } = parseFlags(argv, 'ersa:d:i:n:N:p:t:u:')
  if (unknown)
    return yield* invalidOption(
      shell,
      'read',
      unknown,
      'read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]',
    )
  const bad = operands.find((name) => !isName(name))
  if (bad !== undefined) {
    yield* shell.complain(`read: \`${bad}': not a valid identifier`)
    return 1
  }
  const fd = Number(flags.get('u') ?? 0)
  const terminal = shell.process.files.get(fd)?.terminal
  if (flags.has('p') && terminal) yield* shell.error(flags.get('p')!)
  const mode = terminal?.mode
  if (terminal && flags.has('s')) terminal.setMode({ echo: false })
  if (terminal && (flags.has('n') || flags.has('N'))) terminal.setMode({ canonical: false })
  try {
    return yield* readInto(shell, flags, operands, fd)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* shell.complain(`read: read error: ${fd}: ${error.message}`)
    return 1
  } finally {
    if (terminal && mode) terminal.setMode(mode)
  }
}

function* readInto(
  shell: Shell,
  flags: ReadonlyMap<string, string>,
  names: readonly string[],
  fd: number,
): Blocking<number> {
  const seconds = flags.has('t') ? Number(flags.get('t')) : undefined
  const body = takeLine(shell, flags, fd)
  const outcome = yield* shell.process.interruptible(
    seconds === undefined ? body : withTimeout(shell.process, body, seconds * 1000),
  )
  if ('interrupted' in outcome) return 128 + SIGNAL_NUMBERS[outcome.interrupted]
  const line = outcome.value
  if (line === 'timeout') return 142
  const text = line?.text ?? ''
  const raw = flags.has('r')
  if (flags.has('N')) shell.variables.set(names[0] ?? 'REPLY', text)
  else if (flags.has('a')) {
    const fields = splitLine(text, shell.variables.get('IFS') ?? ' \t\n', raw, Infinity)
    shell.variables.setArray(flags.get('a')!, new Map(fields.map((field, index) => [String(index), field])))
  } else if (names.length === 0) shell.variables.set('REPLY', raw ? text : unescape(text))
  else {
    const fields = splitLine(text, shell.variables.get('IFS') ?? ' \t\n', raw, names.length)
    for (const [index, name] of names.entries()) shell.variables.set(name, fields[index] ?? '')
  }
  return line?.terminated ? 0 : 1
}

/** One line; without -r, lines that end in a backslash are joined. */
function* takeLine(shell: Shell, flags: ReadonlyMap<string, string>, fd: number): Blocking<Line | undefined> {
  const delimiter = flags.has('d') ? flags.get('d')!.slice(0, 1) || '\0' : '\n'
  const limit = Number(flags.get('n') ?? flags.get('N') ?? Infinity)
  let text = ''
  for (;;) {
    const line = yield* readLine(shell.process, fd, delimiter, limit)
    if (!line) return text === '' ? undefined : { text, terminated: false }
    text += line.text
    const escapes = /\\*$/.exec(line.text)![0].length
    if (flags.has('r') || escapes % 2 === 0 || !line.terminated || delimiter !== '\n')
      return { text, terminated: line.terminated }
    text = text.slice(0, -1)
  }
}

/** Runs `body`, but gives up its wait after `ms`. */
export function* withTimeout<T>(process: Process, body: Blocking<T>, ms: number): Blocking<T | 'timeout'> {
  const deadline = process.now() + ms
  let result = body.next()
  while (!result.done) {
    const request = result.value
    const outcome: { value: unknown } | 'timeout' = yield* wait<{ value: unknown } | 'timeout'>((resume) => {
      const timer = process.machine.simulation.schedule(Math.max(0, deadline - process.now()), () => {
        cancel()
        resume('timeout')
      })
      const cancel = request.start((value) => {
        timer.cancel()
        resume({ value })
      })
      return () => {
        timer.cancel()
        cancel()
      }
    })
    if (outcome === 'timeout') {
      body.return(undefined as T)
      return 'timeout'
    }
    result = body.next(outcome.value)
  }
  return result.value
}

function unescape(text: string): string {
  return text.replace(/\\([^]?)/g, '$1')
}

/** Splits a line among `count` variables; the last gets the rest, separators included. */
function splitLine(text: string, ifs: string, raw: boolean, count: number): string[] {
  const white = (character: string) => ifs.includes(character) && /[ \t\n]/.test(character)
  const fields: string[] = []
  let at = 0
  const skipWhite = () => {
    while (at < text.length && white(text[at]!)) at++
  }
  skipWhite()
  while (at < text.length) {
    if (fields.length === count - 1) {
      fields.push(rest(text.slice(at), ifs, raw, white))
      return fields
    }
    let field = ''
    while (at < text.length && !ifs.includes(text[at]!)) {
      if (text[at] === '\\' && !raw) at++
      field += text[at++] ?? ''
    }
    fields.push(field)
    skipWhite()
    if (at < text.length && ifs.includes(text[at]!) && !white(text[at]!)) {
      at++
      skipWhite()
    }
  }
  return fields
}

function rest(text: string, ifs: string, raw: boolean, white: (character: string) => boolean): string {
  let end = text.length
  while (end > 0 && white(text[end - 1]!) && (raw || text[end - 2] !== '\\')) end--
  const trimmed = text.slice(0, end)
  // A single separator at the very end belongs to the last field's end, not to its text.
  const last = trimmed.at(-1)
  const separators = [...trimmed].filter((character) => ifs.includes(character) && !white(character)).length
  const kept =
    last !== undefined && separators === 1 && ifs.includes(last) && !white(last)
      ? trimmed.slice(0, -1)
      : trimmed
  return raw ? kept : unescape(kept)
}

/** `mapfile [-t] [NAME]`: the lines of standard input as an array. */
export function* mapfile(shell: Shell, argv: readonly string[]): Blocking<number> {
  const { flags, operands } = parseFlags(argv, 'td:n:s:u:')
  const text = yield* shell.process.readAll(Number(flags.get('u') ?? 0))
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const skip = Number(flags.get('s') ?? 0)
  const kept = lines.slice(
    skip,
    flags.has('n') && flags.get('n') !== '0' ? skip + Number(flags.get('n')) : undefined,
  )
  const values = flags.has('t') ? kept : kept.map((line) => `${line}\n`)
  shell.variables.setArray(
    operands[0] ?? 'MAPFILE',
    new Map(values.map((value, index) => [String(index), value])),
  )
  return 0
}
