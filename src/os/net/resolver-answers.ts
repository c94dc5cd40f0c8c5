import { sameName, type DnsMessage } from './dns.ts'

/** The addresses an answer gives the name it was asked for, CNAMEs followed. */
export function addressesIn(answer: DnsMessage): { readonly name: string; readonly address: string }[] {
  let name = answer.question[0]?.name ?? ''
  for (let hops = 0; hops < 16; hops++) {
    const alias = answer.answers.find((record) => record.type === 'CNAME' && sameName(record.name, name))
    if (alias?.type !== 'CNAME') break
    name = alias.target
  }
  return answer.answers.flatMap((record) =>
    (record.type === 'A' || record.type === 'AAAA') && sameName(record.name, name)
      ? [{ name: record.name, address: record.address }]
      : [],
  )
}
