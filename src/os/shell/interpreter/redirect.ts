import type { Redirect, Redirection } from 'unbash'
import { release, retain } from '../../descriptors.ts'
import { resolvePath } from '../../path.ts'
import { SystemError } from '../../process.ts'
import type { Blocking, OpenFile, OpenMode } from '../../process.ts'
import { ShellFailure } from '../control.ts'
import { expandHereDocument, expandText, expandWords } from '../expansion/words.ts'
import type { Shell } from '../shell.ts'

/** Descriptors that redirections are applied to: a process's own, or a plain map for a child to be. */
type Descriptors = Map<number, OpenFile>

/**
 * Runs `body` with redirections applied to the shell's own descriptors, and puts these back afterwards.
 * @returns the status of the body, 1 when a redirection fails
 */
export function* withRedirections(
  shell: Shell,
  redirections: readonly Redirection[],
  body: () => Blocking<number>,
): Blocking<number> {
  if (redirections.length === 0) return yield* body()
  const { files } = shell.process
  const before = new Map(files)
  for (const file of before.values()) retain(file)
  try {
    if (!(yield* applyOrComplain(shell, redirections, files))) return 1
    return yield* body()
  } finally {
    for (const descriptor of [...files.keys()]) if (!before.has(descriptor)) files.delete(descriptor)
    for (const [descriptor, file] of before) if (files.get(descriptor) !== file) files.set(descriptor, file)
    for (const file of before.values()) release(file)
  }
}

/** As `applyRedirections`, but says what failed. @returns whether all went well */
export function* applyOrComplain(
  shell: Shell,
  redirections: readonly Redirection[],
  files: Descriptors,
): Blocking<boolean> {
  try {
    for (const redirection of redirections) yield* apply(shell, redirection, files)
    return true
  } catch (error) {
    if (!(error instanceof ShellFailure) || error.discard) throw error
    yield* shell.complain(error.message)
    return false
  }
}

function* apply(shell: Shell, redirection: Redirection, files: Descriptors): Blocking<void> {
  if (redirection.type === 'HereDoc') {
    const text = yield* expandHereDocument(shell, redirection)
    files.set(descriptorOf(shell, redirection, files, 0), textFile(text))
  } else if (redirection.type === 'HereString') {
    const text = redirection.target ? yield* expandText(shell, redirection.target) : ''
    files.set(descriptorOf(shell, redirection, files, 0), textFile(`${text}\n`))
  } else yield* redirect(shell, redirection, files)
}

function* redirect(shell: Shell, node: Redirect, files: Descriptors): Blocking<void> {
  const words = node.target ? yield* expandWords(shell, [node.target]) : []
  if (words.length !== 1) fail(`${node.target?.text ?? ''}: ambiguous redirect`)
  const target = words[0]!
  const { operator } = node
  if (
    operator === '&>' ||
    operator === '&>>' ||
    (operator === '>&' && !node.descriptor && !/^(\d+-?|-)$/.test(target))
  ) {
    const file = openTarget(shell, target, operator === '&>>' ? 'append' : 'write', files)
    files.set(1, file)
    files.set(2, file)
    return
  }
  const standard = operator.startsWith('<') ? 0 : 1
  if (operator === '>&' || operator === '<&') return duplicate(shell, node, target, files, standard)
  const file = openTarget(shell, target, modeOf(shell, operator), files)
  files.set(descriptorOf(shell, node, files, standard), file)
}

function duplicate(shell: Shell, node: Redirect, target: string, files: Descriptors, standard: number): void {
  if (target === '-') {
    files.delete(existingDescriptor(shell, node, standard))
    return
  }
  const [, digits, moves] = /^(\d+)(-?)$/.exec(target) ?? fail(`${target}: ambiguous redirect`)
  const file = files.get(Number(digits)) ?? fail(`${target}: ${new SystemError('EBADF').message}`)
  files.set(descriptorOf(shell, node, files, standard), file)
  if (moves) files.delete(Number(digits))
}

function descriptorOf(shell: Shell, node: Redirection, files: Descriptors, standard: number): number {
  if (!node.descriptor) return standard
  if (node.descriptor.type === 'FileDescriptor') return node.descriptor.value
  // {name}> takes the first free descriptor from 10 on and tells it in the variable.
  let free = 10
  while (files.has(free)) free++
  shell.variables.set(node.descriptor.name, String(free))
  return free
}

function existingDescriptor(shell: Shell, node: Redirect, standard: number): number {
  if (node.descriptor?.type === 'FileDescriptorVariable')
    return Number(shell.variables.get(node.descriptor.name) ?? -1)
  return node.descriptor?.value ?? standard
}

function modeOf(shell: Shell, operator: Redirect['operator']): OpenMode {
  if (operator === '>') return shell.options.has('noclobber') ? 'write-new' : 'write'
  return operator === '>>' ? 'append' : operator === '<' ? 'read' : operator === '<>' ? 'read-write' : 'write'
}

function openTarget(shell: Shell, target: string, mode: OpenMode, files: Descriptors): OpenFile {
  const ash = shell.personality.kind === 'ash'
  try {
    if (target === '') throw new SystemError('ENOENT')
    const { machine, cwd } = shell.process
    const device = machine.files.stat(resolvePath(cwd, target))?.type === 'device'
    if (mode === 'write-new' && device) return shell.process.open(target, 'write')
    // The descriptors as they are at this point: `2>/dev/stdout` after `>file` means the file.
    const own = /^\/dev\/(?:fd\/(\d+)|std(in|out|err))$/.exec(target)
    const number = own ? Number(own[1] ?? ['in', 'out', 'err'].indexOf(own[2]!)) : undefined
    return (number !== undefined && files.get(number)) || shell.process.open(target, mode)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    if (error.code === 'EEXIST' && !ash) fail(`${target}: cannot overwrite existing file`)
    if (!ash) return fail(`${target}: ${error.message}`)
    const action = mode === 'read' ? 'open' : 'create'
    const reason =
      error.code === 'ENOENT' ? (mode === 'read' ? 'no such file' : 'nonexistent directory') : error.message
    return fail(`can't ${action} ${target}: ${reason}`)
  }
}

function fail(message: string): never {
  throw new ShellFailure(message, { discard: false })
}

/** A file that holds just a text: a here-document. */
function textFile(text: string): OpenFile {
  let rest = text
  /* eslint-disable require-yield */
  return {
    *read() {
      const chunk = rest
      rest = ''
      return chunk === '' ? null : chunk
    },
    unread(back) {
      rest = back + rest
    },
    *write() {
      throw new SystemError('EBADF')
    },
    close() {},
  }
}
