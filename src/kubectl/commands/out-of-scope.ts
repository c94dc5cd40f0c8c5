import { command, type Command } from '../command.ts'
import { CommandError } from '../errors.ts'

/** Commands of the real kubectl that are not here, each saying why and what to do instead. */
function missing(name: string, group: string, short: string, advice: string): Command {
  return command({
    name,
    group,
    short: `${short} (not available here)`,
    *run() {
      throw new CommandError(`kubectl ${name} is not available in this cluster: ${advice}`)
    },
  })
}

const TROUBLESHOOTING = 'Troubleshooting and Debugging Commands'

export const outOfScope = {
  certificate: missing(
    'certificate',
    'Cluster Management Commands',
    'Approve certificate requests',
    'certificates are not modelled',
  ),
  cp: missing('cp', TROUBLESHOOTING, 'Copy files to and from containers', 'use kubectl exec POD -- cat FILE'),
  kustomize: missing(
    'kustomize',
    'Advanced Commands',
    'Build manifests from a kustomization',
    'apply the manifests of the folder with -f',
  ),
} as const
