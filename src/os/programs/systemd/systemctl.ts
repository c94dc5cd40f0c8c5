import { journalDate, systemdDate } from '../../../encoding/dates.ts'
import { wait, type Blocking, type Process } from '../../process.ts'
import { describeEnd, SYSTEMD, type Service, type Systemd, type UnitStatus } from '../../systemd.ts'
import { tool, ToolExit, type Tool } from '../tool.ts'

const NOT_BOOTED =
  "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down\n"

/** The service manager of this host. Ends the tool as systemd's own do where there is none. */
export function systemdOf({ machine }: Process): Systemd {
  const systemd = machine.facilities.get(SYSTEMD) as Systemd | undefined
  if (!systemd) throw new ToolExit(1, NOT_BOOTED)
  return systemd
}

type Verb = (tool: Tool, names: readonly string[]) => Blocking<number>

/** systemctl: the services of a host, started, stopped and looked at. */
export const systemctl = tool({
  name: 'systemctl',
  usage: '[OPTIONS...] COMMAND ...',
  about: 'Query or send control commands to the system manager.',
  short: 'qlan:t:',
  long: { 'no-pager': 'no-pager', quiet: 'q', full: 'l', all: 'a', lines: 'n:', type: 't:', now: 'now' },
  *run(tool) {
    const [name = 'list-units', ...names] = tool.operands
    const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined
    if (!verb) throw new ToolExit(1, `Unknown command verb ${name}.\n`)
    if (names.length === 0 && name !== 'list-units' && name !== 'daemon-reload')
      throw new ToolExit(1, 'Too few arguments.\n')
    return yield* verb(tool, names)
  },
})

const VERBS: Readonly<Record<string, Verb>> = {
  start: (tool, names) =>
    change(tool, names, 'start', function* (service) {
      service.start()
    }),
  stop: (tool, names) => change(tool, names, 'stop', stopped),
  restart: (tool, names) =>
    change(tool, names, 'restart', function* (service) {
      yield* stopped(service)
      service.start()
    }),
  *status(tool, names) {
    let code = 0
    for (const [index, name] of names.entries()) {
      const service = systemdOf(tool.process).find(name)
      if (!service) {
        yield* tool.process.printError(`Unit ${unitName(name)} could not be found.\n`)
        code = 4
        continue
      }
      yield* tool.print((index > 0 ? '\n' : '') + describe(tool.process, service))
      if (service.status().active !== 'active') code = 3
    }
    return code
  },
  *'is-active'(tool, names) {
    const states = names.map((name) => systemdOf(tool.process).find(name)?.status().active ?? 'inactive')
    if (!tool.options.has('q')) yield* tool.print(states.map((state) => `${state}\n`).join(''))
    return states.every((state) => state === 'active') ? 0 : 3
  },
  *'is-enabled'(tool, names) {
    for (const name of names) {
      if (systemdOf(tool.process).find(name)) yield* tool.print('enabled\n')
      else
        yield* tool.complain(`Failed to get unit file state for ${unitName(name)}: No such file or directory`)
    }
    return tool.status
  },
  *'list-units'(tool) {
    const rows = systemdOf(tool.process)
      .services()
      .map((service) => service.status())
      .map(({ unit, active }) => [`${unit.name}.service`, 'loaded', ...shortState(active), unit.description])
    const all = [['UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'], ...rows]
    const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]!.length)))
    const line = (row: readonly string[]) =>
      row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' ')
    yield* tool.print(all.map((row) => `  ${line(row).trimEnd()}\n`).join(''))
    yield* tool.print(`\n${rows.length} loaded units listed.\n`)
    return 0
  },
  *'daemon-reload'(tool) {
    systemdOf(tool.process)
    return 0
  },
}

const unitName = (name: string): string => (name.includes('.') ? name : `${name}.service`)

function* change(
  tool: Tool,
  names: readonly string[],
  verb: string,
  act: (service: Service) => Blocking<void>,
): Blocking<number> {
  const systemd = systemdOf(tool.process)
  for (const name of names) {
    const service = systemd.find(name)
    if (service) {
      yield* act(service)
      continue
    }
    const why = verb === 'stop' ? 'not loaded' : 'not found'
    yield* tool.process.printError(`Failed to ${verb} ${unitName(name)}: Unit ${unitName(name)} ${why}.\n`)
    tool.status = 5
  }
  return tool.status
}

function* stopped(service: Service): Blocking<void> {
  yield* wait<void>((resume) => {
    service.stop(() => resume())
    return () => {}
  })
}

const shortState = (active: UnitStatus['active']): readonly [string, string] =>
  active === 'active'
    ? ['active', 'running']
    : active === 'activating'
      ? ['activating', 'auto-restart']
      : [active, active === 'inactive' ? 'dead' : active]

function describe(process: Process, service: Service): string {
  const status = service.status()
  const { unit, active, pid, ended } = status
  const file = `/usr/lib/systemd/system/${unit.name}.service`
  const [state, sub] = shortState(active)
  const command = unit.execStart.join(' ')
  const isRunning = active === 'active' || active === 'deactivating'
  const program = unit.execStart[0]!.replace(/^.*\//, '').replace(/:$/, '')
  const result = active === 'activating' ? `${sub}) (Result: ${ended?.signal ? 'signal' : 'exit-code'}` : sub
  const since = `since ${systemdDate(status.sinceMs)}; ${ago(process.now() - status.sinceMs)}`
  const lines = [
    `${isRunning ? '●' : active === 'activating' ? '●' : '○'} ${unit.name}.service - ${unit.description}`,
    `     Loaded: loaded (${file}; enabled; preset: enabled)`,
    ...(unit.dropIn ? [`    Drop-In: ${file}.d`, `             └─${unit.dropIn}`] : []),
    `     Active: ${state} (${result}) ${since}`,
    ...(unit.documentation ? [`       Docs: ${unit.documentation}`] : []),
    ...(isRunning
      ? [
          `   Main PID: ${pid} (${program})`,
          `     CGroup: /system.slice/${unit.name}.service`,
          `             └─${pid} ${command}`,
        ]
      : ended
        ? [
            `    Process: ${pid} ExecStart=${command} (${describeEnd(ended)})`,
            `   Main PID: ${pid} (${describeEnd(ended)})`,
          ]
        : []),
  ]
  const host = process.machine.hostname
  const recent = systemdOf(process)
    .journal.filter((entry) => entry.unit === unit.name)
    .slice(-10)
    .map(({ atMs, identifier, text }) => `${journalDate(atMs)} ${host} ${identifier}: ${text}`)
  return `${[...lines, ...(recent.length > 0 ? ['', ...recent] : [])].join('\n')}\n`
}

/** `3s ago`, `2min 5s ago`, `1h 3min ago`. */
function ago(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const units: readonly [number, string][] = [
    [Math.floor(seconds / 86_400), seconds >= 172_800 ? ' days' : ' day'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ]
  const first = units.findIndex(([count]) => count > 0)
  if (first < 0) return `${Math.floor(ms)}ms ago`
  return `${units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ')} ago`
}
