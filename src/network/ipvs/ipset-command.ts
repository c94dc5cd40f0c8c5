import type { CommandResult } from '../iptables/command.ts'
import type { IpSet } from '../netfilter/ip-sets.ts'
import type { Netfilter } from '../netfilter/ruleset.ts'

/** `ipset list [NAME]`: as much as looking takes. */
export function runIpset(argv: readonly string[], netfilter: Netfilter): CommandResult {
  const sets = netfilter.ipSets
  const [verb, ...words] = argv
  const names = words.includes('-n') || words.includes('-name')
  const name = words.find((word) => !word.startsWith('-'))
  if (verb === undefined || !['list', '-L', '-list'].includes(verb))
    return { stdout: '', stderr: 'ipset v7.17: only `list` is simulated\n', exitCode: 1 }
  if (name !== undefined && !sets.has(name))
    return { stdout: '', stderr: 'ipset v7.17: The set with the given name does not exist\n', exitCode: 1 }
  const chosen = [...sets.values()].filter((set) => name === undefined || set.name === name)
  const text = names
    ? chosen.map((set) => `${set.name}\n`).join('')
    : chosen.map((set) => describe(set, referencesTo(set.name, netfilter))).join('\n')
  return { stdout: text, stderr: '', exitCode: 0 }
}

function describe({ name, type, entries }: IpSet, references: number): string {
  const header =
    type === 'bitmap:port'
      ? 'range 0-65535'
      : 'family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x00000000'
  return `${[
    `Name: ${name}`,
    `Type: ${type}`,
    'Revision: 5',
    `Header: ${header}`,
    `Size in memory: ${type === 'bitmap:port' ? 8264 : 200 + entries.size * 64}`,
    `References: ${references}`,
    `Number of entries: ${entries.size}`,
    'Members:',
    ...entries,
  ].join('\n')}\n`
}

/** How many rules ask the set. */
function referencesTo(name: string, { tables }: Netfilter): number {
  const rules = [...tables.values()].flatMap(({ chains }) =>
    [...chains.values()].flatMap((chain) => chain.rules),
  )
  return rules.filter(({ matches }) => matches.some((match) => match.kind === 'set' && match.name === name))
    .length
}
