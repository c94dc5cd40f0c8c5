import { dnsResponse, isIPv4, isIPv6, reverseName, type ResourceRecord } from '../../../../os/net/dns.ts'
import { fallsThrough, isBelow, normalise, wrong, type Plugin } from '../plugin.ts'

interface Entry {
  readonly address: string
  readonly names: readonly string[]
}

const DEFAULT_TTL = 3600

/** `hosts [FILE [ZONE...]] { ADDRESS NAME... }`: answers from lines like those of /etc/hosts. */
export const hosts: Plugin = {
  name: 'hosts',
  setUp(directive, { process, zones }) {
    const [file = '/etc/hosts', ...own] = directive.args
    const origins = (own.length > 0 ? own : zones).map(normalise)
    let ttl = DEFAULT_TTL
    let fallthrough: readonly string[] | undefined
    const inline: Entry[] = []
    for (const { name, args, ...rest } of directive.block) {
      if (name === 'fallthrough') fallthrough = args
      else if (name === 'ttl') ttl = Number(args[0])
      else if (isIPv4(name) || isIPv6(name)) inline.push({ address: name, names: args.map(normalise) })
      else if (name !== 'reload' && name !== 'no_reverse')
        throw wrong('hosts', { name, args, ...rest }, `unknown property '${name}'`)
    }
    const entries = (): Entry[] => {
      const { files } = process.machine
      const text = files.stat(file)?.type === 'file' ? files.read(file) : ''
      return [...text.split('\n').flatMap(entryOf), ...inline]
    }
    return {
      handle: (next) => (request, reply) => {
        const name = normalise(request.question.name)
        if (!origins.some((origin) => isBelow(name, origin))) return next(request, reply)
        const all = entries()
        const known = all.filter(({ names }) => names.includes(name))
        const reversed = all.find(({ address }) => reverseName(address) === name)
        const answers = recordsFor(request.question.type, name, known, reversed, ttl)
        if (answers.length === 0 && ((known.length === 0 && !reversed) || fallthrough)) {
          if (fallsThrough(fallthrough, name) || known.length === 0) return next(request, reply)
        }
        reply(dnsResponse(request.message, { authoritative: true, answers }))
      },
    }
  },
}

function recordsFor(
  type: string,
  name: string,
  known: readonly Entry[],
  reversed: Entry | undefined,
  ttl: number,
): ResourceRecord[] {
  if (type === 'PTR') return (reversed?.names ?? []).map((target) => ({ name, ttl, type: 'PTR', target }))
  if (type !== 'A' && type !== 'AAAA') return []
  const wanted = known.filter(({ address }) => (type === 'A') === isIPv4(address))
  return wanted.map(({ address }) => ({ name, ttl, type, address }))
}

function entryOf(line: string): Entry[] {
  const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
  return isIPv4(address) || isIPv6(address) ? [{ address, names: names.map(normalise) }] : []
}
