import { GLOBAL_FLAGS, type Command } from './command.ts'
import type { Flag } from './flags.ts'

/** The help page of a command, made from its declaration. */
export function helpFor(command: Command, path: string): string {
  const sections = [command.long ?? command.short]
  if (command.examples?.length)
    sections.push(`Examples:\n${command.examples.map((line) => `  ${line}`).join('\n')}`)
  sections.push(...commandLists(command))
  const flags = command.flags.filter((flag) => !flag.hidden)
  if (flags.length > 0) sections.push(`Options:\n${[...flags].sort(byName).map(flagHelp).join('\n\n')}`)
  sections.push(`Usage:\n  ${usageLine(command, path)}`)
  if (command.subcommands.length > 0) sections.push(`Use "${path} COMMAND --help" for more about a command.`)
  sections.push('Use "kubectl options" for the flags that every command takes.')
  return `${sections.join('\n\n')}\n`
}

/** The page of `kubectl options`. */
export function globalOptionsHelp(): string {
  return `These flags can be given to any command:\n\n${[...GLOBAL_FLAGS].sort(byName).map(flagHelp).join('\n\n')}\n`
}

function usageLine(command: Command, path: string): string {
  if (command.subcommands.length > 0 && !command.run) return `${path} COMMAND`
  return `${path} ${command.usage ?? '[flags] [options]'}`
}

function commandLists(command: Command): string[] {
  const groups = new Map<string, Command[]>()
  for (const one of command.subcommands) {
    const group = one.group ?? 'Available Commands'
    groups.set(group, [...(groups.get(group) ?? []), one])
  }
  return [...groups].map(([group, commands]) => {
    const width = Math.max(...commands.map((one) => one.name.length))
    return `${group}:\n${commands.map((one) => `  ${one.name.padEnd(width)}   ${one.short}`).join('\n')}`
  })
}

function flagHelp(flag: Flag): string {
  return `    ${flag.short ? `-${flag.short}, ` : ''}--${flag.name}=${defaultText(flag)}:\n\t${flag.help}`
}

function defaultText(flag: Flag): string {
  if (flag.type === 'list' || flag.type === 'array') return '[]'
  if (flag.type === 'string') return `'${String(flag.default ?? '')}'`
  if (flag.type === 'duration') return `${Number(flag.default ?? 0) / 1000}s`
  return String(flag.default ?? '')
}

function byName(a: Flag, b: Flag): number {
  return a.name < b.name ? -1 : 1
}
