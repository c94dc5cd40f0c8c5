import type { DnsMessage, QuestionType, ResourceRecord } from '../../../../os/net/dns.ts'
import type { Directive } from '../corefile.ts'
import { normalise, wrong, wrongArguments, type Plugin } from '../plugin.ts'

interface Rule {
  /** Whether the rules after this one are not asked, once it applied. */
  readonly stop: boolean
  /** The new name, or undefined when it does not apply. */
  rename?(name: string): string | undefined
  retype?(type: QuestionType): QuestionType | undefined
}

/** `rewrite [continue|stop] name|type ...`: asks for something else than was asked, and answers under the name asked for. */
export const rewrite: Plugin = {
  name: 'rewrite',
  setUp(directive) {
    const rule = ruleOf(directive)
    return {
      handle: (next) => (request, reply) => {
        const { question } = request
        if (settled.has(request.message)) return next(request, reply)
        const name = rule.rename?.(normalise(question.name)) ?? question.name
        const type = rule.retype?.(question.type) ?? question.type
        if (name === question.name && type === question.type) return next(request, reply)
        const rewritten = { ...question, name, type }
        const message = { ...request.message, question: [rewritten] }
        if (rule.stop) settled.add(message)
        next({ ...request, question: rewritten, message }, (answer) =>
          reply(named(answer, request.message, name, question.name)),
        )
      },
    }
  },
}

/** Queries that are rewritten for good. */
const settled = new WeakSet<object>()

function ruleOf(directive: Directive): Rule {
  const [first = '', ...rest] =
    directive.args.length > 0
      ? directive.args
      : directive.block[0]
        ? [directive.block[0].name, ...directive.block[0].args]
        : []
  const words = first === 'continue' || first === 'stop' ? rest : [first, ...rest]
  const [field, ...args] = words
  const stop = first !== 'continue'
  if (field === 'type') {
    const [from, to] = args as QuestionType[]
    if (!from || !to) throw wrongArguments('rewrite', directive)
    return { stop, retype: (type) => (type === from ? to : undefined) }
  }
  if (field !== 'name') throw wrong('rewrite', directive, `invalid rule type "${field ?? ''}"`)
  const kinds = ['exact', 'prefix', 'suffix', 'substring', 'regex']
  const [kind, from, to] = kinds.includes(args[0] ?? '') ? args : ['exact', ...args]
  if (from === undefined || to === undefined) throw wrongArguments('rewrite', directive)
  return { stop, rename: RENAMERS[kind as 'exact']!(from, to) }
}

const RENAMERS: Readonly<Record<string, (from: string, to: string) => (name: string) => string | undefined>> =
  {
    exact: (from, to) => (name) => (name === normalise(from) ? normalise(to) : undefined),
    prefix: (from, to) => (name) => (name.startsWith(from) ? to + name.slice(from.length) : undefined),
    suffix: (from, to) => (name) => {
      const end = [from, normalise(from)].find((suffix) => name.endsWith(suffix))
      return end === undefined ? undefined : normalise(name.slice(0, name.length - end.length) + to)
    },
    substring: (from, to) => (name) => (name.includes(from) ? name.replaceAll(from, to) : undefined),
    regex(from, to) {
      const expression = new RegExp(from)
      return (name) => {
        const match = expression.exec(name)
        return match
          ? normalise(to.replace(/\{(\d+)\}/g, (_, group: string) => match[Number(group)] ?? ''))
          : undefined
      }
    },
  }

function named(answer: DnsMessage, query: DnsMessage, from: string, to: string): DnsMessage {
  const rename = (record: ResourceRecord) =>
    normalise(record.name) === normalise(from) ? { ...record, name: to } : record
  return { ...answer, question: query.question, answers: answer.answers.map(rename) }
}
