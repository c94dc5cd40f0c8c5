import { SystemError, type Blocking } from '../process.ts'
import { formatDate } from './date-format.ts'
import { diffLines, type Edit } from './diff-lines.ts'
import { readInput } from './input.ts'
import { absolute, inside, isDirectory, joinPath } from './paths.ts'
import { tool, type Tool } from './tool.ts'

export const diff = tool({
  name: 'diff',
  usage: '[-abBdiNqrTstw] [-L LABEL] [-U LINES] FILE1 FILE2',
  about: 'Compares files line by line.',
  usageCode: 2,
  short: 'uU:qrNbBwiaL:s',
  long: {
    unified: 'u',
    brief: 'q',
    recursive: 'r',
    'new-file': 'N',
    'ignore-space-change': 'b',
    'ignore-all-space': 'w',
    'ignore-case': 'i',
    label: 'L',
    'report-identical-files': 's',
    color: 'color::',
  },
  *run(tool: Tool) {
    const [first, second] = tool.operands
    if (first === undefined || second === undefined) {
      if (tool.busybox) tool.usageError()
      tool.usageError(`missing operand after '${first ?? 'diff'}'`)
    }
    const { process } = tool
    if (isDirectory(process, first) && isDirectory(process, second))
      return yield* compareDirectories(tool, first, second)
    const left = isDirectory(process, first) ? inside(first, second) : first
    const right = isDirectory(process, second) ? inside(second, first) : second
    return (yield* compareFiles(tool, left, right)) ? 0 : tool.status || 1
  },
})

function* compareDirectories(tool: Tool, first: string, second: string): Blocking<number> {
  const { files } = tool.process.machine
  const [left, right] = [first, second].map((name) => files.list(absolute(tool.process, name)))
  let same = true
  for (const entry of [...new Set([...left!, ...right!])].sort()) {
    const [a, b] = [joinPath(first, entry), joinPath(second, entry)]
    if (!tool.options.has('N') && (!left!.includes(entry) || !right!.includes(entry))) {
      tool.put(`Only in ${left!.includes(entry) ? first : second}: ${entry}\n`)
      same = false
    } else if (isDirectory(tool.process, a) && isDirectory(tool.process, b)) {
      if (tool.options.has('r')) same = (yield* compareDirectories(tool, a, b)) === 0 && same
      else tool.put(`Common subdirectories: ${a} and ${b}\n`)
    } else {
      const heading = tool.options.has('q')
        ? ''
        : `diff ${tool.process.argv
            .slice(1)
            .filter((arg) => arg.startsWith('-'))
            .join(' ')} ${a} ${b}\n`
      same = (yield* compareFiles(tool, a, b, heading)) && same
    }
  }
  return same ? 0 : 1
}

function* compareFiles(tool: Tool, first: string, second: string, heading = ''): Blocking<boolean> {
  const { options } = tool
  const before = yield* readOne(tool, first)
  const after = yield* readOne(tool, second)
  if (before === undefined || after === undefined) return false
  yield* tool.process.compute(1)
  const edits = compare(tool, before, after)
  if (edits.every(({ kind }) => kind === 'same')) {
    if (options.has('s')) tool.put(`Files ${first} and ${second} are identical\n`)
    return true
  }
  if (options.has('q')) tool.put(`Files ${first} and ${second} differ\n`)
  else if (options.has('u') || options.has('U') || tool.busybox)
    tool.put(heading + unified(tool, edits, first, second))
  else tool.put(heading + normal(edits))
  return false
}

function* readOne(tool: Tool, name: string): Blocking<string | undefined> {
  try {
    return yield* readInput(tool.process, name)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    if (tool.options.has('N') && error.code === 'ENOENT') return ''
    yield* tool.complain(
      tool.busybox ? `can't stat '${name}': ${error.message}` : `${name}: ${error.message}`,
      2,
    )
    return undefined
  }
}

/** Lines are compared by a key, but shown as they are; a last line without newline differs from one with. */
function compare(tool: Tool, before: string, after: string): Edit[] {
  const { options } = tool
  const linesOf = (text: string) =>
    text.split(/(?<=\n)/).map((line) => (line.endsWith('\n') ? line : `${line}\n${NO_NEWLINE}`))
  const key = (line: string) => {
    let result = line
    if (options.has('w')) result = result.replace(/\s/g, '')
    else if (options.has('b')) result = result.replace(/[ \t]+/g, ' ').replace(/\s+$/, '')
    return options.has('i') ? result.toLowerCase() : result
  }
  const left = before === '' ? [] : linesOf(before)
  const right = after === '' ? [] : linesOf(after)
  let i = 0
  let j = 0
  return diffLines(left.map(key), right.map(key)).map(({ kind }) => {
    if (kind === 'insert') return { kind, line: right[j++]! }
    if (kind === 'same') j++
    return { kind, line: left[i++]! }
  })
}

const NO_NEWLINE = '\\ No newline at end of file\n'

interface Change {
  readonly start: number
  readonly end: number
}

/** Runs of edits that are not `same`, with those closer than `gap` put together. */
function changes(edits: readonly Edit[], gap: number): Change[] {
  const found: { start: number; end: number }[] = []
  for (const [index, { kind }] of edits.entries()) {
    if (kind === 'same') continue
    const last = found.at(-1)
    if (last && index - last.end <= gap) last.end = index + 1
    else found.push({ start: index, end: index + 1 })
  }
  return found
}

const count = (edits: readonly Edit[], other: 'insert' | 'delete'): number =>
  edits.filter(({ kind }) => kind !== other).length

function unified(tool: Tool, edits: readonly Edit[], first: string, second: string): string {
  const context = Number(tool.options.get('U') ?? 3)
  const labels = tool.options.all('L')
  const label = (name: string, given: string | undefined) => {
    if (given !== undefined) return given
    const status = tool.process.machine.files.stat(absolute(tool.process, name))
    if (tool.busybox) return name
    return `${name}\t${formatDate(status?.modifiedMs ?? tool.process.now(), '%Y-%m-%d %H:%M:%S.%N %z')}`
  }
  let text = `--- ${label(first, labels[0])}\n+++ ${label(second, labels[1])}\n`
  for (const change of changes(edits, 2 * context)) {
    const start = Math.max(0, change.start - context)
    const hunk = edits.slice(start, change.end + context)
    const range = (skipped: 'insert' | 'delete') => {
      const length = count(hunk, skipped)
      const from = count(edits.slice(0, start), skipped) + (length === 0 ? 0 : 1)
      return length === 1 ? String(from) : `${from},${length}`
    }
    text += `@@ -${range('insert')} +${range('delete')} @@\n`
    for (const { kind, line } of hunk) text += `${{ same: ' ', delete: '-', insert: '+' }[kind]}${line}`
  }
  return text
}

function normal(edits: readonly Edit[]): string {
  let text = ''
  for (const { start, end } of changes(edits, 0)) {
    const hunk = edits.slice(start, end)
    const deleted = hunk.filter(({ kind }) => kind === 'delete')
    const inserted = hunk.filter(({ kind }) => kind === 'insert')
    const range = (skipped: 'insert' | 'delete', length: number) => {
      const from = count(edits.slice(0, start), skipped)
      return length === 0 ? String(from) : length === 1 ? String(from + 1) : `${from + 1},${from + length}`
    }
    const letter = deleted.length === 0 ? 'a' : inserted.length === 0 ? 'd' : 'c'
    text += `${range('insert', deleted.length)}${letter}${range('delete', inserted.length)}\n`
    text += deleted.map(({ line }) => `< ${line}`).join('')
    if (letter === 'c') text += '---\n'
    text += inserted.map(({ line }) => `> ${line}`).join('')
  }
  return text
}
