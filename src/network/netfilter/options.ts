/** What `iptables` prints when it does not understand its arguments. `exitCode` 2 is followed by a hint at `--help`. */
export class IptablesError extends Error {
  readonly exitCode: number
  /** False: printed as `iptables: message`, without the version. */
  readonly versioned: boolean
  constructor(message: string, exitCode = 2, versioned = true) {
    super(message)
    this.exitCode = exitCode
    this.versioned = versioned
  }
}

/** What an option of an extension does with its argument: it adds to a draft, which `finish` turns into the match. */
export interface Option<Draft> {
  /** Whether a word follows, or two, which come with a blank between them. */
  readonly takes: boolean | 2
  read(draft: Draft, value: string, not: boolean): void
}

/** A match or target module: its options, its printed form, its meaning; one file (or entry) says everything. */
export interface Extension<T> {
  readonly name: string
  /** By name, with aliases under the same option. */
  readonly options: Readonly<Record<string, Option<never>>>
  start(): unknown
  finish(draft: never): T
  /** The options as `iptables-save` prints them. */
  save(value: T): string
  /** As `iptables -L` tells it; `numeric` is `-n`. */
  list(value: T, numeric: boolean): string
}

export const flag = <Draft>(read: (draft: Draft, not: boolean) => void): Option<Draft> => ({
  takes: false,
  read: (draft, _value, not) => read(draft, not),
})

export const argument = <Draft>(
  read: (draft: Draft, value: string, not: boolean) => void,
): Option<Draft> => ({ takes: true, read })

export const twoArguments = <Draft>(
  read: (draft: Draft, value: string, not: boolean) => void,
): Option<Draft> => ({ takes: 2, read })

/** `0x4000`, `0x4000/0x4000` or decimal; without a mask all bits count. @throws IptablesError */
export function parseMarkMask(
  text: string,
  option: { readonly module: string; readonly name: string },
): { value: number; mask: number } {
  const [value, mask, rest] = text.split('/')
  const number = (word: string | undefined) =>
    word !== undefined && /^(0x[0-9a-f]+|\d+)$/i.test(word) ? Number(word) : NaN
  const parsed = { value: number(value), mask: mask === undefined ? ALL_BITS : number(mask) }
  if (!(parsed.value <= ALL_BITS) || !(parsed.mask <= ALL_BITS) || rest !== undefined) {
    throw new IptablesError(
      `${option.module}: bad integer value for option "${option.name}", or out of range.\n`,
    )
  }
  return parsed
}

export const ALL_BITS = 0xffffffff

export const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`

/** Words of anything but letters, digits, `-` and `_` stand in double quotes, as `iptables-save` has them. */
export function quote(text: string): string {
  return /^[\w-]+$/.test(text) ? text : `"${text.replace(/["'\\]/g, '\\$&')}"`
}

/** Ports by number or by the names of `/etc/services` that one meets. @throws IptablesError */
export function parsePort(text: string): number {
  const named = SERVICES[text]
  if (named !== undefined) return named
  const port = /^\d+$/.test(text) ? Number(text) : NaN
  if (!(port <= 65535)) throw new IptablesError(`invalid port/service \`${text}' specified`)
  return port
}

/** The name of a port as `iptables -L` without `-n` prints it. */
export const portName = (port: number, numeric: boolean): string =>
  (numeric ? undefined : Object.entries(SERVICES).find(([, number]) => number === port)?.[0]) ?? String(port)

/** An excerpt of `/etc/services`, first name of each port first. */
const SERVICES: Readonly<Record<string, number>> = {
  tcpmux: 1,
  echo: 7,
  discard: 9,
  'ftp-data': 20,
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  tftp: 69,
  http: 80,
  pop3: 110,
  ntp: 123,
  imap2: 143,
  snmp: 161,
  ldap: 389,
  https: 443,
  submission: 587,
  imaps: 993,
  pop3s: 995,
  mysql: 3306,
  postgresql: 5432,
  amqp: 5672,
  redis: 6379,
  'http-alt': 8080,
}
