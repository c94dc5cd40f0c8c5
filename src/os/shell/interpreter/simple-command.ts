import type { Assignment, Command, Redirection } from 'unbash'
import { resolvePath } from '../../path.ts'
import type { Blocking, OpenFile, Program } from '../../process.ts'
import { assign } from '../assignment.ts'
import { BUILTINS } from '../builtins/index.ts'
import type { Builtin } from '../builtins/builtin.ts'
import { expandText, expandWords } from '../expansion/words.ts'
import { parseWord } from '../expansion/parse-word.ts'
import { quoteIfNeeded } from '../expansion/quote.ts'
import { runScript } from '../main.ts'
import type { Shell } from '../shell.ts'
import { callFunction } from './execute.ts'
import { forked } from './fork.ts'
import { waitForeground } from './pipeline.ts'
import { applyOrComplain, withRedirections } from './redirect.ts'

/** Runs a simple command: assignments, or a function, builtin or program with its redirections. */
export function* runCommand(shell: Shell, node: Command): Blocking<number> {
  const outer = shell.substitutedDescriptors
  shell.substitutedDescriptors = []
  try {
    return yield* dispatch(shell, node)
  } finally {
    for (const descriptor of shell.substitutedDescriptors) shell.process.files.delete(descriptor)
    shell.substitutedDescriptors = outer
  }
}

function* dispatch(shell: Shell, node: Command): Blocking<number> {
  const prepared = yield* prepare(shell, node)
  const { words, assignments } = prepared
  if (words.length === 0) return yield* assignOnly(shell, assignments, node.redirects)
  const name = words[0]!
  if (shell.functions.has(name)) {
    return yield* withAssignments(shell, assignments, () =>
      withRedirections(shell, node.redirects, () => callFunction(shell, name, words.slice(1))),
    )
  }
  const builtin = findBuiltin(shell, name)
  if (builtin) return yield* runBuiltin(shell, builtin, prepared, node)
  const environment = yield* temporaryEnvironment(shell, assignments)
  return yield* runProgram(
    shell,
    words,
    environment,
    node.redirects,
    shell.source.text.slice(node.pos, node.end),
  )
}

/** Runs a simple command as the last thing its process does: a program takes the place of the shell. */
export function* execCommand(shell: Shell, node: Command): Blocking<number> {
  shell.position = node.pos
  const { words, assignments } = yield* prepare(shell, node)
  const name = words[0]
  if (name === undefined || shell.functions.has(name) || findBuiltin(shell, name))
    return yield* runCommand(shell, node)
  const environment = yield* temporaryEnvironment(shell, assignments)
  if (!(yield* applyOrComplain(shell, node.redirects, shell.process.files))) return 1
  return yield* become(shell, words, environment)
}

/** The `exec` of a program: resets handlers, sets the environment, and never comes back unless there is no such program. */
export function* become(
  shell: Shell,
  words: readonly string[],
  environment: ReadonlyMap<string, string>,
): Blocking<number> {
  const found = yield* findProgram(shell, words[0]!)
  if (typeof found === 'number') return found
  const { env } = shell.process
  env.clear()
  for (const [name, value] of environment) env.set(name, value)
  return yield* shell.process.exec(found.program, words)
}

interface Prepared {
  readonly words: readonly string[]
  readonly assignments: readonly Assignment[]
}

function* prepare(shell: Shell, node: Command): Blocking<Prepared> {
  shell.substitutionStatus = undefined
  const words: string[] = []
  if (node.name) words.push(...(yield* expandWords(shell, [node.name])))
  const declares = words.length > 0 && DECLARING.has(words[0]!)
  for (const argument of node.args) {
    if (argument.type === 'Word') words.push(...(yield* expandWords(shell, [argument])))
    else if (declares) words.push(yield* declaration(shell, argument))
    else words.push(...(yield* expandWords(shell, [parseWord(argument.text)])))
  }
  const assignments = node.prefix.filter((item) => item.type === 'Assignment')
  if (shell.options.has('xtrace') && words.length > 0) yield* trace(shell, words)
  return { words, assignments }
}

/** Builtins whose arguments of the form `name=value` are not split. */
const DECLARING: ReadonlySet<string> = new Set(['export', 'readonly', 'local', 'declare', 'typeset', 'alias'])

/** `name=value` as one word; arrays are assigned by the builtin from the syntax tree's text. */
function* declaration(shell: Shell, node: Assignment): Blocking<string> {
  if (node.value.type === 'ArrayValue') {
    shell.arrayArguments.set(node.name, node)
    return node.name
  }
  const index = node.index ? `[${node.index.text}]` : ''
  return `${node.name}${index}${node.append ? '+' : ''}=${yield* expandText(shell, node.value, 'assignment')}`
}

function* trace(shell: Shell, words: readonly string[]): Blocking<void> {
  const prompt = shell.variables.get('PS4') ?? '+ '
  yield* shell.error(`${prompt}${words.map((word) => quoteTraced(shell, word)).join(' ')}\n`)
}

function quoteTraced(shell: Shell, word: string): string {
  const quoted = quoteIfNeeded(word)
  return shell.personality.kind === 'ash' ? quoted.replaceAll("'\\''", `'"'"'`) : quoted
}

function findBuiltin(shell: Shell, name: string): Builtin | undefined {
  const builtin = BUILTINS.get(name)
  return builtin && (!builtin.only || builtin.only === shell.personality.kind) ? builtin : undefined
}

function* assignOnly(
  shell: Shell,
  assignments: readonly Assignment[],
  redirects: readonly Redirection[],
): Blocking<number> {
  for (const assignment of assignments) {
    const text = yield* assign(shell, assignment)
    if (shell.options.has('xtrace')) yield* shell.error(`${shell.variables.get('PS4') ?? '+ '}${text}\n`)
  }
  const status = shell.substitutionStatus ?? 0
  if (redirects.length === 0) return status
  // eslint-disable-next-line require-yield
  return yield* withRedirections(shell, redirects, function* () {
    return status
  })
}

function* temporaryEnvironment(
  shell: Shell,
  assignments: readonly Assignment[],
): Blocking<ReadonlyMap<string, string>> {
  if (assignments.length === 0) return shell.variables.environment()
  shell.variables.pushTemporary(yield* values(shell, assignments))
  const environment = shell.variables.environment()
  shell.variables.popScope()
  return environment
}

function* values(shell: Shell, assignments: readonly Assignment[]): Blocking<Map<string, string>> {
  const result = new Map<string, string>()
  for (const { name, value, append } of assignments) {
    const text = value.type === 'Word' ? yield* expandText(shell, value, 'assignment') : ''
    result.set(name, append ? (result.get(name) ?? shell.variables.get(name) ?? '') + text : text)
  }
  return result
}

function* withAssignments(
  shell: Shell,
  assignments: readonly Assignment[],
  body: () => Blocking<number>,
): Blocking<number> {
  if (assignments.length === 0) return yield* body()
  shell.variables.pushTemporary(yield* values(shell, assignments))
  try {
    return yield* body()
  } finally {
    shell.variables.popScope()
  }
}

function* runBuiltin(
  shell: Shell,
  builtin: Builtin,
  { words, assignments }: Prepared,
  node: Command,
): Blocking<number> {
  const run = () => runNamed(shell, builtin, words)
  // `exec` keeps its redirections; what it does with them comes after they are made.
  if (builtin.keepsRedirections) {
    if (!(yield* applyOrComplain(shell, node.redirects, shell.process.files))) return 1
    return yield* withAssignments(shell, assignments, run)
  }
  // Variables that these builtins set must outlive the assignments in front of them.
  if (builtin.special && shell.personality.kind === 'ash') {
    for (const assignment of assignments) yield* assign(shell, assignment)
    return yield* withRedirections(shell, node.redirects, run)
  }
  return yield* withAssignments(shell, assignments, () => withRedirections(shell, node.redirects, run))
}

/** While a builtin runs, messages of busybox carry its name in a way of their own. */
function* runNamed(shell: Shell, builtin: Builtin, words: readonly string[]): Blocking<number> {
  const outer = shell.builtin
  shell.builtin = words[0]
  try {
    return yield* builtin.run(shell, words)
  } finally {
    shell.builtin = outer
  }
}

/** Starts a program as a child and waits for it. */
export function* runProgram(
  shell: Shell,
  words: readonly string[],
  environment: ReadonlyMap<string, string>,
  redirects: readonly Redirection[],
  text: string,
): Blocking<number> {
  const { process } = shell
  const files = new Map<number, OpenFile>(process.files)
  if (!(yield* applyOrComplain(shell, redirects, files))) return 1
  let found: Found | number = 0
  const status = yield* inDescriptors(shell, redirects, files, function* () {
    found = yield* findProgram(shell, words[0]!)
    return 0
  })
  if (typeof found === 'number') return found || status
  const { program } = found as Found
  const ignoring = [...shell.traps.actions].flatMap(([event, action]) =>
    action === '' && event.startsWith('SIG') ? [event] : [],
  )
  const child = yield* forked(shell, () =>
    process.spawn(program, {
      argv: words,
      env: environment,
      files,
      processGroup: shell.jobControl ? 0 : process.processGroup,
      ignoring: ignoring as never,
    }),
  )
  const group = shell.jobControl ? child.pid : process.processGroup
  return yield* waitForeground(shell, shell.jobs.add([child], group, text))
}

/** Lets a message about the command go where the command's own messages would. */
function* inDescriptors(
  shell: Shell,
  redirects: readonly Redirection[],
  files: ReadonlyMap<number, OpenFile>,
  body: () => Blocking<number>,
): Blocking<number> {
  const own = shell.process.files.get(2)
  const theirs = files.get(2)
  if (redirects.length === 0 || own === theirs) return yield* body()
  const table = shell.process.files
  if (theirs) table.set(2, theirs)
  else table.delete(2)
  try {
    return yield* body()
  } finally {
    if (own) table.set(2, own)
  }
}

interface Found {
  readonly program: Program
}

/** Finds what a name runs, or says why there is nothing. @returns the program, or the status 126 or 127 */
function* findProgram(shell: Shell, name: string): Blocking<Found | number> {
  const { machine, cwd } = shell.process
  const path = shell.findCommand(name)
  if (path !== undefined) {
    if (!name.includes('/')) shell.hash.set(name, { path, hits: (shell.hash.get(name)?.hits ?? 0) + 1 })
    const program = machine.programAt(path)
    if (program) return { program }
    return yield* withoutInterpreter(shell, name, path)
  }
  if (!name.includes('/')) {
    if (shell.builtin === 'exec') yield* shell.complain(`exec: ${name}: not found`)
    else yield* shell.complain(shell.personality.commandNotFound(name))
    return 127
  }
  const status = machine.files.stat(resolvePath(cwd, name))
  if (!status && shell.personality.kind === 'ash') yield* shell.complain(`${name}: not found`)
  else if (!status) yield* shell.complain(`${name}: No such file or directory`)
  else if (status.type === 'directory' && shell.personality.kind === 'bash')
    yield* shell.complain(`${name}: Is a directory`)
  else yield* shell.complain(`${name}: Permission denied`)
  return status ? 126 : 127
}

/** An executable text without `#!` is a script of this shell; one with an interpreter that is missing cannot run. */
function* withoutInterpreter(shell: Shell, name: string, path: string): Blocking<Found | number> {
  const { machine } = shell.process
  const text = machine.files.read(path)
  const interpreter = /^#![ \t]*(\S+)/.exec(text)?.[1]
  if (interpreter !== undefined) {
    if (shell.personality.kind === 'ash') yield* shell.complain(`${name}: not found`)
    else if (name.includes('/')) yield* shell.complain(`${name}: cannot execute: required file not found`)
    else yield* shell.complain(`${path}: ${interpreter}: bad interpreter: No such file or directory`)
    return 127
  }
  return { program: (process) => runScript(process, shell.personality, name, path) }
}
