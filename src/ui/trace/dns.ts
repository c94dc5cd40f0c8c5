/** What DNS messages among the packets say, and which of them led to a connection. */
import type { Flow } from '../state/trace.svelte.ts'
import { tupleOf, type PacketStory } from '../../network/story.ts'

interface Message {
  readonly response: boolean
  readonly rcode: string
  readonly question: readonly { readonly name: string; readonly type: string }[]
  readonly answers: readonly {
    readonly type: string
    readonly address?: string
    readonly target?: string
  }[]
}

/** A question that was answered on the way to a connection. */
export interface DnsStep {
  readonly flow: number
  readonly atMs: number
  readonly text: string
}

/** Answers older than this had nothing to do with the connection: no resolver here remembers them. */
const RECENT_MS = 10_000

function messageOf({ payload }: PacketStory): Message | undefined {
  const isMessage = typeof payload === 'object' && payload !== null && 'question' in payload
  return isMessage ? (payload as Message) : undefined
}

/** `A web.default.svc.cluster.local?`, `A web... → 10.96.0.20`, `A web... NXDOMAIN`; undefined when it is no DNS. */
export function describeDns(story: PacketStory): string | undefined {
  const message = messageOf(story)
  const [question] = message?.question ?? []
  if (!message || !question) return undefined
  const asked = `${question.type} ${question.name.replace(/\.$/, '')}`
  if (!message.response) return `${asked}?`
  if (message.rcode !== 'NOERROR') return `${asked}: ${message.rcode}`
  const found = message.answers.map(({ address, target, type }) => address ?? target ?? type)
  return found.length > 0 ? `${asked} → ${found.join(', ')}` : `${asked}: no such record`
}

/**
 * The answers that its sender got for the address it then spoke to, those to the names it tried before included: a
 * resolver appends one search domain after the other to what was typed.
 */
export function dnsStepsBefore(connection: Flow, flows: readonly Flow[]): DnsStep[] {
  const { atMs, story } = connection.packets[0]!
  const { host, before } = story.hops[0]!
  const address = tupleOf(before).to.replace(/:\d+$/, '')
  const answers = flows
    .flatMap((flow) => flow.packets.map((packet) => ({ flow: flow.id, ...packet })))
    .filter((one) => one.atMs <= atMs && one.atMs > atMs - RECENT_MS)
    .filter((one) => one.story.hops.at(-1)!.host === host && messageOf(one.story)?.response)
    .sort((a, b) => a.atMs - b.atMs)
  const last = answers.findLast((one) =>
    messageOf(one.story)!.answers.some((record) => record.address === address),
  )
  if (!last) return []
  const typed = firstLabel(last.story)
  return answers
    .filter((one) => firstLabel(one.story) === typed)
    .map((one) => ({ flow: one.flow, atMs: one.atMs, text: describeDns(one.story)! }))
}

const firstLabel = (story: PacketStory) => messageOf(story)?.question[0]?.name.split('.')[0]
