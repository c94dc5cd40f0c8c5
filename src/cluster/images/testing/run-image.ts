import { Network, type Host } from '../../../network/index.ts'
import { createFileSystem, createMachine, SystemError, type FileSystem } from '../../../os/index.ts'
import { Simulation } from '../../../sim/index.ts'
import type { Image } from '../image.ts'

export interface RunningImage {
  readonly simulation: Simulation
  readonly client: Host
  readonly files: FileSystem
  readonly output: () => string
  readonly exit: () => number | undefined
  kill(signal: 'SIGTERM' | 'SIGQUIT' | 'SIGHUP'): void
  /** The whole answer, or the error of the connection. */
  get(
    path: string,
    options?: { readonly host?: string; readonly method?: string; readonly port?: number },
  ): string
  /** Runs a program beside process 1 and gives what it prints. */
  exec(...argv: string[]): string
}

/** Runs an image without a cluster: `server` at 10.0.0.1, a client at 10.0.0.2, some files put in beforehand. */
export function runImage(
  image: Image,
  options: { readonly argv?: readonly string[]; readonly files?: Readonly<Record<string, string>> } = {},
): RunningImage {
  const simulation = new Simulation({ seed: 1 })
  const network = new Network(simulation)
  const link = network.addSegment('link')
  const server = network.addHost('server')
  const client = network.addHost('client')
  link.attach(server, 'eth0', '10.0.0.1/24')
  link.attach(client, 'eth0', '10.0.0.2/24')
  const files = createFileSystem(image.rootFileSystem())
  files.write('/etc/hosts', '127.0.0.1\tlocalhost\n10.0.0.1\tserver\n10.0.0.2\tbackend\n')
  for (const [path, text] of Object.entries(options.files ?? {})) files.write(path, text)
  const machine = createMachine({
    hostname: 'server',
    simulation,
    files,
    network: server.sockets,
    libc: image.libc,
  })
  const collect = (write: (text: string) => void) => ({
    *read() {
      return null
    },
    *write(text: string) {
      write(text)
    },
    close() {},
  })
  let output = ''
  let exit: number | undefined
  const file = collect((text) => (output += text))
  const argv = options.argv ?? [...image.entrypoint, ...image.cmd]
  const env = new Map([
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ...Object.entries(image.env),
  ])
  const find = (command: string) =>
    command.startsWith('/')
      ? command
      : env
          .get('PATH')!
          .split(':')
          .map((directory) => `${directory}/${command}`)
          .find((path) => machine.programAt(path))!
  const start = (words: readonly string[], out: typeof file, onExit: (code: number) => void) =>
    machine.kernel.start(machine.programAt(find(words[0]!))!, {
      argv: words,
      env,
      files: new Map([
        [1, out],
        [2, out],
      ]),
      onExit: ({ code }) => onExit(code),
    })
  start(argv, file, (code) => (exit = code))
  simulation.runFor(500)
  return {
    simulation,
    client,
    files,
    output: () => output,
    exit: () => exit,
    kill(signal) {
      try {
        machine.kernel.kill(1, signal)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
      }
      simulation.runFor(1)
    },
    get(path, { host = 'server', method = 'GET', port = 80 } = {}) {
      let text = ''
      const connection = client.sockets.connectTcp(
        { address: '10.0.0.1', port },
        {
          connected: () =>
            connection.send(
              `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: test\r\nConnection: close\r\n\r\n`,
            ),
          data: (more) => (text += more),
          error: (error) => (text = error),
        },
      )
      simulation.runFor(1000)
      return text
    },
    exec(...words) {
      let text = ''
      start(
        words,
        collect((more) => (text += more)),
        () => {},
      )
      simulation.runFor(1000)
      return text
    },
  }
}
