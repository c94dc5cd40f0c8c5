import type { CommandExpansionPart, ProcessSubstitutionPart } from 'unbash'
import { SystemError } from '../../process.ts'
import type { Blocking } from '../../process.ts'
import { executeStatement } from '../interpreter/execute.ts'
import { startSubshell } from '../interpreter/pipeline.ts'
import { checkTextLength } from '../limits.ts'
import type { Shell } from '../shell.ts'
import type { Source } from '../source.ts'
import { expandText } from './words.ts'

/** `$( ... )`: what a subshell writes, without the newlines at its end. */
export function* substituteCommand(
  shell: Shell,
  part: Pick<CommandExpansionPart, 'script' | 'pos'>,
): Blocking<string> {
  const { script } = part
  const statement = script?.commands[0]
  if (!script || !statement) {
    shell.substitutionStatus = 0
    return ''
  }
  const only =
    script.commands.length === 1 && statement.command.type === 'Command' ? statement.command : undefined
  const redirect = only?.redirects[0]
  if (
    only &&
    !only.name &&
    only.prefix.length === 1 &&
    redirect?.type === 'Redirect' &&
    redirect.operator === '<'
  ) {
    return yield* readWhole(shell, yield* expandText(shell, redirect.target!))
  }
  const { reader, writer } = shell.process.pipe()
  // Backquotes with escapes have a text of their own.
  const source: Source =
    script.source === undefined ? shell.source : { text: script.source, firstLine: shell.line }
  const child = yield* startSubshell(
    shell,
    function* (subshell) {
      subshell.source = source
      let status = 0
      for (const command of script.commands) status = yield* executeStatement(subshell, command)
      return status
    },
    { files: new Map(shell.process.files).set(1, writer), group: shell.process.processGroup },
  )
  const text = yield* drain(shell, reader)
  shell.substitutionStatus = (yield* shell.process.waitFor(child.pid)).status.code
  // The command that the text was for is not run after ^C.
  shell.stopIfInterrupted()
  shell.status = shell.substitutionStatus
  return text.replace(/\n+$/, '')
}

function* drain(shell: Shell, reader: ReturnType<Shell['process']['pipe']>['reader']): Blocking<string> {
  const chunks: string[] = []
  let size = 0
  try {
    for (let chunk = yield* reader.read(); chunk !== null; chunk = yield* reader.read()) {
      chunks.push(chunk)
      checkTextLength((size += chunk.length))
      yield* shell.process.compute(0.01)
    }
  } finally {
    reader.close()
  }
  return chunks.join('')
}

function* readWhole(shell: Shell, path: string): Blocking<string> {
  try {
    const text = yield* drain(shell, shell.process.open(path, 'read'))
    shell.substitutionStatus = 0
    return text.replace(/\n+$/, '')
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* shell.complain(`${path}: ${error.message}`)
    shell.substitutionStatus = 1
    return ''
  }
}

/** `<( ... )`: the path of a descriptor that reads what a subshell writes; `>( ... )` the other way round. */
export function* substituteProcess(shell: Shell, part: ProcessSubstitutionPart): Blocking<string> {
  const { reader, writer } = shell.process.pipe()
  const [ours, theirs, descriptor] = part.operator === '<' ? [reader, writer, 1] : [writer, reader, 0]
  yield* startSubshell(
    shell,
    function* (subshell) {
      let status = 0
      for (const command of part.script?.commands ?? []) status = yield* executeStatement(subshell, command)
      return status
    },
    {
      files: new Map(shell.process.files).set(descriptor as number, theirs as never),
      group: shell.process.processGroup,
    },
  )
  let free = 63
  while (shell.process.files.has(free)) free--
  shell.process.files.set(free, ours as never)
  shell.substitutedDescriptors.push(free)
  return `/dev/fd/${free}`
}
