import type { Process } from '../../../process.ts'
import { globToRegex } from '../../glob.ts'

/** A command line of ssh(1), completed from ~/.ssh/config. */
export interface Invocation {
  readonly host: string
  readonly user: string
  readonly port: number
  readonly command: string | undefined
  /** `-T`, `-t`, `-tt`; undefined: as it suits. */
  readonly terminal: 'never' | 'wanted' | 'force' | undefined
  readonly noInput: boolean
  readonly quiet: boolean
  /** `ConnectTimeout`. */
  readonly timeoutMs: number | undefined
}

export class UsageError extends Error {}

const VERSION = 'OpenSSH_9.2p1 Debian-2+deb12u7, OpenSSL 3.0.17 1 Jul 2025\n'

const USAGE = `usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface] [-b bind_address]
           [-c cipher_spec] [-D [bind_address:]port] [-E log_file]
           [-e escape_char] [-F configfile] [-I pkcs11] [-i identity_file]
           [-J destination] [-L address] [-l login_name] [-m mac_spec]
           [-O ctl_cmd] [-o option] [-p port] [-Q query_option]
           [-R address] [-S ctl_path] [-W host:port] [-w local_tun[:remote_tun]]
           destination [command [argument ...]]
`

const WITH_VALUE = 'loipFce'
const WITHOUT_VALUE = '46ACTqtnvxX'

/** @returns what `-V` prints, where it was asked. @throws UsageError */
export function readInvocation(process: Process): Invocation | string {
  const words = process.argv.slice(1)
  const given: Record<string, string> = {}
  const flags: string[] = []
  let destination: string | undefined
  while (words.length > 0) {
    const word = words[0]!
    if (destination !== undefined && !/^-./.test(word)) break
    words.shift()
    if (word === '--') break
    if (/^-./.test(word)) readOptions(word.slice(1), words, flags, given)
    else destination = word
  }
  if (flags.includes('V')) return VERSION
  destination ??= words.shift()
  if (destination === undefined) throw new UsageError(USAGE)
  const [, login, name = ''] = /^(?:ssh:\/\/)?(?:(.*)@)?(.*)$/.exec(destination)!
  const settings = { ...configFor(process, name), ...given }
  const seconds = Number(settings['connecttimeout'])
  const wanted = flags.filter((flag) => flag === 't').length
  return {
    host: settings['hostname'] ?? name,
    user: login ?? settings['user'] ?? process.env.get('USER') ?? 'root',
    port: portOf(settings['port']),
    command: words.length > 0 ? words.join(' ') : undefined,
    terminal: flags.includes('T') ? 'never' : wanted > 1 ? 'force' : wanted === 1 ? 'wanted' : undefined,
    noInput: flags.includes('n'),
    quiet: flags.includes('q'),
    timeoutMs: seconds > 0 ? seconds * 1000 : undefined,
  }
}

/** One word of options: `-tt`, `-lroot`, `-o Key=value`. Settings come out by the names of ssh_config(5), in lower case. */
function readOptions(letters: string, words: string[], flags: string[], given: Record<string, string>): void {
  for (let index = 0; index < letters.length; index++) {
    const letter = letters[index]!
    if (WITHOUT_VALUE.includes(letter) || letter === 'V') {
      flags.push(letter)
      continue
    }
    if (!WITH_VALUE.includes(letter)) throw new UsageError(`unknown option -- ${letter}\n${USAGE}`)
    const value = letters.slice(index + 1) || words.shift()
    if (value === undefined) throw new UsageError(`option requires an argument -- ${letter}\n${USAGE}`)
    if (letter === 'l') given['user'] = value
    else if (letter === 'p') given['port'] = value
    else if (letter === 'o') {
      const [, key, setting] = /^(\w+)\s*[=\s]\s*(.*)$/.exec(value) ?? []
      if (key === undefined)
        throw new UsageError(`command-line: line 0: Bad configuration option: ${value}\n`)
      given[key.toLowerCase()] = setting!
    }
    return
  }
}

function portOf(text = '22'): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new UsageError(`Bad port '${text}'\n`)
  return port
}

/** What ~/.ssh/config says of a host: the first value of each keyword counts. */
function configFor(process: Process, host: string): Record<string, string> {
  const path = `${process.env.get('HOME') ?? '/root'}/.ssh/config`
  if (process.machine.files.stat(path)?.type !== 'file') return {}
  const settings: Record<string, string> = {}
  let applies = true
  for (const line of process.machine.files.read(path).split('\n')) {
    const [, key = '', value = ''] = /^\s*(\w+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line) ?? []
    if (key.toLowerCase() === 'host')
      applies = value.split(/\s+/).some((pattern) => globToRegex(pattern, {}).test(host))
    else if (applies && key !== '') settings[key.toLowerCase()] ??= value
  }
  return settings
}
