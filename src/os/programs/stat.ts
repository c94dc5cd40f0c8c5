import type { FileStatus } from '../file-system.ts'
import type { SystemError } from '../process.ts'
import { unescape } from './echo.ts'
import { formatDate } from './date-format.ts'
import { modeText } from './modes.ts'
import { forEachOperand, requireOperands, status } from './paths.ts'
import { tool, type Tool } from './tool.ts'

export const stat = tool({
  name: 'stat',
  usage: '[-lt] [-c FORMAT] FILE...',
  about: 'Shows what is known of files.',
  short: 'c:Ltf',
  long: { format: 'c', dereference: 'L', printf: 'printf:' },
  *run(tool: Tool) {
    requireOperands(tool, 1, 'operand')
    const format = tool.options.get('c')
    const printf = tool.options.get('printf')
    const act = (name: string) => {
      const found = status(tool.process, name, tool.options.has('L'))
      if (printf !== undefined) tool.put(unescape(fill(printf, name, found)).text)
      else tool.put(format === undefined ? describe(name, found) : `${fill(format, name, found)}\n`)
    }
    yield* forEachOperand(tool, tool.operands, act, (name, error: SystemError) =>
      tool.busybox ? `can't stat '${name}': ${error.message}` : `cannot statx '${name}': ${error.message}`,
    )
  },
})

const octal = (status: FileStatus): string => status.mode.toString(8)

function fill(format: string, name: string, status: FileStatus): string {
  const seconds = Math.floor(status.modifiedMs / 1000)
  const fields: Readonly<Record<string, string>> = {
    n: name,
    N: status.target === undefined ? `'${name}'` : `'${name}' -> '${status.target}'`,
    s: String(status.size),
    F: typeName(status),
    a: octal(status),
    A: modeText(status),
    u: '0',
    g: '0',
    U: 'root',
    G: 'root',
    y: formatDate(status.modifiedMs, '%Y-%m-%d %H:%M:%S.%N %z'),
    Y: String(seconds),
    x: formatDate(status.modifiedMs, '%Y-%m-%d %H:%M:%S.%N %z'),
    X: String(seconds),
    z: formatDate(status.modifiedMs, '%Y-%m-%d %H:%M:%S.%N %z'),
    Z: String(seconds),
    h: status.type === 'directory' ? '2' : '1',
    b: String(Math.ceil(status.size / 4096) * 8),
    B: '512',
    '%': '%',
  }
  return format.replace(/%([a-zA-Z%])/g, (whole, letter: string) => fields[letter] ?? whole)
}

function describe(name: string, status: FileStatus): string {
  return fill(
    `  File: ${status.target === undefined ? '%n' : '%n -> ' + status.target}\n  Size: ${String(status.size).padEnd(10)}\tBlocks: ${String(Math.ceil(status.size / 4096) * 8).padEnd(10)} IO Block: 4096   %F\n` +
      `Access: (${octal(status).padStart(4, '0')}/%A)  Uid: (    0/    root)   Gid: (    0/    root)\nAccess: %x\nModify: %y\nChange: %z\n`,
    name,
    status,
  )
}

function typeName(status: FileStatus): string {
  if (status.type === 'file') return status.size === 0 ? 'regular empty file' : 'regular file'
  return { directory: 'directory', link: 'symbolic link', device: 'character special file' }[status.type]
}
