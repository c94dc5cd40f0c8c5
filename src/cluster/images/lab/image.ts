import type { Program } from '../../../os/index.ts'
import { image } from '../image.ts'
import { busyboxUserland } from '../userland.ts'
import { follow, keepAlive, load } from './clients.ts'
import { FlagError, Flags, type Command } from './command.ts'
import { hasty, leak, slowStart, stream, stubborn, tcpEcho, udpEcho } from './servers.ts'

const COMMANDS: Readonly<Record<string, Command>> = {
  'tcp-echo': tcpEcho,
  'udp-echo': udpEcho,
  'slow-start': slowStart,
  stubborn,
  hasty,
  leak,
  stream,
  'keep-alive': keepAlive,
  follow,
  load,
}

const HELP = `Servers and clients that behave badly, or count.\n\nUsage: lab COMMAND [FLAGS]\n\n${Object.entries(
  COMMANDS,
)
  .map(([name, { usage, about }]) => `  ${`${name} ${usage}`.padEnd(54)} ${about}\n`)
  .join('')}`

const lab: Program = function* (process) {
  const [, name = 'help', ...args] = process.argv
  const command = COMMANDS[name]
  if (!command) {
    yield* process.print(HELP)
    return name === 'help' || name === '--help' ? 0 : 1
  }
  try {
    return yield* command.run(process, new Flags(args))
  } catch (error) {
    if (!(error instanceof FlagError)) throw error
    yield* process.printError(`lab ${name}: ${error.message}\nUsage: lab ${name} ${command.usage}\n`)
    return 1
  }
}

/** What no namesake exists for: the troubles of real programs, each by itself. */
export const labImages = [
  image({
    name: 'docker.io/tabernetes/lab',
    tags: ['1', 'latest'],
    sizeBytes: 2_412_544,
    entrypoint: ['/bin/lab'],
    cmd: ['help'],
    userland: busyboxUserland,
    programs: { '/bin/lab': lab },
  }),
]
