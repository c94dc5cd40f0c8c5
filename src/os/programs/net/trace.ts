import {
  contentOf,
  flowKeysOf,
  isDelivered,
  isStory,
  rewriteOf,
  tupleOf,
  type Hop,
  type PacketStory,
} from '../../../network/story.ts'
import type { DnsMessage } from '../../net/dns.ts'
import { SystemError, type Blocking, type Process } from '../../process.ts'
import { runCommand } from '../run.ts'
import { tool, ToolExit, type Tool } from '../tool.ts'

/** The packets of one connection, as its opener addressed them, and the answers to them. */
interface Flow {
  readonly key: string
  readonly beganMs: number
  readonly first: PacketStory
  there: number
  back: number
  /** What the first answer was: `SYN,ACK`, `RST`. */
  answer: string
  /** Lines of what was sent and what came: names asked for, the first lines of HTTP messages. */
  readonly said: string[]
  /** How packets of it ended that did not arrive, and how many. */
  readonly lost: Map<string, number>
  lastMs: number
}

/**
 * trace: runs a command and tells what became of the packets that went out meanwhile, hop by hop. No such program exists
 * outside of here: on a real cluster one pieces this together from tcpdump on each host, iptables and conntrack.
 */
export const trace = tool({
  name: 'trace',
  usage: '[-f HOST] COMMAND [ARGS]',
  about:
    'Runs a command and shows the way of every connection that begins meanwhile: hosts, rules, translations.\n-f HOST  only those that begin at this host: laptop, a node, a Pod as NAMESPACE/NAME',
  usageCode: 2,
  short: '+f:',
  long: { from: 'f:' },
  *run(tool) {
    const { process, operands, options } = tool
    if (operands.length === 0) tool.usageError('missing command')
    const flows = new Map<string, Flow>()
    const from = hostName(options.get('f'))
    const stop = process.machine.simulation.trace.subscribe(
      ({ data }) => {
        if (isStory(data)) file(flows, data, process.now(), from)
      },
      ['packet'],
    )
    let code: number
    try {
      code = (yield* run(process, operands)) ?? 0
      // What the last packets were the answer to is on its way still.
      yield* process.sleep(20)
    } finally {
      stop()
    }
    yield* report(tool, [...flows.values()])
    return code
  },
})

/** A Pod without a namespace is one of `default`. */
const hostName = (name: string | undefined): string | undefined => name?.replace(/^pod\//, 'default/')

function* run(process: Process, argv: readonly string[]): Blocking<number> {
  try {
    return (yield* runCommand(process, argv)).code
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    throw new ToolExit(
      127,
      `trace: ${argv[0]}: ${error.code === 'ENOENT' ? 'command not found' : error.message}\n`,
    )
  }
}

function file(flows: Map<string, Flow>, story: PacketStory, nowMs: number, from: string | undefined): void {
  const { forward, reverse } = flowKeysOf(story)
  const answered = flows.get(reverse)
  const flow = flows.get(forward) ?? answered ?? open(flows, forward, story, from)
  if (!flow) return
  if (flow === answered && forward !== flow.key) {
    if (flow.back++ === 0) flow.answer = tupleOf(story.hops[0]!.before).detail
    note(flow, 'got ', story)
  } else {
    flow.there++
    note(flow, 'sent ', story)
  }
  flow.lastMs = nowMs
  if (!isDelivered(story)) flow.lost.set(story.outcome, (flow.lost.get(story.outcome) ?? 0) + 1)
}

function note(flow: Flow, verb: string, story: PacketStory): void {
  const text = saidIn(story)
  if (text !== '' && flow.said.length < MOST_SAID) flow.said.push(verb + text)
}

const MOST_SAID = 8

function saidIn(story: PacketStory): string {
  const { payload } = story
  if (typeof payload !== 'object' || payload === null || !('question' in payload)) return contentOf(story)
  const { question, answers, response, rcode } = payload as DnsMessage
  if (!response) return question.map(({ name, type }) => `${type} ${name}`).join(', ')
  const found = answers.flatMap((record) => ('address' in record ? [record.address] : []))
  return found.length > 0 ? found.join(', ') : rcode
}

/** A connection begins with a SYN, a datagram or an echo request; packets of others were under way before. */
function open(
  flows: Map<string, Flow>,
  key: string,
  story: PacketStory,
  from: string | undefined,
): Flow | undefined {
  const [first] = story.hops
  const { protocol, detail } = tupleOf(first!.before)
  const begins = protocol === 'tcp' ? detail === 'SYN' : !/reply|unreachable|exceeded/.test(detail)
  const isAsked =
    from === undefined ? first!.host !== 'router' : [from, `default/${from}`].includes(first!.host)
  if (!begins || !isAsked) return undefined
  const flow = {
    key,
    beganMs: first!.atMs,
    first: story,
    there: 0,
    back: 0,
    answer: '',
    said: [],
    lost: new Map(),
    lastMs: first!.atMs,
  }
  flows.set(key, flow)
  return flow
}

function* report(tool: Tool, flows: readonly Flow[]): Blocking<void> {
  if (flows.length === 0) return yield* tool.process.printError('trace: no connection began meanwhile\n')
  const startMs = Math.min(...flows.map(({ beganMs }) => beganMs))
  const text = flows.map((flow) => describe(flow, startMs)).join('\n')
  // Beside what the command printed, not among it.
  yield* tool.process.printError(`\n${text}`)
}

/** Longer names of hosts stand on a line of their own. */
const NAME_WIDTH = 14

function describe(flow: Flow, startMs: number): string {
  const { protocol, from, to } = tupleOf(flow.first.hops[0]!.before)
  const lines = [`${protocol} ${from} → ${to}, after ${milliseconds(flow.beganMs - startMs)}`]
  let host = ''
  for (const hop of flow.first.hops) {
    const name = hop.host === host ? '' : hop.host
    host = hop.host
    if (name.length > NAME_WIDTH) lines.push(`  ${name}`)
    lines.push(`  ${(name.length > NAME_WIDTH ? '' : name).padEnd(NAME_WIDTH)} ${stageOf(hop)}`)
    for (const { table, chain, line, rule } of hop.rules)
      lines.push(`  ${''.padEnd(NAME_WIDTH)}   ${table} ${chain} ${line}: ${rule}`)
    const rewrite = rewriteOf(hop)
    if (rewrite !== '') lines.push(`  ${''.padEnd(NAME_WIDTH)}   ${rewrite}`)
  }
  lines.push(`  ${''.padEnd(NAME_WIDTH)} ${flow.first.outcome}`)
  const packets = (count: number) => `${count} packet${count === 1 ? '' : 's'}`
  const took = milliseconds(flow.lastMs - flow.beganMs)
  const answer = flow.answer ? `, answered with ${flow.answer}` : ''
  lines.push(`  in all ${packets(flow.there)} there and ${packets(flow.back)} back${answer}, within ${took}`)
  for (const line of flow.said) lines.push(`  ${line}`)
  for (const [outcome, count] of flow.lost) lines.push(`  ${packets(count)}: ${outcome}`)
  return `${lines.join('\n')}\n`
}

function stageOf({ stage, in: entered, out, conntrack }: Hop): string {
  const through = [
    ...(entered ? [`in ${entered}`] : []),
    ...(out ? [`out ${out}`] : []),
    ...(conntrack ? [`conntrack ${conntrack}`] : []),
  ].join(', ')
  return through ? `${stage} (${through})` : stage
}

const milliseconds = (ms: number): string => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`
