import { baseName, resolvePath } from '../path.ts'
import { SystemError, type Process } from '../process.ts'
import { absolute } from './paths.ts'
import { tool, type Tool } from './tool.ts'

export const basename = tool({
  name: 'basename',
  usage: 'FILE [SUFFIX] | -a FILE... | -s SUFFIX FILE...',
  short: '+as:z',
  long: { multiple: 'a', suffix: 's' },
  *run(tool: Tool) {
    const { options, operands } = tool
    if (operands.length === 0) tool.usageError(tool.busybox ? undefined : 'missing operand')
    const many = options.has('a') || options.has('s')
    if (!many && operands.length > 2)
      tool.usageError(tool.busybox ? undefined : `extra operand '${operands[2]}'`)
    const suffix = options.get('s') ?? (many ? '' : (operands[1] ?? ''))
    for (const name of many ? operands : operands.slice(0, 1)) {
      const base = baseName(name)
      tool.put(
        `${suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base}\n`,
      )
    }
  },
})

export const dirname = tool({
  name: 'dirname',
  usage: 'NAME...',
  short: 'z',
  *run(tool: Tool) {
    if (tool.operands.length === 0) tool.usageError(tool.busybox ? undefined : 'missing operand')
    for (const name of tool.operands) tool.put(`${parentOf(name)}\n`)
  },
})

export const realpath = tool({
  name: 'realpath',
  usage: 'FILE...',
  short: 'ems',
  long: { 'canonicalize-existing': 'e', 'canonicalize-missing': 'm', 'no-symlinks': 's' },
  *run(tool: Tool) {
    if (tool.operands.length === 0) tool.usageError(tool.busybox ? undefined : 'missing operand')
    for (const name of tool.operands) {
      const path = canonical(
        tool.process,
        name,
        tool.options.has('m') ? 'missing' : tool.options.has('e') ? 'existing' : 'last may miss',
      )
      if (path === undefined) yield* tool.complain(`${name}: No such file or directory`)
      else tool.put(`${path}\n`)
    }
  },
})

export const readlink = tool({
  name: 'readlink',
  usage: '[-fnv] FILE',
  short: 'fnvem',
  long: { canonicalize: 'f', 'no-newline': 'n' },
  *run(tool: Tool) {
    if (tool.operands.length === 0) tool.usageError(tool.busybox ? undefined : 'missing operand')
    for (const name of tool.operands) {
      const follow = tool.options.last('f', 'e', 'm')
      const target = follow
        ? canonical(tool.process, name, follow === 'e' ? 'existing' : 'last may miss')
        : tool.process.machine.files.stat(absolute(tool.process, name), { followLinks: false })?.target
      if (target === undefined) tool.status = 1
      else tool.put(`${target}${tool.options.has('n') ? '' : '\n'}`)
    }
  },
})

export const pwd = tool({
  name: 'pwd',
  usage: '[-LP]',
  short: 'LP',
  long: { logical: 'L', physical: 'P' },
  *run(tool: Tool) {
    yield* tool.print(`${tool.process.cwd}\n`)
  },
})

function parentOf(name: string): string {
  const trimmed = name.replace(/(.)\/+$/, '$1')
  const end = trimmed.lastIndexOf('/')
  if (end < 0) return '.'
  return trimmed.slice(0, end).replace(/(.)\/+$/, '$1') || '/'
}

/** The path with every link followed; undefined where something on the way is missing. */
export function canonical(
  process: Process,
  name: string,
  mode: 'existing' | 'last may miss' | 'missing',
): string | undefined {
  const { files } = process.machine
  let links = 0
  const walk = (from: string, parts: readonly string[]): string | undefined => {
    const [part, ...rest] = parts
    if (part === undefined) return from
    const path = resolvePath(from, part)
    const status = files.stat(path, { followLinks: false })
    if (!status && (mode === 'existing' || (mode === 'last may miss' && rest.length > 0))) return undefined
    if (status?.type !== 'link') return walk(path, rest)
    if (++links > 40) throw new SystemError('ELOOP')
    const target = status.target!
    return walk(target.startsWith('/') ? '/' : from, [...target.split('/').filter(Boolean), ...rest])
  }
  return walk('/', absolute(process, name).split('/').filter(Boolean))
}
