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
  /** A message as the shell prints it: its name, and where that is known the line, in front. */
  readonly errorPrefix: (place: Place, message: string) => string
}

/** Where a shell is when it has to complain. */
interface Place {
  readonly name: string
  readonly line: number
  readonly from: SourceKind
  readonly functionDepth: number
  readonly builtin: string | undefined
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
  errorPrefix: ({ name, line, from, functionDepth }, message) => {
    if (from === 'interactive') return `${name}: ${message}`
    // Functions that came with -c have no file: bash says that they are of the environment.
    return `${functionDepth > 0 && from === 'command' ? 'environment' : name}: line ${line}: ${message}`
  },
}

export const ASH: Personality = {
  kind: 'ash',
  name: 'sh',
  prompt: '\\w \\$ ',
  braceExpansion: false,
  commandNotFound: (command) => `${command}: not found`,
  version: undefined,
  historyFile: '.ash_history',
  errorPrefix: ({ name, line, from, builtin }, message) => {
    if (from === 'interactive') return `${name}: ${message}`
    const own = builtin !== undefined && message.startsWith(`${builtin}: `) ? `${builtin}: ` : ''
    const numbered = from === 'file' || (from === 'stdin' && own !== '')
    const where = numbered ? `line ${line}: ` : own === '' ? '' : 'line 0: '
    return `${name}: ${own}${where}${message.slice(own.length)}`
  },
}
