import { indexOfByte } from '../net/bytes.ts'
import { SystemError, type Blocking } from '../process.ts'
import { utf8Length } from '../../encoding/utf8.ts'
import { countOption, rewriteOldCount, title } from './head.ts'
import { openInput, type Input } from './input.ts'
import { parseSeconds } from './numbers.ts'
import { tool, type Tool } from './tool.ts'

export const tail = tool({
  name: 'tail',
  usage: '[OPTIONS] [FILE]...',
  about: 'Prints the last 10 lines of each file.',
  short: 'n:c:qvfFs:',
  long: {
    lines: 'n',
    bytes: 'c',
    quiet: 'q',
    silent: 'q',
    verbose: 'v',
    follow: 'f::',
    retry: 'F',
    'sleep-interval': 's',
  },
  rewrite: rewriteOldCount,
  *run(tool) {
    const unit = tool.options.last('n', 'c') === 'c' ? 'bytes' : 'lines'
    const { count, relative } = countOption(tool, unit, '+')
    const follow = tool.options.has('f') || tool.options.has('F')
    const names = tool.operands.length > 0 ? tool.operands : ['-']
    const followed: Followed[] = []
    let opened = 0
    for (const [index, name] of names.entries()) {
      try {
        const input = openInput(tool.process, name)
        title(tool, name, index)
        opened++
        const size = yield* lastPart(tool, input, unit, count, relative)
        if (follow) followed.push({ name, size })
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* tool.complainOpen(name, error, { gnu: 'cannot open', busybox: "can't open" })
        if (tool.options.has('F')) followed.push({ name, size: -1 })
      }
    }
    if (opened === 0 && tool.busybox && !follow) yield* tool.complain('no files')
    yield* tool.flush()
    if (follow) yield* followFiles(tool, followed)
  },
})

interface Followed {
  readonly name: string
  /** How much of its text was shown; -1 while it does not exist. */
  size: number
}

function* lastPart(
  tool: Tool,
  input: Input,
  unit: 'lines' | 'bytes',
  count: number,
  fromStart: boolean,
): Blocking<number> {
  // Of endless input only what may still be needed is kept.
  let text = ''
  let dropped = 0
  let trimAt = 1 << 20
  for (let chunk = yield* input.read(); chunk !== null; chunk = yield* input.read()) {
    text += chunk
    tool.process.holds(text.length)
    if (fromStart || text.length < trimAt) continue
    const kept = part(text, unit, count, false)
    dropped += text.length - kept.length
    text = kept
    trimAt = Math.max(1 << 20, 2 * kept.length)
  }
  yield* tool.print(part(text, unit, count, fromStart))
  return dropped + text.length
}

function part(text: string, unit: 'lines' | 'bytes', count: number, fromStart: boolean): string {
  if (unit === 'bytes') {
    const start = fromStart ? Math.max(0, count - 1) : Math.max(0, utf8Length(text) - count)
    return text.slice(indexOfByte(text, start) ?? text.length)
  }
  if (!fromStart) {
    let start = text.length
    for (let left = text.endsWith('\n') ? count + 1 : count; left > 0 && start > 0; left--) {
      start = text.lastIndexOf('\n', start - 1)
      if (start < 0) return text
    }
    return count === 0 ? '' : text.slice(start + 1)
  }
  let start = 0
  for (let left = count - 1; left > 0; left--) {
    const end = text.indexOf('\n', start)
    if (end < 0) return ''
    start = end + 1
  }
  return text.slice(start)
}

/** Looks once a second, as tail does where inotify is missing. */
function* followFiles(tool: Tool, followed: readonly Followed[]): Blocking<void> {
  const { process } = tool
  const seconds = parseSeconds(tool.options.get('s') ?? '1') ?? 1
  let last = followed.at(-1)
  while (followed.length > 0) {
    yield* process.sleep(seconds * 1000)
    for (const file of followed) {
      const text = readNow(tool, file.name)
      if (text === undefined) {
        if (file.size >= 0 && tool.options.has('F')) {
          yield* tool.complain(`'${file.name}' has become inaccessible: No such file or directory`, 0)
          file.size = -1
        }
        continue
      }
      if (file.size < 0) yield* tool.complain(`'${file.name}' has appeared;  following new file`, 0)
      else if (text.length < file.size) yield* tool.complain(`${file.name}: file truncated`, 0)
      const shown = text.length < file.size || file.size < 0 ? 0 : file.size
      if (text.length > shown) {
        if (file !== last) title(tool, file.name, 1)
        last = file
        yield* tool.print(text.slice(shown))
        yield* tool.flush()
      }
      file.size = text.length
    }
  }
}

function readNow(tool: Tool, name: string): string | undefined {
  if (name === '-') return ''
  const { process } = tool
  const path = name.startsWith('/') ? name : `${process.cwd}/${name}`
  const status = process.machine.files.stat(path)
  return status?.type === 'file' ? process.machine.files.read(path) : undefined
}
