import { getaddrinfo, resolveErrorText } from '../../net/resolver.ts'
import { bindUdp, connect, listen, type DatagramSocket, type Socket } from '../../net/sockets.ts'
import { withThreads } from '../../net/threads.ts'
import { SystemError, type Blocking } from '../../process.ts'
import { utf8Length } from '../../../encoding/utf8.ts'
import { filesWith, runCommand } from '../run.ts'
import { tool, ToolExit, type Tool } from '../tool.ts'

const OPENBSD_USAGE = `usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
	  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
	  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
	  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
	  [destination] [port]
`

const SERVICES: Readonly<Record<number, string>> = {
  22: 'ssh',
  25: 'smtp',
  53: 'domain',
  80: 'http',
  443: 'https',
  8080: 'http-alt',
}

/** netcat: OpenBSD's, as Debian has it, and busybox's. */
export const nc = tool({
  name: 'nc',
  usage: '[-iN] [-wN] [-l] [-p PORT] [-f FILE|IPADDR PORT] [-e PROG]',
  about: 'Open a pipe to IP:PORT or FILE',
  short: 'zvw:lp:ukNnq:46s:d',
  // What comes after -e is the program's.
  busybox: { short: '+lp:w:i:e:vnu' },
  rewrite: (args) => {
    const at = args.indexOf('-e')
    return at < 0 ? args : [...args.slice(0, at), '-e', args.slice(at + 1).join('\u0000')]
  },
  *run(tool: Tool) {
    const { options } = tool
    const operands = [...tool.operands]
    if (options.has('l')) return yield* serve(tool, operands)
    const [name, ports] = operands
    if (name === undefined || ports === undefined) {
      if (tool.busybox) tool.usageError()
      throw new ToolExit(1, OPENBSD_USAGE)
    }
    const found = yield* getaddrinfo(tool.process, name)
    if (!found.ok) {
      tool.fail(
        tool.busybox
          ? `bad address '${name}'`
          : `getaddrinfo for host "${name}" port ${ports}: ${resolveErrorText(tool.process, found.error)}`,
      )
    }
    const address = found.addresses[0]!
    let code = 1
    for (const port of portsOf(tool, ports)) {
      if (
        (yield* options.has('u') ? datagrams(tool, address, port) : stream(tool, name, address, port)) === 0
      )
        code = 0
    }
    return code
  },
})

function portsOf(tool: Tool, text: string): number[] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text)
  const [first, last] = [Number(match?.[1] ?? NaN), Number(match?.[2] ?? match?.[1] ?? NaN)]
  if (!match || first > last || last > 65_535)
    tool.fail(tool.busybox ? `bad port '${text}'` : `port number invalid: ${text}`)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

const waitOption = (tool: Tool): { timeoutMs: number } | undefined =>
  tool.options.has('w') ? { timeoutMs: Number(tool.options.get('w')) * 1000 } : undefined

function* stream(tool: Tool, name: string, address: string, port: number): Blocking<number> {
  const { options, process } = tool
  const shown = name === address ? `${name} port ${port} (tcp)` : `${name} (${address}) port ${port} (tcp)`
  let socket: Socket
  const startedMs = process.now()
  const limit = waitOption(tool)
  try {
    socket = yield* connect(process, address, port, {
      ...limit,
      ...(options.has('p') && { local: { port: Number(options.get('p')) } }),
    })
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    const timedOut =
      error.code === 'ETIMEDOUT' && limit !== undefined && process.now() - startedMs >= limit.timeoutMs
    if (tool.busybox)
      yield* tool.complain(
        timedOut ? 'timed out' : `can't connect to remote host (${address}): ${error.message}`,
      )
    else if (timedOut && options.has('v'))
      yield* tool.complain(`connect to ${shown} timed out: Operation now in progress`)
    else if (!timedOut && (options.has('v') || !options.has('z')))
      yield* tool.complain(`connect to ${shown} failed: ${error.message}`)
    return 1
  }
  if (options.has('v') && !tool.busybox) {
    const peer = name === address ? name : `${name} (${address})`
    yield* process.printError(
      `Connection to ${peer} ${port} port [tcp/${SERVICES[port] ?? '*'}] succeeded!\n`,
    )
  }
  if (options.has('z')) socket.close()
  else yield* relay(tool, socket)
  return 0
}

/** Carries standard input to the peer and the peer's text to standard output, until the peer is done. */
function* relay(tool: Tool, socket: Socket): Blocking<void> {
  const { process, options } = tool
  const program = options.get('e')?.split('\u0000')
  if (program) {
    yield* runCommand(process, program, { files: filesWith(process, { 0: socket, 1: socket, 2: socket }) })
    return socket.close()
  }
  yield* withThreads<void>(function* (start) {
    if (!options.has('d')) start(upload(tool, socket))
    for (;;) {
      const text = yield* receive(tool, socket)
      if (text === null) break
      yield* process.print(text)
    }
  })
  socket.close()
}

function* receive(tool: Tool, socket: Socket): Blocking<string | null> {
  try {
    return yield* socket.read(waitOption(tool)?.timeoutMs)
  } catch (error) {
    if (error instanceof SystemError) return null
    throw error
  }
}

function* upload(tool: Tool, socket: Socket): Blocking<void> {
  const { process, options } = tool
  for (let text = yield* process.read(); text !== null; text = yield* process.read())
    yield* socket.write(text)
  if (tool.busybox || options.has('N')) return socket.shutdown()
  const quit = options.get('q')
  if (quit === undefined || Number(quit) < 0) return
  yield* process.sleep(Number(quit) * 1000)
  socket.close()
}

function* serve(tool: Tool, operands: readonly string[]): Blocking<number> {
  const { options, process } = tool
  const port = Number(options.get('p') ?? operands.at(-1) ?? 0)
  if (options.has('u')) return yield* converse(tool, bindUdp(process, { port }), undefined)
  let listener: ReturnType<typeof listen>
  try {
    listener = listen(process, port, operands.length > 1 ? operands[0] : undefined)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return tool.fail(tool.busybox ? `bind: ${error.message}` : error.message)
  }
  if (options.has('v'))
    yield* process.printError(
      tool.busybox
        ? `listening on 0.0.0.0:${listener.local.port} ...\n`
        : `Listening on 0.0.0.0 ${listener.local.port}\n`,
    )
  do {
    const socket = yield* listener.accept()
    if (options.has('v')) {
      const { address, port: from } = socket.remote
      yield* process.printError(
        tool.busybox
          ? `connect to ${socket.local.address}:${listener.local.port} from ${address}:${from}\n`
          : `Connection received on ${address} ${from}\n`,
      )
    }
    yield* relay(tool, socket)
  } while (options.has('k') || options.count('l') > 1)
  listener.close()
  return 0
}

function* datagrams(tool: Tool, address: string, port: number): Blocking<number> {
  const { options, process } = tool
  const socket = bindUdp(process)
  if (!options.has('z')) return yield* converse(tool, socket, { address, port })
  // Nothing tells that a datagram arrived; only a refusal tells that it did not.
  socket.send({ address, port }, 'X', 1)
  try {
    yield* socket.receive(1000)
  } catch (error) {
    if (error instanceof SystemError) return 1
    throw error
  }
  if (options.has('v'))
    yield* process.printError(
      `Connection to ${address} ${port} port [udp/${SERVICES[port] ?? '*'}] succeeded!\n`,
    )
  return 0
}

function* converse(
  tool: Tool,
  socket: DatagramSocket,
  to: { address: string; port: number } | undefined,
): Blocking<number> {
  const { process } = tool
  let peer = to
  yield* withThreads<void>(function* (start) {
    start(
      (function* () {
        for (let text = yield* process.read(); text !== null; text = yield* process.read()) {
          if (peer) socket.send(peer, text, utf8Length(text))
        }
      })(),
    )
    for (;;) {
      const datagram = yield* socket.receive(waitOption(tool)?.timeoutMs)
      if (!datagram) break
      peer ??= datagram.from
      if (typeof datagram.payload === 'string') yield* process.print(datagram.payload)
    }
  })
  socket.close()
  return 0
}
