import { SystemError, type Blocking } from '../process.ts'
import { baseName } from '../path.ts'
import type { FileStatus } from '../file-system.ts'
import { parseFind, type FindTest } from './find-expression.ts'
import { absolute, joinPath, status } from './paths.ts'
import { runCommand } from './run.ts'
import { tool, type Tool } from './tool.ts'

export const find = tool({
  name: 'find',
  usage: '[-HL] [PATH]... [OPTIONS] [ACTIONS]',
  short: '',
  raw: true,
  *run(tool: Tool) {
    const args = tool.operands.filter((arg, index) => !(index === 0 && /^-[HLP]$/.test(arg)))
    const end = args.findIndex((arg) => /^(-.|\(|!$)/.test(arg))
    const starts = end < 0 ? args : args.slice(0, end)
    const parsed = parseFind(tool, end < 0 ? [] : args.slice(end))
    const search: Search = { tool, ...parsed, batches: new Map() }
    for (const start of starts.length > 0 ? starts : ['.']) {
      try {
        yield* visit(search, start, status(tool.process, start, false), 0)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* tool.complain(tool.busybox ? `${start}: ${error.message}` : `'${start}': ${error.message}`)
      }
    }
    yield* tool.flush()
    for (const [command, names] of search.batches) {
      const exit = yield* runCommand(
        tool.process,
        command.flatMap((word) => (word === '{}' ? names : [word])),
      )
      if (exit.code !== 0) tool.status = 1
    }
  },
})

interface Search {
  readonly tool: Tool
  readonly test: FindTest
  readonly minDepth: number
  readonly maxDepth: number
  readonly depthFirst: boolean
  /** What `-exec ... +` has gathered. */
  readonly batches: Map<readonly string[], string[]>
}

function* visit(search: Search, path: string, found: FileStatus, depth: number): Blocking<void> {
  const { tool } = search
  const { process } = tool
  let pruned = false
  const apply = function* () {
    if (depth < search.minDepth) return
    yield* search.test({
      tool,
      path,
      name: baseName(path),
      status: found,
      batches: search.batches,
      prune: () => (pruned = true),
      isEmpty: () =>
        found.type === 'directory'
          ? process.machine.files.list(absolute(process, path)).length === 0
          : found.size === 0,
    })
  }
  yield* process.compute(0.01)
  if (!search.depthFirst) yield* apply()
  if (found.type === 'directory' && depth < search.maxDepth && !pruned) {
    for (const entry of process.machine.files.list(absolute(process, path))) {
      const child = joinPath(path, entry)
      const childStatus = process.machine.files.stat(absolute(process, child), { followLinks: false })
      if (childStatus) yield* visit(search, child, childStatus, depth + 1)
    }
  }
  if (search.depthFirst) yield* apply()
}
