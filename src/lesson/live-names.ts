import type { Pod, Service } from '../api/index.ts'
import type { LessonWorld } from './lesson.ts'

/**
 * The present value of a live name of the prose, so that no text needs "your Pod's name will be different":
 *
 * - `pods.web[0].name`, `.ip`, `.node`: Pods whose `app` or `run` label (or name) is `web`, oldest first, not terminating;
 * - `services.web.clusterIP`, `.externalIP`, `.nodePort`.
 *
 * Undefined while there is none.
 */
export function liveName(expression: string, world: LessonWorld): string | undefined {
  const pod = /^pods\.([\w-]+)\[(\d+)\]\.(name|ip|node)$/.exec(expression)
  if (pod) return podValue(podsCalled(pod[1]!, world)[Number(pod[2])], pod[3]!)
  const service = /^services\.([\w-]+)\.(clusterIP|externalIP|nodePort)$/.exec(expression)
  if (service)
    return serviceValue(
      servicesIn(world).find(({ metadata }) => metadata?.name === service[1]),
      service[2]!,
    )
  return undefined
}

function podsCalled(name: string, world: LessonWorld): readonly Pod[] {
  return (world.list('Pod', 'default') as readonly Pod[])
    .filter(({ metadata }) => !metadata?.deletionTimestamp)
    .filter(({ metadata }) =>
      [metadata?.labels?.['app'], metadata?.labels?.['run'], metadata?.name].includes(name),
    )
    .sort(
      (a, b) =>
        compare(a.metadata?.creationTimestamp, b.metadata?.creationTimestamp) ||
        compare(a.metadata?.name, b.metadata?.name),
    )
}

function podValue(pod: Pod | undefined, field: string): string | undefined {
  if (field === 'ip') return pod?.status?.podIP
  return field === 'node' ? pod?.spec?.nodeName : pod?.metadata?.name
}

const servicesIn = (world: LessonWorld) => world.list('Service', 'default') as readonly Service[]

function serviceValue(service: Service | undefined, field: string): string | undefined {
  if (field === 'clusterIP') return service?.spec?.clusterIP
  if (field === 'externalIP') return service?.status?.loadBalancer?.ingress?.[0]?.ip
  return service?.spec?.ports?.[0]?.nodePort?.toString()
}

const compare = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0)
