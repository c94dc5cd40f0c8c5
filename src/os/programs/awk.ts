import { AwkError, AwkExit, Interpreter } from './awk/interpreter.ts'
import { AwkSyntaxError, unescapeString } from './awk/lexer.ts'
import { parseAwk } from './awk/parser.ts'
import { AwkStreams } from './awk/streams.ts'
import { fromInput } from './awk/values.ts'
import { readInput } from './input.ts'
import { RegexError } from './regex.ts'
import { tool, type Tool } from './tool.ts'

export const awk = tool({
  name: 'awk',
  usage: "[-F SEP] [-v VAR=VAL]... [-f FILE | 'PROG'] [FILE]...",
  usageCode: 2,
  short: '+F:v:f:e:',
  *run(tool: Tool) {
    const { options, process } = tool
    const operands = [...tool.operands]
    const parts: string[] = []
    for (const file of options.all('f')) parts.push(yield* readInput(process, file))
    if (parts.length === 0) {
      const source = operands.shift()
      if (source === undefined) tool.usageError()
      parts.push(source)
    }
    const label = tool.busybox ? 'awk' : 'mawk'
    const streams = new AwkStreams(tool, operands)
    try {
      const interpreter = new Interpreter(parseAwk(parts.join('\n')), streams)
      const separator = options.get('F')
      if (separator !== undefined)
        interpreter.setVariable('FS', separator === 't' ? '\t' : unescapeString(separator))
      for (const assignment of options.all('v')) {
        const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(assignment)
        if (!match) tool.usageError()
        interpreter.setVariable(match[1]!, fromInput(unescapeString(match[2]!)))
      }
      for (const [key, value] of ['awk', ...operands].entries())
        interpreter.array('ARGV').set(String(key), fromInput(value))
      interpreter.setVariable('ARGC', operands.length + 1)
      for (const [name, value] of process.env) interpreter.array('ENVIRON').set(name, fromInput(value))
      const code = yield* interpreter.run()
      yield* streams.closeAll()
      return code & 255 || tool.status
    } catch (error) {
      yield* streams.closeAll()
      if (error instanceof AwkExit) return (error.code ?? 0) & 255
      if (error instanceof AwkSyntaxError) yield* process.printError(syntaxMessage(tool, error))
      else if (error instanceof AwkError || error instanceof RegexError) {
        yield* process.printError(
          tool.busybox ? `awk: cmd. line:1: ${error.message}\n` : `${label}: ${error.message}\n`,
        )
      } else throw error
      return 2
    }
  },
})

function syntaxMessage(tool: Tool, error: AwkSyntaxError): string {
  if (tool.busybox)
    return `awk: cmd. line:${error.line}: Unexpected ${error.near === 'end of file' ? 'end of string' : 'token'}\n`
  return `mawk: line ${error.line}: ${error.message}\n`
}
