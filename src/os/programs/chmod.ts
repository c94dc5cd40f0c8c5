import type { Blocking } from '../process.ts'
import { applyMode } from './modes.ts'
import { absolute, forEachOperand, joinPath, status } from './paths.ts'
import { tool, type Tool } from './tool.ts'

export const chmod = tool({
  name: 'chmod',
  usage: '[-Rcvf] MODE[,MODE]... FILE...',
  about: 'Changes who may do what with files.',
  short: 'Rcvf',
  long: { recursive: 'R', changes: 'c', verbose: 'v', silent: 'f', quiet: 'f' },
  // `-x` takes a permission away; it is no option.
  rewrite: (args) => (/^-[rwxXst,]+$/.test(args[0] ?? '') ? ['--', ...args] : args),
  *run(tool: Tool) {
    const [mode, ...names] = tool.operands
    if (mode === undefined || names.length === 0) {
      if (tool.busybox) tool.usageError()
      tool.usageError(mode === undefined ? 'missing operand' : `missing operand after '${mode}'`)
    }
    if (applyMode(mode, 0, false) === undefined) {
      if (tool.busybox) tool.fail(`invalid mode '${mode}'`)
      tool.usageError(`invalid mode: '${mode}'`)
    }
    yield* forEachOperand(
      tool,
      names,
      (name) => change(tool, mode, name),
      (name, error) =>
        tool.busybox ? `${name}: ${error.message}` : `cannot access '${name}': ${error.message}`,
    )
  },
})

function* change(tool: Tool, mode: string, name: string): Blocking<void> {
  const { files } = tool.process.machine
  const found = status(tool.process, name)
  const path = absolute(tool.process, name)
  files.chmod(path, applyMode(mode, found.mode, found.type === 'directory')!)
  yield* tool.process.compute()
  if (!tool.options.has('R') || found.type !== 'directory') return
  for (const entry of files.list(path)) yield* change(tool, mode, joinPath(name, entry))
}
