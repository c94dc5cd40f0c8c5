import { table } from './columns.ts'
import { formatDate } from './date-format.ts'
import { commandName, processesOf, type ProcessStatus } from './processes.ts'
import { tool, type Tool } from './tool.ts'

export const ps = tool({
  name: 'ps',
  usage: '[-o COL1,COL2=HEADER] [-T]',
  short: 'AeafFlwo:p:uxT',
  long: { pid: 'p', format: 'o', 'no-headers': 'no-headers' },
  // `ps aux` and `ps ax`: BSD options have no dash.
  rewrite: (args) => args.map((arg, index) => (index === 0 && /^[aefuxlw]+$/.test(arg) ? `-${arg}` : arg)),
  *run(tool: Tool) {
    const all = processesOf(tool.process.machine)
    const format = tool.options.get('o')
    if (format !== undefined) return yield* tool.print(custom(tool, selected(tool, all), format))
    yield* tool.print(tool.busybox ? busyboxTable(all) : debianTable(tool, all))
    return undefined
  },
})

function busyboxTable(all: readonly ProcessStatus[]): string {
  const rows = all.map(
    (each) => `${String(each.pid).padStart(5)} root      ${clock(each.cpuMs)} ${commandLine(each)}\n`,
  )
  return `PID   USER     TIME  COMMAND\n${rows.join('')}`
}

/** Busybox shows minutes and seconds. */
const clock = (cpuMs: number): string =>
  `${String(Math.floor(cpuMs / 60_000)).padStart(2)}:${String(Math.floor(cpuMs / 1000) % 60).padStart(2, '0')}`

function commandLine(status: ProcessStatus): string {
  return status.state === 'Z' ? `[${commandName(status)}]` : status.argv.join(' ')
}

function selected(tool: Tool, all: readonly ProcessStatus[]): readonly ProcessStatus[] {
  const pids = tool.options.get('p')
  if (pids !== undefined) return all.filter(({ pid }) => pids.split(/[, ]/).includes(String(pid)))
  if (tool.busybox || ['A', 'e', 'x'].some((key) => tool.options.has(key))) return all
  const own = all.find(({ pid }) => pid === tool.process.pid)
  return all.filter(({ session }) => session === own?.session)
}

function debianTable(tool: Tool, all: readonly ProcessStatus[]): string {
  const { options } = tool
  const processes = selected(tool, all)
  const terminal = (status: ProcessStatus) => (status.hasTerminal ? 'pts/0' : '?')
  if (options.has('u')) {
    const head = ['USER', 'PID', '%CPU', '%MEM', 'VSZ', 'RSS', 'TTY', 'STAT', 'START', 'TIME', 'COMMAND']
    const rows = processes.map((each) => [
      'root', String(each.pid), '0.0', '0.0', '0', '0', terminal(each), each.state, formatDate(each.startedMs, '%H:%M'), shortTime(each.cpuMs), commandLine(each),
    ]) // prettier-ignore
    return table([head, ...rows], [1, 2, 3, 4, 5, 9])
  }
  if (options.has('f')) {
    const head = ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD']
    const rows = processes.map((each) => [
      'root', String(each.pid).padStart(7), String(each.parentPid).padStart(7), '0', formatDate(each.startedMs, '%H:%M'), terminal(each).padEnd(8), longTime(each.cpuMs), commandLine(each),
    ]) // prettier-ignore
    return table([head, ...rows], [1, 2, 3, 6])
  }
  const rows = processes.map(
    (each) =>
      `${String(each.pid).padStart(7)} ${terminal(each).padEnd(8)} ${longTime(each.cpuMs)} ${commandName(each)}\n`,
  )
  return `    PID TTY          TIME CMD\n${rows.join('')}`
}

const shortTime = (cpuMs: number): string =>
  `${Math.floor(cpuMs / 60_000)}:${String(Math.floor(cpuMs / 1000) % 60).padStart(2, '0')}`

const longTime = (cpuMs: number): string => formatDate(cpuMs, '%H:%M:%S')

const COLUMNS: Readonly<Record<string, readonly [string, (status: ProcessStatus, nowMs: number) => string]>> =
  {
    pid: ['PID', ({ pid }) => String(pid)],
    ppid: ['PPID', ({ parentPid }) => String(parentPid)],
    pgid: ['PGID', ({ processGroup }) => String(processGroup)],
    user: ['USER', () => 'root'],
    comm: ['COMMAND', commandName],
    args: ['COMMAND', commandLine],
    cmd: ['CMD', commandLine],
    stat: ['STAT', ({ state }) => state],
    time: ['TIME', ({ cpuMs }) => longTime(cpuMs)],
    etime: ['ELAPSED', ({ startedMs }, now) => formatDate(now - startedMs, '%M:%S')],
    tty: ['TT', ({ hasTerminal }) => (hasTerminal ? 'pts/0' : '?')],
  }

function custom(tool: Tool, processes: readonly ProcessStatus[], format: string): string {
  const columns = format.split(',').map((part) => {
    const [name = '', header] = part.split('=')
    const column = COLUMNS[name]
    if (!column)
      tool.fail(
        tool.busybox ? `bad -o argument '${name}'` : `unknown user-defined format specifier "${name}"`,
      )
    return { header: header ?? column[0], cell: column[1] }
  })
  const rows = processes.map((each) => columns.map(({ cell }) => cell(each, tool.process.now())))
  const heads = columns.map(({ header }) => header)
  const numeric = columns.flatMap(({ header }, index) => (/^P?P?(G)?ID$/.test(header) ? [index] : []))
  const hide = tool.options.has('no-headers') || heads.every((head) => head === '')
  return table(hide ? rows : [heads, ...rows], numeric)
}
