/** Which shell an interpreter is: what it is called, what it says, and what it leaves out. */
export interface Personality {
  readonly kind: 'bash' | 'ash'
  /** `$0` when nobody says otherwise. */
  readonly name: string
  /** PS1 when nobody says otherwise (bash: what Debian's /etc/bash.bashrc sets). */
  readonly prompt: string
  readonly braceExpansion: boolean
  readonly commandNotFound: (command: string) => string
  readonly version: string | undefined
  readonly historyFile: string
  readonly errorPrefix: (name: string, line: number, from: SourceKind) => string
}

/** Where a shell's commands come from. */
export type SourceKind = 'interactive' | 'command' | 'file' | 'stdin'

export const BASH: Personality = {
  kind: 'bash',
  name: 'bash',
  prompt: '\\u@\\h:\\w\\$ ',
  braceExpansion: true,
  commandNotFound: (command) => `${command}: command not found`,
  version: '5.2.15(1)-release',
  historyFile: '.bash_history',
  errorPrefix: (name, line, from) => (from === 'interactive' ? `${name}: ` : `${name}: line ${line}: `),
}

export const ASH: Personality = {
  kind: 'ash',
  name: 'sh',
  prompt: '\\w \\$ ',
  braceExpansion: false,
  commandNotFound: (command) => `${command}: not found`,
  version: undefined,
  historyFile: '.ash_history',
  errorPrefix: (name, line, from) => (from === 'file' ? `${name}: line ${line}: ` : `${name}: `),
}
