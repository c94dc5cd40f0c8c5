import { SystemError, type Blocking } from '../process.ts'
import { nullFile } from '../open-file.ts'
import { readInput } from './input.ts'
import { filesWith, runCommand } from './run.ts'
import { tool, type Tool } from './tool.ts'

export const xargs = tool({
  name: 'xargs',
  usage: '[OPTIONS] [PROG ARGS]',
  about: 'Runs a program with arguments read from standard input.',
  short: '+0rtn:L:I:P:a:d:E:s:px',
  long: {
    null: '0',
    'no-run-if-empty': 'r',
    verbose: 't',
    'max-args': 'n',
    'max-lines': 'L',
    replace: 'I',
    'max-procs': 'P',
    'arg-file': 'a',
    delimiter: 'd',
  },
  *run(tool: Tool) {
    const { options, process } = tool
    const command = tool.operands.length > 0 ? tool.operands : ['echo']
    const text = yield* readInput(process, options.get('a') ?? '-')
    const replace = options.get('I')
    const batches = replace === undefined ? group(tool, text) : lines(text).map((line) => [line])
    let result = 0
    for (const batch of batches) {
      const argv =
        replace === undefined
          ? [...command, ...batch]
          : command.map((word) => word.replaceAll(replace, batch[0]!))
      if (options.has('t')) yield* process.printError(`${argv.join(' ')}\n`)
      const code = yield* runOne(tool, argv)
      if (code === 126 || code === 127) return code
      if (code === 255) {
        yield* tool.complain(
          tool.busybox
            ? `${argv[0]}: exited with status 255; aborting`
            : `${argv[0]}: exited with status 255; aborting`,
        )
        return 124
      }
      if (code !== 0) result = 123
    }
    return result
  },
})

function* runOne(tool: Tool, argv: readonly string[]): Blocking<number> {
  try {
    // The command must not eat the arguments of the next.
    const status = yield* runCommand(tool.process, argv, {
      files: filesWith(tool.process, { 0: nullFile() }),
    })
    return status.signal ? 125 : status.code
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* tool.complain(`${argv[0]}: ${error.message}`)
    return error.code === 'ENOENT' ? 127 : 126
  }
}

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line !== '')

/** Arguments in groups of at most -n, or of -L lines, or all together. */
function group(tool: Tool, text: string): string[][] {
  const { options } = tool
  const perLine = options.get('L')
  if (perLine !== undefined)
    return chunks(lines(text), Number(perLine)).map((chunk) => chunk.flatMap((line) => words(tool, line)))
  const separator = options.has('0')
    ? '\0'
    : options.get('d')?.replace('\\n', '\n').replace('\\0', '\0').replace('\\t', '\t')
  const all =
    separator === undefined
      ? words(tool, text)
      : text.split(separator).filter((word, index, list) => word !== '' || index < list.length - 1)
  if (all.length === 0) return options.has('r') ? [] : [[]]
  return chunks(all, Number(options.get('n') ?? 5000))
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = []
  for (let at = 0; at < items.length; at += Math.max(1, size))
    result.push(items.slice(at, at + Math.max(1, size)))
  return result
}

/** Blanks separate; quotes and backslashes protect. */
function words(tool: Tool, text: string): string[] {
  const found: string[] = []
  const pattern = /(?:[^\s'"\\]|\\[^]|'[^'\n]*'|"[^"\n]*")+|['"]/g
  for (const [word] of text.matchAll(pattern)) {
    if (word === "'" || word === '"') {
      tool.fail(
        tool.busybox
          ? `unmatched ${word === "'" ? 'single' : 'double'} quote`
          : `unmatched ${word === "'" ? 'single' : 'double'} quote; by default quotes are special to xargs unless you use the -0 option`,
      )
    }
    found.push(
      word.replace(
        /\\([^])|'([^'\n]*)'|"([^"\n]*)"/g,
        (_whole, escaped?: string, single?: string, double?: string) => escaped ?? single ?? double ?? '',
      ),
    )
  }
  return found
}
