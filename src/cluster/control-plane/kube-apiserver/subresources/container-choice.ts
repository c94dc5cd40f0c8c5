import type { Pod } from '../../../../api/generated/types.ts'
import { badRequest, StatusError } from '../../../../api/status.ts'

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

/** The container a request means when it may mean only one. @throws StatusError BadRequest */
export function chooseContainer(pod: Pod, wanted: string): string {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {}
  const name = pod.metadata?.name
  const all = [...containers, ...initContainers, ...ephemeralContainers]
  if (wanted !== '') {
    if (all.some((container) => container.name === wanted)) return wanted
    throw new StatusError(badRequest(`container ${wanted} is not valid for pod ${name}`))
  }
  const marked = pod.metadata?.annotations?.[DEFAULT_CONTAINER]
  if (marked && all.some((container) => container.name === marked)) return marked
  if (containers.length === 1) return containers[0]!.name
  const names = (list: readonly { readonly name: string }[]) =>
    `[${list.map((container) => container.name).join(' ')}]`
  const init = initContainers.length > 0 ? ` or one of the init containers: ${names(initContainers)}` : ''
  const ephemeral =
    ephemeralContainers.length > 0 ? ` or one of the ephemeral containers: ${names(ephemeralContainers)}` : ''
  throw new StatusError(
    badRequest(
      `a container name must be specified for pod ${name}, choose one of: ${names(containers)}${init}${ephemeral}`,
    ),
  )
}
