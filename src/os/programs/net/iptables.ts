import {
  runIptables,
  runIptablesRestore,
  runIptablesSave,
  type CommandResult,
} from '../../../network/iptables/command.ts'
import { runIpset } from '../../../network/ipvs/ipset-command.ts'
import { runNft } from '../../../network/nftables/command.ts'
import type { Netfilter } from '../../../network/netfilter/ruleset.ts'
import type { Process, Program } from '../../process.ts'

/** The tables that the machine's owner lent to its programs: nodes have them, containers without privileges do not. */
function netfilterOf(process: Process): Netfilter | undefined {
  return process.machine.facilities.get('netfilter') as Netfilter | undefined
}

const program = (
  name: string,
  run: (args: readonly string[], netfilter: Netfilter, input: string) => CommandResult,
  readsInput = false,
): Program =>
  function* (process) {
    const netfilter = netfilterOf(process)
    if (!netfilter) {
      yield* process.printError(DENIED[name] ?? denied(name))
      return DENIED[name] === undefined ? 4 : 1
    }
    const args = process.argv.slice(1)
    const file = args.find((arg) => !arg.startsWith('-'))
    const input = !readsInput
      ? ''
      : file !== undefined
        ? process.machine.files.read(file.startsWith('/') ? file : `${process.cwd}/${file}`)
        : yield* process.readAll()
    const { stdout, stderr, exitCode } = run(args, netfilter, input)
    if (stdout !== '') yield* process.print(stdout)
    if (stderr !== '') yield* process.printError(stderr)
    return exitCode
  }

function denied(name: string): string {
  const action =
    name === 'iptables'
      ? 'Could not fetch rule set generation id'
      : "can't initialize iptables table `filter'"
  return `${name} v1.8.9 (nf_tables): ${action}: Permission denied (you must be root)\n`
}

const DENIED: Readonly<Record<string, string>> = {
  nft: 'Operation not permitted (you must be root)\nnetlink: Error: cache initialization failed: Operation not permitted\n',
  ipset: 'ipset v7.17: Kernel error received: Operation not permitted\n',
}

export const nft = program('nft', (args, netfilter) => runNft(args, netfilter))
export const ipset = program('ipset', (args, netfilter) => runIpset(args, netfilter))
export const iptables = program('iptables', (args, netfilter) => runIptables(args, netfilter))
export const iptablesSave = program('iptables-save', (args, netfilter) => runIptablesSave(args, netfilter))
export const iptablesRestore = program(
  'iptables-restore',
  (args, netfilter, input) => runIptablesRestore(args, input, netfilter),
  true,
)
