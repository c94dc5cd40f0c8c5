import { describe, expect, it } from 'vitest'
import { layoutMap, type Box, type MapInput } from './layout.ts'

const clusterOf = (replicas: number, size: { width: number; height: number }): MapInput => ({
  ...size,
  nodes: ['control-plane', 'node-1', 'node-2'],
  services: ['web', 'kubernetes', 'kube-dns'].map((name) => ({
    key: `default/${name}`,
    name,
    external: name === 'web' ? '203.0.113.10' : '',
    isSystem: name !== 'web',
  })),
  pods: [
    ...Array.from({ length: replicas }, (_, index) => ({
      key: `default/web-${index}`,
      name: `web-${index}`,
      node: `node-${(index % 2) + 1}`,
      isSystem: false,
    })),
    ...['control-plane', 'node-1', 'node-2'].map((node) => ({
      key: `kube-system/kube-proxy-${node}`,
      name: `kube-proxy-${node}`,
      node,
      isSystem: true,
    })),
  ],
})

const isInside = (inner: Box, outer: Box) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width + 0.01 &&
  inner.y + inner.height <= outer.y + outer.height + 0.01
const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

describe('the map', () => {
  const sizes = {
    desktop: { width: 1056, height: 360 },
    tablet: { width: 760, height: 500 },
    phone: { width: 390, height: 560 },
  }
  for (const [name, size] of Object.entries(sizes)) {
    it.each([0, 1, 2, 10, 100, 1000])(
      `keeps %i Pods inside their nodes and apart on a ${name}`,
      (replicas) => {
        const input = clusterOf(replicas, size)
        const { nodes, pods, width } = layoutMap(input)
        for (const { key, node } of input.pods)
          expect(isInside(pods.get(key)!, nodes.get(node)!), key).toBe(true)
        const boxes = [...pods.values()].slice(0, 120)
        for (const [index, box] of boxes.entries())
          for (const other of boxes.slice(index + 1)) expect(overlap(box, other)).toBe(false)
        expect(width).toBe(size.width)
      },
    )
  }

  it('shows names while there is room and dots when there are hundreds', () => {
    const detailOf = (replicas: number) =>
      layoutMap(clusterOf(replicas, sizes.desktop)).pods.get('default/web-0')!.detail
    expect([2, 20, 200].map(detailOf)).toEqual(['full', 'short', 'dot'])
  })

  it('keeps Pods without a node in a row of their own', () => {
    const input = {
      ...clusterOf(2, sizes.desktop),
      pods: [{ key: 'default/lost', name: 'lost', node: '', isSystem: false }],
    }
    const { pods, unscheduled } = layoutMap(input)
    expect(unscheduled).toBeDefined()
    expect(pods.has('default/lost')).toBe(true)
  })

  it('puts a load balancer outside for each external address', () => {
    const { balancers, outside } = layoutMap(clusterOf(2, sizes.desktop))
    expect([...balancers.keys()]).toEqual(['default/web'])
    expect(isInside(balancers.get('default/web')!, outside)).toBe(true)
  })
})
