import { SystemError, type Blocking } from '../process.ts'
import { absolute, inside, isDirectory, joinPath, status } from './paths.ts'
import type { Tool } from './tool.ts'

/** The pairs (from, to) of `cp a b`, `cp a b c dir` and `-t dir a b`. Ends the tool when the target does not fit. */
export function sourcesAndTargets(tool: Tool): (readonly [string, string])[] {
  const { process } = tool
  const operands = [...tool.operands]
  const directory = tool.options.get('t')
  if (directory !== undefined) return operands.map((name) => [name, inside(directory, name)] as const)
  const target = operands.pop()!
  if (isDirectory(process, target) && !tool.options.has('T'))
    return operands.map((name) => [name, inside(target, name)] as const)
  if (operands.length === 1) return [[operands[0]!, target]]
  // busybox finds out only when it writes.
  if (tool.busybox && !exists(tool, target))
    return operands.map((name) => [name, inside(target, name)] as const)
  return tool.fail(
    tool.busybox
      ? `target '${target}' is not a directory`
      : `target '${target}'${exists(tool, target) ? ' is not a directory' : ': No such file or directory'}`,
  )
}

const exists = (tool: Tool, name: string): boolean =>
  tool.process.machine.files.stat(absolute(tool.process, name)) !== undefined

/** Copies a file, a link or (with all that is in it) a directory. @throws SystemError */
export function* copyTree(
  tool: Tool,
  from: string,
  to: string,
  options: { readonly keepLinks: boolean; readonly keepTimes: boolean },
): Blocking<void> {
  const { process } = tool
  const { files } = process.machine
  const source = absolute(process, from)
  const target = absolute(process, to)
  const found = status(process, from, !options.keepLinks)
  yield* process.compute()
  if (found.type === 'directory') {
    if (`${target}/`.startsWith(`${source.replace(/\/$/, '')}/`))
      throw new SystemError('EINVAL', 'cannot copy a directory into itself')
    if (!isDirectory(process, to)) files.makeDirectory(target.replace(/\/$/, ''))
    for (const entry of files.list(source))
      yield* copyTree(tool, joinPath(from, entry), joinPath(to, entry), options)
  } else if (found.type === 'link') {
    if (files.stat(target, { followLinks: false })) files.remove(target)
    files.link(found.target!, target)
  } else if (found.program) files.install(target, found.program)
  else if (found.type === 'device') {
    const input = process.open(from, 'read')
    const output = process.open(to, 'write')
    for (let chunk = yield* input.read(); chunk !== null; chunk = yield* input.read())
      yield* output.write(chunk)
  } else if (files.stat(target)?.type === 'device') yield* process.open(to, 'write').write(files.read(source))
  else files.write(target, files.read(source), { mode: found.mode })
  if (options.keepTimes && found.type === 'file') files.touch(target, found.modifiedMs)
}
