import type { Blocking } from '../process.ts'
import { humanSize } from './numbers.ts'
import { absolute, forEachOperand, joinPath, status } from './paths.ts'
import { tool, type Tool } from './tool.ts'

export const du = tool({
  name: 'du',
  usage: '[-aHLdclsxhmk] [FILE]...',
  about: 'Sums up what files take.',
  short: 'ashkcd:b',
  long: { all: 'a', summarize: 's', 'human-readable': 'h', 'max-depth': 'd', total: 'c', bytes: 'b' },
  *run(tool: Tool) {
    let total = 0
    const names = tool.operands.length > 0 ? tool.operands : ['.']
    const act = function* (name: string) {
      total += yield* measure(tool, name, 0)
    }
    yield* forEachOperand(tool, names, act, (name, error) =>
      tool.busybox ? `${name}: ${error.message}` : `cannot access '${name}': ${error.message}`,
    )
    if (tool.options.has('c')) tool.put(line(tool, total, 'total'))
  },
})

function* measure(tool: Tool, name: string, depth: number): Blocking<number> {
  const { options, process } = tool
  const found = status(process, name, false)
  let size = options.has('b') ? found.size : Math.ceil(found.size / 4096) * 4096
  if (found.type === 'directory') {
    for (const entry of process.machine.files.list(absolute(process, name)))
      size += yield* measure(tool, joinPath(name, entry), depth + 1)
  }
  yield* process.compute(0.01)
  const deepest = options.has('s') ? 0 : Number(options.get('d') ?? Infinity)
  if (depth === 0 || (depth <= deepest && (found.type === 'directory' || options.has('a'))))
    tool.put(line(tool, size, name))
  return size
}

function line(tool: Tool, bytes: number, name: string): string {
  const { options } = tool
  return `${options.has('b') ? bytes : options.has('h') ? humanSize(bytes) : bytes / 1024}\t${name}\n`
}
