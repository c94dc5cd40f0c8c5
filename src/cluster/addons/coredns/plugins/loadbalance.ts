import type { ResourceRecord } from '../../../../os/net/dns.ts'
import type { Plugin } from '../plugin.ts'

/** Shuffles the addresses of an answer, aliases before them: the poor man's load balancing of headless Services. */
export const loadbalance: Plugin = {
  name: 'loadbalance',
  setUp(_directive, { process }) {
    const random = process.machine.simulation.random(`loadbalance ${process.machine.hostname}`)
    const shuffle = (records: readonly ResourceRecord[]): readonly ResourceRecord[] => {
      if (records.length < 2) return records
      const isAddress = ({ type }: ResourceRecord) => type === 'A' || type === 'AAAA'
      const aliases = records.filter(({ type }) => type === 'CNAME')
      const others = records.filter((record) => record.type !== 'CNAME' && !isAddress(record))
      return [...aliases, ...random.shuffle(records.filter(isAddress)), ...others]
    }
    return {
      handle: (next) => (request, reply) =>
        next(request, (answer) =>
          reply({ ...answer, answers: shuffle(answer.answers), additional: shuffle(answer.additional) }),
        ),
    }
  },
}
