import type { FileSystem } from '../file-system.ts'
import type { Program } from '../process.ts'
import * as catalog from './catalog.ts'
import { BUSYBOX_BANNER, inUserland, type UserlandProgram } from './userland.ts'

/** What busybox 1.37 has no applet for. */
const NOT_IN_BUSYBOX = [
  'conntrack', 'curl', 'dig', 'getent', 'host', 'ipset', 'iptables', 'iptables-restore', 'iptables-save', 'ipvsadm', 'journalctl', 'nano', 'nft', 'script', 'ss',
  'ssh', 'systemctl', 'tc', 'trace', 'vim',
] // prettier-ignore

/**
 * Puts busybox and its applets where its image has them: everything in /bin. The shell (`sh`, `ash`) is installed by
 * whoever has one.
 */
export function installBusybox(files: FileSystem): void {
  files.makeDirectory('/bin', { parents: true })
  files.makeDirectory('/usr/bin', { parents: true })
  const applets = new Map<string, Program>(
    Object.entries<UserlandProgram>(catalog)
      .filter(([name]) => !NOT_IN_BUSYBOX.includes(name))
      .map(([name, program]) => [name, inUserland('busybox', program)]),
  )
  for (const [name, program] of applets) files.install(`/bin/${name}`, program)
  files.install('/bin/busybox', multicall(applets))
  files.install('/usr/bin/env', applets.get('env')!)
}

/** `busybox APPLET ARGS`, or what it is. */
function multicall(applets: ReadonlyMap<string, Program>): Program {
  return function* (process) {
    const [, name, ...args] = process.argv
    const names = [...new Set([...applets.keys(), 'sh', 'ash', 'busybox'])].sort()
    if (name === '--list') {
      yield* process.print(names.map((each) => `${each}\n`).join(''))
      return 0
    }
    if (name === undefined || name === '--help') {
      yield* process.print(
        `${BUSYBOX_BANNER}\nUsage: busybox [function [arguments]...]\n   or: busybox --list\n   or: function [arguments]...\n\nCurrently defined functions:\n${wrapped(names)}\n`,
      )
      return 0
    }
    const program = applets.get(name) ?? process.machine.programAt(`/bin/${name}`)
    if (!program) {
      yield* process.printError(`${name}: applet not found\n`)
      return 127
    }
    return yield* process.exec(program, [name, ...args])
  }
}

function wrapped(names: readonly string[]): string {
  let text = ''
  let line = '\t'
  for (const [index, name] of names.entries()) {
    const word = index < names.length - 1 ? `${name}, ` : name
    if (line.length + word.length > 72) {
      text += `${line.trimEnd()}\n`
      line = '\t'
    }
    line += word
  }
  return `${text}${line}\n`
}
