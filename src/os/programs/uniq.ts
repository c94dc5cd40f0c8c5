import { openInput, forEachLine } from './input.ts'
import { tool } from './tool.ts'

export const uniq = tool({
  name: 'uniq',
  usage: '[-cduiz] [-f,s,w N] [FILE [OUTFILE]]',
  about: 'Leaves out repeated adjacent lines.',
  short: 'cduif:s:w:z',
  long: {
    count: 'c',
    repeated: 'd',
    unique: 'u',
    'ignore-case': 'i',
    'skip-fields': 'f',
    'skip-chars': 's',
    'check-chars': 'w',
  },
  *run(tool) {
    const { options } = tool
    const key = keyFunction(options.get('f'), options.get('s'), options.get('w'), options.has('i'))
    let current: { line: string; key: string; count: number } | undefined
    const finish = () => {
      if (!current) return
      const { line, count } = current
      if ((options.has('d') && count === 1) || (options.has('u') && count > 1)) return
      tool.put(`${options.has('c') ? `${String(count).padStart(7)} ` : ''}${line}\n`)
    }
    yield* forEachLine(tool, openInput(tool.process, tool.operands[0] ?? '-'), (line) => {
      const lineKey = key(line)
      if (current && current.key === lineKey) {
        current.count++
        return
      }
      finish()
      current = { line, key: lineKey, count: 1 }
    })
    finish()
  },
})

function keyFunction(
  fields = '0',
  chars = '0',
  width: string | undefined,
  fold: boolean,
): (line: string) => string {
  const skip = new RegExp(`^(?:[ \\t]*[^ \\t]+){0,${Number(fields)}}`)
  return (line) => {
    const rest = line.replace(skip, '').slice(Number(chars))
    const text = width === undefined ? rest : rest.slice(0, Number(width))
    return fold ? text.toLowerCase() : text
  }
}
