import type { IPAddress, Service } from '../../../../api/generated/types.ts'
import type { Kind } from '../../../../api/kind.ts'
import { ipAddress } from '../../../../api/kinds/ip-address.ts'
import { service } from '../../../../api/kinds/service.ts'
import type { KubernetesObject } from '../../../../api/resource.ts'
import type { Server } from '../context.ts'
import { Ownership, updateBy } from '../managed-fields/managed-fields.ts'
import type { StoredObject } from '../store.ts'

/** Keeps an IPAddress for each ClusterIP, named like it: what a ServiceCIDR has given out. Other kinds have none. */
export function recordClusterIP(
  server: Server,
  kind: Kind,
  next: KubernetesObject | undefined,
  old: KubernetesObject | undefined,
): void {
  if (kind.plural !== service.plural || kind.group !== service.group) return
  const [address, before] = [clusterIPOf(next), clusterIPOf(old)]
  if (address === before) return
  const released = before === undefined ? undefined : server.store.read(ipAddress, '', before)
  if (address !== undefined) create(server, address, next!)
  if (released) server.store.remove(ipAddress, released)
}

function clusterIPOf(object: KubernetesObject | undefined): string | undefined {
  const address = (object as Service | undefined)?.spec?.clusterIP
  return address && address !== 'None' ? address : undefined
}

function create(server: Server, address: string, { metadata }: KubernetesObject): void {
  const { simulation, store } = server
  const timestamp = simulation.timestamp()
  const object: IPAddress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name: address,
      uid: simulation.random('kube-apiserver').uuid(),
      creationTimestamp: timestamp,
      labels: {
        'ipaddress.kubernetes.io/ip-family': 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec: { parentRef: { resource: 'services', namespace: metadata!.namespace!, name: metadata!.name! } },
  }
  const by = updateBy({ ...ipAddress, subresource: '' }, 'kube-apiserver', timestamp)
  const ownership = Ownership.after(undefined, { kind: ipAddress, live: undefined, given: object, by })
  store.write(ipAddress, object as StoredObject, ownership)
}
