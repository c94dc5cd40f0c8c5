import { describe, expect, it } from 'vitest'
import { Bench } from './testing/bench.ts'

const service = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec,
})

/** Runs a Pod to its end and gives what it has printed. */
function output(bench: Bench, command: readonly string[], container: object = {}, spec: object = {}): string {
  bench.run('p', {
    restartPolicy: 'Never',
    containers: [{ name: 'c', image: 'app:1', command: ['act', ...command], ...container }],
    ...spec,
  })
  bench.watch('p', 5)
  return bench.log('p')
}

describe('the environment of a container', () => {
  it('tells of the Services that were there', () => {
    const bench = new Bench()
    bench.api(
      'POST',
      '/api/v1/namespaces/default/services',
      service('my-web', {
        clusterIP: '10.96.0.80',
        ports: [
          { name: 'http', port: 80 },
          { name: 'dns', port: 53, protocol: 'UDP' },
        ],
      }),
    )
    bench.api(
      'POST',
      '/api/v1/namespaces/default/services',
      service('headless', { clusterIP: 'None', ports: [{ port: 80 }] }),
    )
    bench.simulation.runFor(100)
    const lines = output(bench, ['env']).split('\n')
    expect(lines.slice(0, 4)).toEqual([
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'HOSTNAME=p',
      'IMAGE=app',
      'KUBERNETES_SERVICE_HOST=10.96.0.1',
    ])
    expect(lines.filter((line) => line.startsWith('MY_WEB'))).toEqual([
      'MY_WEB_SERVICE_HOST=10.96.0.80',
      'MY_WEB_SERVICE_PORT=80',
      'MY_WEB_SERVICE_PORT_HTTP=80',
      'MY_WEB_SERVICE_PORT_DNS=53',
      'MY_WEB_PORT=tcp://10.96.0.80:80',
      'MY_WEB_PORT_80_TCP=tcp://10.96.0.80:80',
      'MY_WEB_PORT_80_TCP_PROTO=tcp',
      'MY_WEB_PORT_80_TCP_PORT=80',
      'MY_WEB_PORT_80_TCP_ADDR=10.96.0.80',
      'MY_WEB_PORT_53_UDP=udp://10.96.0.80:53',
      'MY_WEB_PORT_53_UDP_PROTO=udp',
      'MY_WEB_PORT_53_UDP_PORT=53',
      'MY_WEB_PORT_53_UDP_ADDR=10.96.0.80',
    ])
    expect(lines.some((line) => line.startsWith('HEADLESS'))).toBe(false)
    expect(lines.at(-2)).toBe('HOME=/root')
  })

  it('has what is declared: values, references, fields, resources, and variables in variables', () => {
    const bench = new Bench()
    bench.api('POST', '/api/v1/namespaces/default/configmaps', {
      metadata: { name: 'settings' },
      data: { color: 'green', size: 'L' },
    })
    bench.api('POST', '/api/v1/namespaces/default/secrets', {
      metadata: { name: 'creds' },
      data: { password: 'czNjcmV0' },
    })
    const env = [
      { name: 'GREETING', value: 'hello $(COLOR) $(nobody) $$(COLOR)' },
      { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'color' } } },
      { name: 'LATER', value: 'it is $(COLOR)' },
      { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'creds', key: 'password' } } },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'TEAM', valueFrom: { fieldRef: { fieldPath: `metadata.labels['team']` } } },
      { name: 'LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
      { name: 'ABSENT', valueFrom: { configMapKeyRef: { name: 'nope', key: 'x', optional: true } } },
    ]
    bench.run(
      'p',
      {
        restartPolicy: 'Never',
        containers: [
          {
            name: 'c',
            image: 'app:1',
            command: ['act', 'env'],
            env,
            envFrom: [{ prefix: 'CM_', configMapRef: { name: 'settings' } }],
            resources: { limits: { memory: '64Mi' } },
          },
        ],
      },
      { name: 'p', labels: { team: 'blue' } },
    )
    bench.watch('p', 5)
    const lines = bench
      .log('p')
      .split('\n')
      .filter((line) => !/^(KUBERNETES|PATH|HOSTNAME|IMAGE|HOME|$)/.test(line))
    expect(lines).toEqual([
      'CM_color=green',
      'CM_size=L',
      'GREETING=hello $(COLOR) $(nobody) $(COLOR)',
      'COLOR=green',
      'LATER=it is green',
      'PASSWORD=s3cret',
      'POD=p',
      'IP=10.244.1.2',
      'TEAM=blue',
      'LIMIT=64',
    ])
  })

  it('has its arguments expanded', () => {
    const bench = new Bench()
    expect(
      output(bench, ['print', '$(NAME)'], { args: ['and', '$(NAME)'], env: [{ name: 'NAME', value: 'me' }] }),
    ).toBe('me and me\n')
  })
})

describe('the files of a container', () => {
  it.each<[string, object, string]>([
    [
      'ClusterFirst',
      {},
      'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    ],
    ['Default', { dnsPolicy: 'Default' }, 'nameserver 192.168.99.1\n'],
    ['ClusterFirst with hostNetwork', { hostNetwork: true }, 'nameserver 192.168.99.1\n'],
    [
      'None',
      {
        dnsPolicy: 'None',
        dnsConfig: {
          nameservers: ['1.1.1.1'],
          searches: ['a.b'],
          options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
        },
      },
      'search a.b\nnameserver 1.1.1.1\noptions ndots:2 edns0\n',
    ],
    [
      'ClusterFirst with more',
      { dnsConfig: { searches: ['a.b'], options: [{ name: 'ndots', value: '2' }] } },
      'search default.svc.cluster.local svc.cluster.local cluster.local a.b\nnameserver 10.96.0.10\noptions ndots:2\n',
    ],
  ])('resolv.conf: %s', (_, spec, text) => {
    expect(output(new Bench(), ['cat', '/etc/resolv.conf'], {}, spec)).toBe(text)
  })

  it('hosts: the Pod, its domain and its aliases', () => {
    const spec = {
      hostname: 'busy',
      subdomain: 'sub',
      hostAliases: [{ ip: '10.1.2.3', hostnames: ['foo.local', 'bar.local'] }],
    }
    expect(output(new Bench(), ['cat', '/etc/hosts', '/etc/hostname'], {}, spec)).toBe(
      [
        '# Kubernetes-managed hosts file.',
        '127.0.0.1\tlocalhost',
        '::1\tlocalhost ip6-localhost ip6-loopback',
        'fe00::0\tip6-localnet',
        'fe00::0\tip6-mcastprefix',
        'fe00::1\tip6-allnodes',
        'fe00::2\tip6-allrouters',
        '10.244.1.2\tbusy.sub.default.svc.cluster.local\tbusy',
        '',
        '# Entries added by HostAliases.',
        '10.1.2.3\tfoo.local\tbar.local',
        'busy',
        '',
      ].join('\n'),
    )
  })

  it('volumes: ConfigMaps, Secrets, fields, the account; what containers share; what is the node’s', () => {
    const bench = new Bench()
    bench.api('POST', '/api/v1/namespaces/default/configmaps', {
      metadata: { name: 'settings' },
      data: { 'a.conf': 'A', 'b.conf': 'B' },
    })
    bench.files.write('/tmp/node', 'of the node')
    const volumes = [
      { name: 'cfg', configMap: { name: 'settings', items: [{ key: 'a.conf', path: 'sub/x.conf' }] } },
      { name: 'whole', configMap: { name: 'settings' } },
      { name: 'field', downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
      { name: 'host', hostPath: { path: '/tmp' } },
      { name: 'shared', emptyDir: {} },
    ]
    const volumeMounts = [
      { name: 'cfg', mountPath: '/cfg' },
      { name: 'whole', mountPath: '/etc/one.conf', subPath: 'b.conf' },
      { name: 'field', mountPath: '/field' },
      { name: 'host', mountPath: '/host' },
      { name: 'shared', mountPath: '/shared' },
    ]
    const init = {
      name: 'i',
      image: 'app:1',
      command: ['act', 'write', '/shared/file', '-shared-'],
      volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
    }
    const paths = [
      '/cfg/sub/x.conf',
      '/etc/one.conf',
      '/field/name',
      '/host/node',
      '/shared/file',
      '/var/run/secrets/kubernetes.io/serviceaccount/namespace',
      '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
    ]
    expect(output(bench, ['cat', ...paths], { volumeMounts }, { volumes, initContainers: [init] })).toBe(
      'ABpof the node-shared-defaultCA',
    )
  })

  it('a ConfigMap’s volume follows it, after a while', () => {
    const bench = new Bench()
    bench.api('POST', '/api/v1/namespaces/default/configmaps', {
      metadata: { name: 'settings' },
      data: { color: 'green' },
    })
    bench.run('p', {
      containers: [{ name: 'c', image: 'app:1', volumeMounts: [{ name: 'cfg', mountPath: '/cfg' }] }],
      volumes: [{ name: 'cfg', configMap: { name: 'settings' } }],
    })
    bench.watch('p', 3)
    const [container] = bench.runtime.containers.values()
    bench.api('PUT', '/api/v1/namespaces/default/configmaps/settings', {
      metadata: { name: 'settings' },
      data: { color: 'blue' },
    })
    bench.simulation.runFor(5000)
    expect(container!.machine.files.read('/cfg/color')).toBe('green')
    bench.simulation.runFor(60_000)
    expect(container!.machine.files.read('/cfg/color')).toBe('blue')
  })
})
