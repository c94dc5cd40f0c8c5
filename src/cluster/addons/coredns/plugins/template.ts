import {
  RCODES,
  dnsResponse,
  type QuestionType,
  type Rcode,
  type ResourceRecord,
} from '../../../../os/net/dns.ts'
import type { Directive } from '../corefile.ts'
import { fallsThrough, isBelow, normalise, wrong, wrongArguments, type Plugin } from '../plugin.ts'

/** `template CLASS TYPE [ZONE...] { match REGEX; answer "RR"; rcode CODE; fallthrough }`: answers made from the name. */
export const template: Plugin = {
  name: 'template',
  setUp(directive, { zones }) {
    const [, type, ...own] = directive.args
    if (!type) throw wrongArguments('template', directive)
    const origins = (own.length > 0 ? own : zones).map(normalise)
    const patterns = values(directive, 'match').map(
      (pattern) => new RegExp(pattern.replaceAll('(?P<', '(?<')),
    )
    const rcode = values(directive, 'rcode')[0]?.toUpperCase() as Rcode | undefined
    if (rcode && !RCODES.includes(rcode)) throw wrong('template', directive, `unknown rcode ${rcode}`)
    const fallthrough = directive.block.find(({ name }) => name === 'fallthrough')?.args
    return {
      handle: (next) => (request, reply) => {
        const { question, message } = request
        const name = normalise(question.name)
        const concerned =
          (type === 'ANY' || type === question.type) && origins.some((origin) => isBelow(name, origin))
        const match =
          patterns.length === 0
            ? ([name] as readonly string[])
            : patterns.map((pattern) => pattern.exec(name)).find(Boolean)
        if (!concerned || (!match && fallsThrough(fallthrough, name)) || (!match && !fallthrough))
          return next(request, reply)
        const records = (section: string) =>
          values(directive, section).map((text) =>
            recordOf(fill(text, name, question.type, match ?? []), name),
          )
        const sections = {
          answers: records('answer'),
          authority: records('authority'),
          additional: records('additional'),
        }
        reply(dnsResponse(message, { authoritative: true, ...(rcode && { rcode }), ...sections }))
      },
    }
  },
}

const values = ({ block }: Directive, name: string) =>
  block.filter((each) => each.name === name).map(({ args }) => args.join(' '))

type Match = readonly (string | undefined)[] & { readonly groups?: Readonly<Record<string, string>> }

/** The few forms of Go's template language that records are written with. */
function fill(text: string, name: string, type: QuestionType, match: Match): string {
  return text.replace(/\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    if (expression === '.Name') return name
    if (expression === '.Type') return type
    if (expression === '.Class') return 'IN'
    const index = /^index \.Match (\d+)$/.exec(expression)?.[1]
    if (index !== undefined) return match[Number(index)] ?? ''
    const group = /^\.Group\.(\w+)$/.exec(expression)?.[1]
    return (group && match.groups?.[group]) ?? ''
  })
}

/** `NAME [TTL] [IN] TYPE DATA...`. */
function recordOf(text: string, fallbackName: string): ResourceRecord {
  const words = text.trim().split(/\s+/)
  const name = normalise(words.shift() ?? fallbackName)
  const ttl = /^\d+$/.test(words[0] ?? '') ? Number(words.shift()) : 3600
  if (words[0] === 'IN') words.shift()
  const [type = 'A', ...data] = words
  if (type === 'CNAME' || type === 'PTR' || type === 'NS')
    return { name, ttl, type, target: normalise(data[0] ?? '') }
  if (type === 'TXT') return { name, ttl, type, text: [data.join(' ').replace(/^"|"$/g, '')] }
  if (type === 'MX') return { name, ttl, type, preference: Number(data[0]), target: normalise(data[1] ?? '') }
  if (type === 'SRV') {
    return {
      name,
      ttl,
      type,
      priority: Number(data[0]),
      weight: Number(data[1]),
      port: Number(data[2]),
      target: normalise(data[3] ?? ''),
    }
  }
  return { name, ttl, type: type === 'AAAA' ? 'AAAA' : 'A', address: data[0] ?? '' }
}
