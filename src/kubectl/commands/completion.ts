import { command } from '../command.ts'
import { CommandError, UsageError } from '../errors.ts'

const SHELLS = ['bash', 'fish', 'powershell', 'zsh']

export const completion = command({
  name: 'completion',
  group: 'Settings Commands',
  short: 'Print completion code for a shell',
  long: 'Prints what a shell sources so that Tab completes kubectl. The shell of this machine knows kubectl already, so sourcing it changes nothing.',
  examples: ['source <(kubectl completion bash)'],
  usage: 'SHELL [options]',
  *completeArgs() {
    return SHELLS
  },
  *run(context) {
    const [shell, ...more] = context.args
    if (shell === undefined) throw new UsageError('Shell not specified.')
    if (more.length > 0) throw new UsageError('Too many arguments. Expected only the shell type.')
    if (!SHELLS.includes(shell)) throw new UsageError(`Unsupported shell type "${shell}".`)
    if (shell !== 'bash') throw new CommandError(`kubectl completion ${shell}: this machine has bash alone`)
    yield* context.printLine('# Tab completes kubectl in this shell already.')
  },
})
