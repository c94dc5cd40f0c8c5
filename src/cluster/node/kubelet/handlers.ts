import type { ExecAction, HTTPGetAction, SleepAction, TCPSocketAction } from '../../../api/generated/types.ts'
import { wait, type Blocking } from '../../../os/index.ts'
import { ExecutableError } from '../container-runtime/index.ts'
import type { ContainerRecord } from './container-record.ts'
import { httpGet, tcpConnect } from './http-get.ts'
import { LATENCIES } from './latencies.ts'
import type { PodState } from './pod-state.ts'
import { sleep } from './task.ts'

/** What a probe or a lifecycle hook can do. */
export interface Handler {
  readonly exec?: ExecAction
  readonly httpGet?: HTTPGetAction
  readonly tcpSocket?: TCPSocketAction
  readonly sleep?: SleepAction
}

/** `unknown`: it could not be carried out at all. */
export interface HandlerOutcome {
  readonly result: 'success' | 'failure' | 'unknown'
  readonly output: string
}

const success: HandlerOutcome = { result: 'success', output: '' }

/** Carries out one handler for a running container, from the node's side of the network. */
export function* runHandler(
  handler: Handler,
  state: PodState,
  record: ContainerRecord,
  timeoutMs: number,
): Blocking<HandlerOutcome> {
  const { node } = state
  if (handler.exec) return yield* runExec(handler.exec.command ?? [], state, record, timeoutMs)
  if (handler.sleep) {
    yield* sleep(node.simulation, Math.min(handler.sleep.seconds * 1000, timeoutMs))
    return success
  }
  const action = handler.httpGet ?? handler.tcpSocket
  if (!action) return success
  const port = portNumber(action.port, record)
  if (port === undefined)
    return { result: 'unknown', output: `strconv.Atoi: parsing "${action.port}": invalid syntax` }
  const address = action.host || state.podIP || ''
  if (handler.tcpSocket) {
    const error = yield* tcpConnect(node.sockets, node.simulation, address, port, timeoutMs)
    return error === undefined ? success : { result: 'failure', output: error }
  }
  const { path = '/', scheme = 'HTTP', httpHeaders = [] } = handler.httpGet!
  const outcome = yield* httpGet(
    node.sockets,
    node.simulation,
    { address, port, path, scheme, headers: httpHeaders },
    timeoutMs,
  )
  if ('error' in outcome) return { result: 'failure', output: outcome.error }
  if (outcome.status >= 200 && outcome.status < 400) return success
  return { result: 'failure', output: `HTTP probe failed with statuscode: ${outcome.status}` }
}

function portNumber(port: number | string, { spec }: ContainerRecord): number | undefined {
  if (typeof port === 'number') return port
  const named = spec.ports?.find(({ name }) => name === port)?.containerPort
  return named ?? (/^\d+$/.test(port) ? Number(port) : undefined)
}

function* runExec(
  argv: readonly string[],
  state: PodState,
  record: ContainerRecord,
  timeoutMs: number,
): Blocking<HandlerOutcome> {
  const { runtime, simulation } = state.node
  yield* state.delay(LATENCIES.execStart)
  const container = record.current
  if (!container || container.state !== 'running')
    return { result: 'unknown', output: 'container is not running' }
  return yield* wait<HandlerOutcome>((resume) => {
    let output = ''
    const finish = (outcome: HandlerOutcome) => {
      timer.cancel()
      resume(outcome)
    }
    const timer = simulation.schedule(timeoutMs, () => {
      const command = argv.join(' ')
      resume({
        result: 'failure',
        output: `command timed out: "${command}" timed out after ${timeoutMs / 1000}s`,
      })
      execution?.kill()
    })
    let execution: ReturnType<typeof runtime.exec> | undefined
    try {
      execution = runtime.exec(container, {
        argv,
        tty: false,
        stdin: false,
        output: (_stream, text) => (output += text),
        exited: ({ code }) => finish(code === 0 ? success : { result: 'failure', output }),
      })
    } catch (error) {
      if (!(error instanceof ExecutableError)) throw error
      finish({ result: 'unknown', output: `rpc error: code = Unknown desc = ${error.message}` })
    }
    return () => {
      timer.cancel()
      execution?.kill()
    }
  })
}
