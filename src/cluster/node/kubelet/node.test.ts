import { describe, expect, it } from 'vitest'
import { saveRules } from '../../../network/index.ts'
import type { Lease, Node, Pod } from '../../../api/generated/types.ts'
import { Bench } from './testing/bench.ts'

const staticPod = (name: string, image = 'app:1'): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'kube-system', labels: { component: name } },
  spec: { hostNetwork: true, containers: [{ name, image, command: ['act', 'serve', '6443'] }] },
})

describe('a node', () => {
  it('makes itself known, and keeps saying that it lives', () => {
    const bench = new Bench()
    const node = bench.api<Node>('GET', '/api/v1/nodes/node-1')
    expect(node.metadata!.labels).toEqual({
      'beta.kubernetes.io/arch': 'amd64',
      'beta.kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': 'node-1',
      'kubernetes.io/os': 'linux',
    })
    expect(node.status!.conditions!.map(({ type, status, reason }) => `${type}=${status} ${reason}`)).toEqual(
      [
        'MemoryPressure=False KubeletHasSufficientMemory',
        'DiskPressure=False KubeletHasNoDiskPressure',
        'PIDPressure=False KubeletHasSufficientPID',
        'Ready=True KubeletReady',
      ],
    )
    const renewed = () =>
      bench.api<Lease>('GET', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1').spec!
        .renewTime
    const first = renewed()
    bench.simulation.runFor(11_000)
    const second = renewed()
    expect(second).not.toBe(first)
    bench.kubelet.stop()
    bench.simulation.runFor(30_000)
    expect(renewed()).toBe(second)
  })

  it('lists the images it has pulled', () => {
    const bench = new Bench()
    bench.run('p', { containers: [{ name: 'c', image: 'other:1' }] })
    bench.simulation.runFor(15_000)
    const { images } = bench.api<Node>('GET', '/api/v1/nodes/node-1').status!
    expect(images!.map(({ names, sizeBytes }) => [names!.slice(1), sizeBytes])).toEqual([
      [['docker.io/library/other:1'], 50_000_000],
      [['docker.io/library/app:latest', 'docker.io/library/app:1'], 10_000_000],
    ])
  })

  it('runs static Pods without an API server, and shows them once there is one', () => {
    const bench = new Bench({ manifests: { etcd: staticPod('etcd') }, serverRuns: false })
    bench.simulation.runFor(3000)
    expect(
      [...bench.runtime.containers.values()].map(({ config, state }) => `${config.name} ${state}`),
    ).toEqual(['etcd running'])
    bench.serverRuns = true
    bench.simulation.runFor(40_000)
    const mirror = bench.api<Pod>('GET', '/api/v1/namespaces/kube-system/pods/etcd-node-1')
    expect([mirror.status?.phase, mirror.status?.podIP, mirror.metadata?.ownerReferences?.[0]?.kind]).toEqual(
      ['Running', '192.168.99.11', 'Node'],
    )
    expect(mirror.metadata!.annotations!['kubernetes.io/config.source']).toBe('file')
  })

  it('ends a static Pod whose manifest is gone, and begins anew one whose manifest has changed', () => {
    const bench = new Bench({ manifests: { one: staticPod('one') } })
    bench.simulation.runFor(3000)
    const [before] = bench.runtime.containers.keys()
    bench.files.write(
      '/etc/kubernetes/manifests/one.yaml',
      JSON.stringify({
        ...staticPod('one'),
        metadata: { name: 'one', namespace: 'kube-system', labels: { changed: 'yes' } },
      }),
    )
    bench.simulation.runFor(40_000)
    const [after] = bench.runtime.containers.keys()
    expect(after).toBeDefined()
    expect(after).not.toBe(before)
    bench.files.remove('/etc/kubernetes/manifests/one.yaml')
    bench.simulation.runFor(40_000)
    expect(bench.runtime.containers.size).toBe(0)
    expect(bench.api<Pod>('GET', '/api/v1/namespaces/kube-system/pods/one-node-1').kind).toBe('Status')
  })

  it('shows a static Pod again whose object was deleted', () => {
    const bench = new Bench({ manifests: { one: staticPod('one') } })
    bench.simulation.runFor(3000)
    const uid = () => bench.api<Pod>('GET', '/api/v1/namespaces/kube-system/pods/one-node-1').metadata?.uid
    const first = uid()
    bench.api('DELETE', '/api/v1/namespaces/kube-system/pods/one-node-1', {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      gracePeriodSeconds: 0,
    })
    bench.simulation.runFor(3000)
    expect(uid()).toBeDefined()
    expect(uid()).not.toBe(first)
    expect(bench.runtime.containers.size).toBe(1)
  })

  it('leaves containers running when its kubelet stops, and takes them over when it starts again', () => {
    const bench = new Bench()
    bench.run('web')
    bench.watch('web', 3)
    const [id] = bench.runtime.containers.keys()
    bench.kubelet.stop()
    bench.delete('web')
    bench.simulation.runFor(30_000)
    expect(bench.pod('web').metadata?.deletionTimestamp).toBeDefined()
    expect([...bench.runtime.containers.keys()]).toEqual([id])
    bench.kubelet = bench.startKubelet()
    bench.simulation.runFor(40_000)
    expect(bench.runtime.containers.size).toBe(0)
    expect(bench.pod('web').kind).toBe('Status')
  })

  it('writes its own iptables rules beside those of others', () => {
    const bench = new Bench()
    const rules = saveRules(bench.host.netfilter)
    for (const line of [
      ':KUBE-KUBELET-CANARY - [0:0]',
      ':KUBE-IPTABLES-HINT - [0:0]',
      '-A INPUT -j KUBE-FIREWALL',
      '-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
    ])
      expect(rules.split('\n')).toContain(line)
  })

  it('leads its ports to Pods that ask for them', () => {
    const bench = new Bench()
    const outside = bench.network.addHost('outside')
    bench.network.segments.get('nodes')!.attach(outside, 'eth0', '192.168.99.20/24')
    bench.run('web', {
      containers: [
        {
          name: 'c',
          image: 'app:1',
          command: ['act', 'serve', '80'],
          ports: [{ containerPort: 80, hostPort: 8080 }],
        },
      ],
    })
    bench.watch('web', 3)
    const get = () => {
      let text = ''
      const connection = outside.sockets.connectTcp(
        { address: '192.168.99.11', port: 8080 },
        {
          connected: () => connection.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
          data: (more) => (text += more),
          error: (error) => (text = error),
        },
      )
      bench.simulation.runFor(1000)
      return text.split('\r\n')[0]
    }
    expect(get()).toBe('HTTP/1.1 200 OK')
    expect(saveRules(bench.host.netfilter).split('\n')).toContain(
      '-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT',
    )
    bench.delete('web')
    bench.simulation.runFor(10_000)
    expect(get()).toBe('ECONNREFUSED')
    expect(saveRules(bench.host.netfilter)).not.toContain('8080')
  })
})
