import { resolvePath } from '../../os/path.ts'
import type { Blocking } from '../../os/process.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'

/** What starting an editor takes at least: one that never gets it right goes round and round, but not without end at once. */
const START_MS = 10

/**
 * Opens a temporary file in `$KUBE_EDITOR`, `$EDITOR` or vi, as a child process, and waits for it.
 * @throws CommandError when there is no such program or it fails
 */
export function* launchEditor(
  context: Context,
  text: string,
  extension: string,
): Blocking<{ text: string; path: string }> {
  const { process } = context
  const path = `/tmp/kubectl-edit-${process.machine.simulation.random('kubectl').integer(4_000_000_000)}.${extension}`
  if (!process.machine.files.stat('/tmp')) process.machine.files.makeDirectory('/tmp', { parents: true })
  process.machine.files.write(path, text, { mode: 0o600 })
  const editor = process.env.get('KUBE_EDITOR') || process.env.get('EDITOR') || 'vi'
  const argv = [...words(editor), path]
  const executable = process.resolve(argv[0]!)
  const program =
    executable === undefined ? undefined : process.machine.programAt(resolvePath(process.cwd, executable))
  if (!program) throw new CommandError(`unable to launch the editor ${JSON.stringify(editor)}`)
  yield* process.sleep(START_MS)
  const child = process.spawn(program, { argv })
  const { status } = yield* process.waitFor(child.pid)
  if (status.code !== 0)
    throw new CommandError(`there was a problem with the editor ${JSON.stringify(editor)}`)
  return { text: process.machine.files.read(path), path }
}

/** Words of an editor's command line, with quotes. */
function words(command: string): string[] {
  return (command.match(/'[^']*'|"[^"]*"|[^\s'"]+/g) ?? []).map((word) =>
    word.replace(/^(['"])([\s\S]*)\1$/, '$2'),
  )
}
