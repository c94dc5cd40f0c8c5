/** Where the parts of Kubernetes stand on the map: most are Pods of the system, a kubelet is its node itself. */
import type { Box, MapLayout } from './layout.ts'

const HEAD_HEIGHT = 26

/** The box of a component that runs at `host` (a node, a Pod, the laptop); undefined when it is not on the map. */
export function placeOf(component: string, host: string, places: MapLayout): Box | undefined {
  if (host === 'laptop') return places.laptop
  const node = places.nodes.get(host)
  if (!node) return places.pods.get(host)
  if (component === 'kubelet') return { ...node, height: HEAD_HEIGHT }
  for (const [key, box] of places.pods) {
    const isHere =
      box.x >= node.x && box.x < node.x + node.width && box.y >= node.y && box.y < node.y + node.height
    if (isHere && key.startsWith(`kube-system/${component}-`)) return box
  }
  return undefined
}

/** Controllers that run in the cloud-controller-manager; all others are parts of the kube-controller-manager. */
const OF_THE_CLOUD: ReadonlySet<string> = new Set(['service-controller'])

/** Who speaks in a trace event: `kube-proxy node-1`, `endpointslice-controller` (a part of its manager). */
export function speakerOf(source: string, controlPlane: string): { component: string; host: string } {
  const [component = '', host] = source.split(' ')
  if (host) return { component, host }
  if (component.startsWith('kube-')) return { component, host: controlPlane }
  return {
    component: OF_THE_CLOUD.has(component) ? 'cloud-controller-manager' : 'kube-controller-manager',
    host: controlPlane,
  }
}
