import { SystemError, type Blocking } from '../process.ts'
import { createMatcher, type Matcher, type MatcherOptions } from './grep-matcher.ts'
import { forEachLine, openInput, readInput, splitLines, type Input } from './input.ts'
import { resolvePath } from '../path.ts'
import { RegexError } from './regex.ts'
import { tool, type Tool } from './tool.ts'
import type { UserlandProgram } from './userland.ts'

const LONG = {
  'extended-regexp': 'E', 'fixed-strings': 'F', 'basic-regexp': 'G', 'perl-regexp': 'P', 'ignore-case': 'i', 'invert-match': 'v',
  count: 'c', 'line-number': 'n', 'files-with-matches': 'l', 'files-without-match': 'L', 'only-matching': 'o', quiet: 'q', silent: 'q',
  'no-messages': 's', 'word-regexp': 'w', 'line-regexp': 'x', recursive: 'r', 'after-context': 'A', 'before-context': 'B', context: 'C',
  regexp: 'e', file: 'f', 'with-filename': 'H', 'no-filename': 'h', 'max-count': 'm', color: 'color::', colour: 'color::',
  include: 'include:', exclude: 'exclude:', 'line-buffered': 'line-buffered', text: 'a',
} // prettier-ignore

const program = (name: string, syntax: MatcherOptions['syntax']): UserlandProgram =>
  tool({
    name,
    usage: '[OPTION]... PATTERNS [FILE]...',
    about: 'Prints lines that match.',
    usageCode: 2,
    short: 'EFGPivcnlLoqswxrRA:B:C:e:f:Hhm:aIzZ',
    long: LONG,
    rewrite: (args) => args.map((arg) => (/^-\d+$/.test(arg) ? `-C${arg.slice(1)}` : arg)),
    run: (tool) => run(tool, syntax),
  })

export const grep = program('grep', 'basic')
export const egrep = program('egrep', 'extended')
export const fgrep = program('fgrep', 'fixed')

function* run(tool: Tool, syntax: MatcherOptions['syntax']): Blocking<number> {
  const { options, process } = tool
  const operands = [...tool.operands]
  const patterns = [...options.all('e')]
  for (const file of options.all('f')) patterns.push(...splitLines(yield* readInput(process, file)))
  if (!options.has('e') && !options.has('f')) {
    const pattern = operands.shift()
    if (pattern === undefined) {
      if (tool.busybox) tool.usageError()
      yield* process.printError(
        `Usage: ${tool.name} [OPTION]... PATTERNS [FILE]...\nTry '${tool.name} --help' for more information.\n`,
      )
      return 2
    }
    patterns.push(pattern)
  }
  const matcher = matcherOf(
    tool,
    patterns.flatMap((pattern) => pattern.split('\n')),
    syntax,
  )
  const recursive = options.has('r') || options.has('R')
  const names = operands.length > 0 ? operands : [recursive ? '.' : '-']
  const files = recursive ? names.flatMap((name) => expand(tool, name, operands.length === 0)) : names
  const search: Search = {
    tool,
    matcher,
    showName: options.last('H', 'h') ? options.last('H', 'h') === 'H' : recursive || files.length > 1,
    before: Number(options.get('B') ?? options.get('C') ?? 0),
    after: Number(options.get('A') ?? options.get('C') ?? 0),
    most: options.has('m') ? Number(options.get('m')) : Infinity,
    color: colorWanted(tool),
  }
  let matched = false
  for (const name of files) {
    try {
      if (yield* searchFile(search, openInput(process, name))) matched = true
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      if (tool.busybox && error.code === 'EISDIR') continue
      if (!options.has('s')) yield* tool.complain(`${name}: ${error.message}`, 2)
      else tool.status = 2
    }
    if (matched && options.has('q')) return 0
  }
  return tool.status === 2 ? 2 : matched ? 0 : 1
}

interface Search {
  readonly tool: Tool
  readonly matcher: Matcher
  readonly showName: boolean
  readonly before: number
  readonly after: number
  readonly most: number
  readonly color: boolean
}

function* searchFile(search: Search, input: Input): Blocking<boolean> {
  const { tool, matcher } = search
  const { options } = tool
  const name = input.name === '-' ? '(standard input)' : input.name
  const quiet = ['c', 'l', 'L', 'q'].some((key) => options.has(key))
  // GNU separates groups even where the context is 0 lines.
  const contextual =
    search.before > 0 ||
    search.after > 0 ||
    (!tool.busybox && ['A', 'B', 'C'].some((key) => options.has(key)))
  const earlier: { number: number; line: string }[] = []
  let number = 0
  let count = 0
  let afterLeft = 0
  let lastShown = 0
  const show = (lineNumber: number, line: string, mark: ':' | '-', text = line) => {
    if (contextual && lastShown > 0 && lineNumber > lastShown + 1) tool.put('--\n')
    lastShown = lineNumber
    const prefix = `${search.showName ? `${name}${mark}` : ''}${options.has('n') ? `${lineNumber}${mark}` : ''}`
    tool.put(`${prefix}${text}\n`)
  }
  if (search.most > 0) {
    yield* forEachLine(tool, input, (line) => {
      number++
      const result = count < search.most ? matcher(line) : undefined
      const selected = result !== undefined && result.matched !== options.has('v')
      if (selected) {
        count++
        if (quiet) return options.has('c') && count < search.most
        for (const each of earlier.splice(0)) show(each.number, each.line, '-')
        showMatch(search, result, line, (text) => show(number, line, ':', text))
        afterLeft = search.after
      } else if (!quiet && afterLeft > 0) {
        afterLeft--
        show(number, line, '-')
      } else if (search.before > 0) {
        earlier.push({ number, line })
        if (earlier.length > search.before) earlier.shift()
      }
      return count < search.most || afterLeft > 0
    })
  }
  if (options.has('q')) return count > 0
  if (options.has('l') && count > 0) tool.put(`${name}\n`)
  else if (options.has('L') && count === 0) tool.put(`${name}\n`)
  else if (options.has('c') && !options.has('l') && !options.has('L'))
    tool.put(`${search.showName ? `${name}:` : ''}${count}\n`)
  return options.has('L') ? count === 0 : count > 0
}

function showMatch(
  search: Search,
  result: ReturnType<Matcher>,
  line: string,
  show: (text: string) => void,
): void {
  const { options } = search.tool
  if (options.has('o')) {
    if (!options.has('v'))
      for (const { start, end } of result.spans()) show(paint(search, line.slice(start, end)))
    return
  }
  if (!search.color || options.has('v')) return show(line)
  let text = ''
  let from = 0
  for (const { start, end } of result.spans()) {
    text += line.slice(from, start) + paint(search, line.slice(start, end))
    from = end
  }
  show(text + line.slice(from))
}

const paint = (search: Search, text: string): string =>
  search.color ? `\x1b[01;31m\x1b[K${text}\x1b[m\x1b[K` : text

function colorWanted(tool: Tool): boolean {
  const when = tool.options.get('color')
  if (when === undefined || when === 'never') return false
  return when === 'always' || tool.process.files.get(1)?.terminal !== undefined
}

function matcherOf(tool: Tool, patterns: readonly string[], syntax: MatcherOptions['syntax']): Matcher {
  const { options } = tool
  const chosen = { E: 'extended', F: 'fixed', P: 'perl', G: 'basic' } as const
  const letter = options.last('E', 'F', 'P', 'G') as keyof typeof chosen | undefined
  try {
    return createMatcher(patterns, {
      syntax: letter ? chosen[letter] : syntax,
      ignoreCase: options.has('i'),
      words: options.has('w'),
      wholeLines: options.has('x'),
    })
  } catch (error) {
    if (error instanceof RegexError)
      tool.fail(tool.busybox ? `bad regex '${patterns[0]}': ${error.message}` : error.message, 2)
    if (error instanceof SyntaxError) tool.fail('invalid regular expression', 2)
    throw error
  }
}

/** The files below a directory, in the order of their names. */
function expand(tool: Tool, name: string, implicit: boolean): string[] {
  const { files } = tool.process.machine
  const path = resolvePath(tool.process.cwd, name)
  if (name === '-' || files.stat(path)?.type !== 'directory') return [name]
  return files.list(path).flatMap((entry) => {
    const child = implicit ? entry : `${name.replace(/\/$/, '')}/${entry}`
    const type = files.stat(resolvePath(path, entry), { followLinks: tool.options.has('R') })?.type
    if (type === 'directory') return expand(tool, child, false)
    return type === 'file' && !filesystemProgram(tool, resolvePath(path, entry)) ? [child] : []
  })
}

const filesystemProgram = (tool: Tool, path: string): boolean =>
  tool.process.machine.files.stat(path)?.program !== undefined
