import { runIpvsadm } from '../../../network/ipvs/command.ts'
import type { Ipvs } from '../../../network/ipvs/ipvs.ts'
import type { Program } from '../../process.ts'

/** `ipvsadm`: the virtual servers of the machine whose kernel its owner lent to its programs. */
export const ipvsadm: Program = function* (process) {
  const ipvs = process.machine.facilities.get('ipvs') as Ipvs | undefined
  if (!ipvs) {
    yield* process.printError("Can't initialize ipvs: Permission denied (you must be root)\n")
    return 255
  }
  const { stdout, stderr, exitCode } = runIpvsadm(process.argv.slice(1), ipvs)
  if (stdout !== '') yield* process.print(stdout)
  if (stderr !== '') yield* process.printError(stderr)
  return exitCode
}
