import type { FileStatus } from '../file-system.ts'
import { SystemError, type Blocking } from '../process.ts'
import { inColumns, table } from './columns.ts'
import { formatDate } from './date-format.ts'
import { modeText } from './modes.ts'
import { humanSize } from './numbers.ts'
import { absolute, joinPath } from './paths.ts'
import { tool, type Tool } from './tool.ts'

interface Entry {
  readonly name: string
  readonly status: FileStatus
}

const HALF_YEAR_MS = 15_778_476_000

export const ls = tool({
  name: 'ls',
  usage: '[-1AaCxdLHRFplinshrSXvctu] [FILE]...',
  about: 'Lists the contents of directories.',
  usageCode: 2,
  short: '1aAlhRrtSdFpCxisnoLHXvcugGQNUkmw:T:I:',
  long: {
    all: 'a', 'almost-all': 'A', 'human-readable': 'h', recursive: 'R', reverse: 'r', directory: 'd', classify: 'F',
    color: 'color::', 'full-time': 'full-time', inode: 'i', 'time-style': 'time-style:', 'group-directories-first': 'dirs',
  }, // prettier-ignore
  *run(tool: Tool) {
    const names = tool.operands.length > 0 ? [...tool.operands] : ['.']
    const files: Entry[] = []
    const directories: string[] = []
    for (const name of names.sort()) {
      const found = find(tool, name)
      if (!found) {
        const text = tool.busybox
          ? `${name}: No such file or directory`
          : `cannot access '${name}': No such file or directory`
        yield* tool.complain(text, tool.busybox ? 1 : 2)
      } else if (found.type === 'directory' && !tool.options.has('d')) directories.push(name)
      else files.push({ name, status: found })
    }
    if (files.length > 0) show(tool, sorted(tool, files), false)
    const titles = names.length > 1 || tool.options.has('R')
    for (const [index, name] of directories.entries()) {
      yield* listDirectory(tool, name, titles, files.length > 0 || index > 0)
    }
  },
})

function find(tool: Tool, name: string): FileStatus | undefined {
  const { files } = tool.process.machine
  const follow =
    !(tool.options.has('l') || tool.options.has('d') || tool.options.has('F')) || tool.options.has('L')
  try {
    const path = absolute(tool.process, name)
    return files.stat(path, { followLinks: follow }) ?? files.stat(path, { followLinks: false })
  } catch (error) {
    if (error instanceof SystemError) return undefined
    throw error
  }
}

function* listDirectory(tool: Tool, name: string, title: boolean, apart: boolean): Blocking<void> {
  const { files } = tool.process.machine
  const { options } = tool
  const path = absolute(tool.process, name)
  const statusOf = (entry: string) => files.stat(joinPath(path, entry), { followLinks: options.has('L') })
  const entries = files
    .list(path)
    .filter((entry) => options.has('a') || options.has('A') || !entry.startsWith('.'))
    .flatMap((entry): Entry[] => {
      const status = statusOf(entry)
      return status ? [{ name: entry, status }] : []
    })
  const dots =
    options.last('a', 'A') === 'a'
      ? ['.', '..'].map((entry) => ({ name: entry, status: files.stat(joinPath(path, entry))! }))
      : []
  if (title) tool.put(`${apart ? '\n' : ''}${name}:\n`)
  show(tool, sorted(tool, [...dots, ...entries]), true)
  yield* tool.process.compute()
  if (!options.has('R')) return
  for (const entry of sorted(tool, entries)) {
    if (entry.status.type === 'directory') yield* listDirectory(tool, joinPath(name, entry.name), true, true)
  }
}

function sorted(tool: Tool, entries: readonly Entry[]): Entry[] {
  const { options } = tool
  const result = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))
  if (options.has('t')) result.sort((a, b) => b.status.modifiedMs - a.status.modifiedMs)
  else if (options.has('S')) result.sort((a, b) => b.status.size - a.status.size)
  if (options.has('dirs'))
    result.sort((a, b) => Number(b.status.type === 'directory') - Number(a.status.type === 'directory'))
  return options.has('r') ? result.reverse() : result
}

function show(tool: Tool, entries: readonly Entry[], withTotal: boolean): void {
  const { options } = tool
  if (options.has('l') || options.has('n') || options.has('o') || options.has('g'))
    return showLong(tool, entries, withTotal)
  const names = entries.map((entry) => decorated(tool, entry))
  const terminal = tool.process.files.get(1)?.terminal
  const layout = options.last('1', 'C', 'x') ?? (terminal ? 'C' : '1')
  tool.put(
    layout === '1' ? names.map((name) => `${name}\n`).join('') : inColumns(names, terminal?.columns ?? 80),
  )
}

function showLong(tool: Tool, entries: readonly Entry[], withTotal: boolean): void {
  const human = tool.options.has('h')
  const blocks = entries.reduce((sum, { status }) => sum + blocksOf(status), 0)
  if (withTotal) tool.put(`total ${human ? humanSize(blocks * 1024) : blocks}\n`)
  const owner = tool.options.has('n') ? '0' : 'root'
  const rows = entries.map((entry) => {
    const { status } = entry
    const size = human ? humanSize(status.size) : String(status.size)
    const links = status.type === 'directory' ? '2' : '1'
    const name = status.type === 'link' ? `${entry.name} -> ${status.target}` : decorated(tool, entry)
    return [modeText(status), links, owner, owner, size, timeText(tool, status.modifiedMs), name]
  })
  if (!tool.busybox) return tool.put(table(rows, [1, 4]))
  for (const [mode, links, user, group, size, time, name] of rows) {
    tool.put(
      `${mode} ${links!.padStart(4)} ${user!.padEnd(8)} ${group!.padEnd(8)} ${size!.padStart(9)} ${time} ${name}\n`,
    )
  }
}

const blocksOf = (status: FileStatus): number =>
  status.type === 'file' || status.type === 'directory' ? Math.ceil(status.size / 4096) * 4 : 0

function timeText(tool: Tool, ms: number): string {
  if (tool.options.has('full-time')) return formatDate(ms, '%Y-%m-%d %H:%M:%S.%N %z')
  const now = tool.process.now()
  const recent = ms <= now && ms > now - HALF_YEAR_MS
  return formatDate(ms, recent ? '%b %e %H:%M' : '%b %e  %Y')
}

function decorated(tool: Tool, { name, status }: Entry): string {
  const { options } = tool
  if (status.type === 'directory') {
    const mark = options.has('F') || options.has('p') ? '/' : ''
    return colored(tool, '01;34', name) + mark
  }
  const executable = status.type === 'file' && (status.mode & 0o111) !== 0
  if (status.type === 'link') return colored(tool, '01;36', name) + (options.has('F') ? '@' : '')
  return executable ? colored(tool, '01;32', name) + (options.has('F') ? '*' : '') : name
}

function colored(tool: Tool, color: string, name: string): string {
  const when = tool.options.get('color')
  const wanted =
    when === 'always' || ((when === '' || when === 'auto') && tool.process.files.get(1)?.terminal)
  return wanted ? `\x1b[${color}m${name}\x1b[0m` : name
}
