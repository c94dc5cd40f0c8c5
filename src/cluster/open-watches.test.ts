import { describe, expect, it } from 'vitest'
import { Simulation } from '../sim/index.ts'
import { OpenWatches } from './open-watches.ts'

describe('open watches', () => {
  it('are listed while they are open, by component, place and what they watch', () => {
    const watches = new OpenWatches(new Simulation({ seed: 1 }))
    const end = watches.opened('node-1', {
      method: 'GET',
      path: '/api/v1/pods',
      userAgent: 'kubelet/v1.36.3',
      query: { watch: 'true', fieldSelector: 'spec.nodeName=node-1' },
    })
    watches.opened('laptop', {
      method: 'GET',
      path: '/apis/apps/v1/namespaces/web/deployments',
      userAgent: 'kubectl',
    })
    const listed = () =>
      watches.list().map(({ component, host, resource }) => `${component} ${host} ${resource}`)
    expect(listed()).toEqual([
      'kubelet node-1 pods with spec.nodeName=node-1',
      'kubectl laptop deployments in web',
    ])
    end()
    end()
    expect(listed()).toEqual(['kubectl laptop deployments in web'])
  })

  it('are told once at their beginning and once at their end, to whoever wants to know', () => {
    const simulation = new Simulation({ seed: 1 })
    const told: string[] = []
    simulation.trace.subscribe(({ source, message }) => void told.push(`${source}: ${message}`), ['watch'])
    const end = new OpenWatches(simulation).opened('node-2', {
      method: 'GET',
      path: '/apis/discovery.k8s.io/v1/endpointslices',
      userAgent: 'kube-proxy/v1.36.3',
    })
    end()
    end()
    expect(told).toEqual([
      'kube-proxy node-2: watches endpointslices',
      'kube-proxy node-2: no longer watches endpointslices',
    ])
  })
})
