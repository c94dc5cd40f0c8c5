import type { Builtin } from './builtin.ts'
import { alias, unalias } from './alias.ts'
import {
  breakLoop,
  colon,
  continueLoop,
  evaluate,
  exec,
  exit,
  falsehood,
  returnFrom,
  source,
  truth,
} from './control.ts'
import { cd, pwd } from './directory.ts'
import { echo, printf } from './echo.ts'
import { getopts, letArithmetic, shift } from './arguments.ts'
import { history } from './history.ts'
import { background, disown, foreground, jobs, kill, waitForJobs } from './jobs.ts'
import { builtin, command, hash, type } from './lookup.ts'
import { mapfile, read } from './read.ts'
import { set, shopt } from './set.ts'
import { bracket, test } from './test.ts'
import { trap } from './trap.ts'
import { ulimit, umask } from './limits.ts'
import { declare, exportVariables, local, readonlyVariables, unset } from './variables.ts'

/** Every builtin by its name. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', { run: colon, special: true }],
  ['.', { run: source, special: true }],
  ['[', { run: bracket }],
  ['alias', { run: alias }],
  ['bg', { run: background }],
  ['break', { run: breakLoop, special: true }],
  ['builtin', { run: builtin, only: 'bash' }],
  ['cd', { run: cd }],
  ['command', { run: command }],
  ['continue', { run: continueLoop, special: true }],
  ['declare', { run: declare, only: 'bash' }],
  ['disown', { run: disown, only: 'bash' }],
  ['echo', { run: echo }],
  ['eval', { run: evaluate, special: true }],
  ['exec', { run: exec, special: true, keepsRedirections: true }],
  ['exit', { run: exit, special: true }],
  ['export', { run: exportVariables, special: true }],
  ['false', { run: falsehood }],
  ['fg', { run: foreground }],
  ['getopts', { run: getopts }],
  ['hash', { run: hash }],
  ['history', { run: history }],
  ['jobs', { run: jobs }],
  ['kill', { run: kill }],
  ['let', { run: letArithmetic }],
  ['local', { run: local }],
  ['mapfile', { run: mapfile, only: 'bash' }],
  ['printf', { run: printf }],
  ['pwd', { run: pwd }],
  ['read', { run: read }],
  ['readarray', { run: mapfile, only: 'bash' }],
  ['readonly', { run: readonlyVariables, special: true }],
  ['return', { run: returnFrom, special: true }],
  ['set', { run: set, special: true }],
  ['shift', { run: shift, special: true }],
  ['shopt', { run: shopt, only: 'bash' }],
  ['source', { run: source, special: true }],
  ['test', { run: test }],
  ['trap', { run: trap, special: true }],
  ['true', { run: truth }],
  ['type', { run: type }],
  ['typeset', { run: declare, only: 'bash' }],
  ['ulimit', { run: ulimit }],
  ['umask', { run: umask }],
  ['unalias', { run: unalias }],
  ['unset', { run: unset, special: true }],
  ['wait', { run: waitForJobs }],
])
