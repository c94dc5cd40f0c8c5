/**
 * An unmodified kubectl 1.36, and one of 1.32, against our API server on a real port, doing the hands-on session.
 * `scripts/real-kubectl.sh` fetches them on Debian; elsewhere set KUBECTL and KUBECTL_1_32. Without one the tests fail in CI and are skipped at home.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findKubectl } from './find-kubectl.ts'
import { serveCluster } from './served-cluster.ts'

const kubectl = findKubectl()
const olderKubectl = findKubectl('1.32')

/** The hands-on session, and what else a learner tries; `from` is what a deletion says of the namespace. */
const steps = (version: string, from: string): readonly (readonly [string, unknown])[] => [
  ['version', version],
  [
    'get cs',
    'NAME  STATUS  MESSAGE  ERROR\netcd-0  Healthy  ok  \nscheduler  Healthy  ok  \ncontroller-manager  Healthy  ok  \nWarning: v1 ComponentStatus is deprecated in v1.19+\n',
  ],
  [
    'get nodes',
    'NAME  STATUS  ROLES  AGE  VERSION\ncontrol-plane  Ready  control-plane  <AGE>  v1.36.3\n<NODE>  Ready  <none>  <AGE>  v1.36.3\n<NODE>  Ready  <none>  <AGE>  v1.36.3\n',
  ],
  ['create -f deployment.yaml', 'deployment.apps/nginx created\n'],
  ['wait --for=condition=Available deployment/nginx --timeout=30s', 'deployment.apps/nginx condition met\n'],
  [
    'get pod -l run=nginx',
    'NAME  READY  STATUS  RESTARTS  AGE\nnginx-5d98dc958f-<SUFFIX>  1/1  Running  0  <AGE>\nnginx-5d98dc958f-<SUFFIX>  1/1  Running  0  <AGE>\n',
  ],
  ['create -f service.yaml', 'service/nginx created\n'],
  ['create -f client.yaml', 'pod/client created\n'],
  ['wait --for=condition=Ready pod/client --timeout=30s', 'pod/client condition met\n'],
  ['exec client -- wget -qO- nginx.default', expect.stringContaining('<title>Welcome to nginx!</title>')],
  ['exec client -- sh -c "exit 3"', 'command terminated with exit code 3\n[exit 3]\n'],
  ['exec client -- curl nginx', expect.stringContaining('exec: "curl": executable file not found in $PATH')],
  [
    'logs deploy/nginx --tail=1',
    expect.stringContaining('Found 2 pods, using pod/nginx-5d98dc958f-<SUFFIX>'),
  ],
  [
    'apply -f service.yaml',
    expect.stringContaining(
      'Warning: resource services/nginx is missing the kubectl.kubernetes.io/last-applied-configuration annotation',
    ),
  ],
  ['scale deployment nginx --replicas=3', 'deployment.apps/nginx scaled\n'],
  [
    'rollout status deployment nginx',
    expect.stringContaining('deployment "nginx" successfully rolled out\n'),
  ],
  ['delete pod client --now', `pod "client" deleted${from}\n`],
  ['get pods nosuch', 'Error from server (NotFound): pods "nosuch" not found\n[exit 1]\n'],
  [
    'delete -f deployment.yaml -f service.yaml',
    `deployment.apps "nginx" deleted${from}\nservice "nginx" deleted${from}\n`,
  ],
]

/** The words of a command line; quotes keep together what is between them. */
const wordsOf = (command: string) =>
  [...command.matchAll(/"([^"]*)"|\S+/g)].map(([whole, quoted]) => quoted ?? whole)

describe.skipIf(!olderKubectl)('a kubectl 1.32', () => {
  const cluster = serveCluster(3)
  it.each(
    steps(
      'Client Version: v1.32.3\nKustomize Version: v5.5.0\nServer Version: v1.36.3\nWARNING: version difference between client (1.32) and server (1.36) exceeds the supported minor version skew of +/-1\n',
      '',
    ),
  )('%s', async (command, expected) => {
    expect(await cluster.run(olderKubectl!, ...wordsOf(command))).toEqual(expected)
  })
})

describe.skipIf(!kubectl)('a real kubectl', () => {
  const cluster = serveCluster(3)
  const { home } = cluster
  const run = (...argv: string[]) => cluster.run(kubectl!, ...argv)

  it.each(
    steps(
      'Client Version: v1.36.4\nKustomize Version: v5.8.1\nServer Version: v1.36.3\n',
      ' from default namespace',
    ),
  )('%s', async (command, expected) => {
    expect(await run(...wordsOf(command))).toEqual(expected)
  })

  it.each([
    ['create deployment web --image=nginx:1.27 --replicas=2 --port=80', 'deployment.apps/web created\n'],
    ['create service nodeport web --tcp=80:80', 'service/web created\n'],
    ['create service externalname away --external-name=example.com', 'service/away created\n'],
    ['create configmap settings --from-literal=colour=green', 'configmap/settings created\n'],
    ['create secret generic key --from-literal=k=v', 'secret/key created\n'],
    ['create job once --image=busybox:1.37 -- true', 'job.batch/once created\n'],
    [
      'create cronjob often --image=busybox:1.37 --schedule="* * * * *" -- date',
      'cronjob.batch/often created\n',
    ],
    ['create ingress way --rule=web.example.com/*=web:80', 'ingress.networking.k8s.io/way created\n'],
    ['create pdb some --selector=app=web --min-available=1', 'poddisruptionbudget.policy/some created\n'],
    ['create role reader --verb=get --resource=pods', 'role.rbac.authorization.k8s.io/reader created\n'],
    ['create quota few --hard=count/configmaps=0', 'resourcequota/few created\n'],
    ['autoscale deployment web --max=3', 'horizontalpodautoscaler.autoscaling/web autoscaled\n'],
    ['auth can-i create pods', 'yes\n'],
    ['get secret key -o jsonpath={.data.k}', 'dg=='],
    [
      'get deployment web -o jsonpath={.spec.replicas},{.spec.template.spec.containers[0].ports[0].containerPort}',
      '2,80',
    ],
    ['get service web -o jsonpath={.spec.ports[0].name},{.spec.ports[0].targetPort}', '80-80,80'],
    [
      'create configmap more --from-literal=a=b',
      'error: failed to create configmap: configmaps "more" is forbidden: exceeded quota: few, requested: count/configmaps=1, used: count/configmaps=2, limited: count/configmaps=0\n[exit 1]\n',
    ],
  ])('speaks protobuf: %s', async (command, expected) => {
    const argv = [...command.matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', ''))
    expect(await run(...argv)).toEqual(expected)
  })

  it('apply --server-side keeps account of who manages what', async () => {
    const manifest = join(home, 'applied.yaml')
    const service = (app: string) =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: applied}\nspec: {ports: [{port: 80}], selector: {app: ${app}}}\n`
    writeFileSync(manifest, service('web'))
    expect(await run('apply', '--server-side', '--field-manager=a', '-f', manifest)).toBe(
      'service/applied serverside-applied\n',
    )
    writeFileSync(manifest, service('other'))
    expect(await run('apply', '--server-side', '--field-manager=b', '-f', manifest)).toContain(
      'error: Apply failed with 1 conflict: conflict with "a": .spec.selector\n',
    )
    expect(
      await run('apply', '--server-side', '--field-manager=b', '--force-conflicts', '-f', manifest),
    ).toBe('service/applied serverside-applied\n')
    const managers = ['get', 'service', 'applied', '--show-managed-fields', '-o']
    expect(
      await run(
        ...managers,
        'jsonpath={range .metadata.managedFields[*]}{.manager} {.fieldsV1.f:spec.f:selector}{"\\n"}{end}',
      ),
    ).toBe('a \nb {}\n')
  })

  it('describe svc kubernetes', async () => {
    expect(await run('describe', 'svc', 'kubernetes')).toBe(
      [
        'Name:  kubernetes',
        'Namespace:  default',
        'Labels:  component=apiserver',
        '                          provider=kubernetes',
        'Annotations:  <none>',
        'Selector:  <none>',
        'Type:  ClusterIP',
        'IP Family Policy:  SingleStack',
        'IP Families:  IPv4',
        'IP:  10.96.0.1',
        'IPs:  10.96.0.1',
        'Port:  https  443/TCP',
        'TargetPort:  6443/TCP',
        'Endpoints:  192.168.99.10:6443',
        'Session Affinity:  None',
        'Internal Traffic Policy:  Cluster',
        'Events:  <none>',
        '',
      ].join('\n'),
    )
  })

  it('get -w tells of each change as it comes', async () => {
    writeFileSync(
      join(home, 'pod.yaml'),
      'apiVersion: v1\nkind: Pod\nmetadata: {name: brief}\nspec: {containers: [{name: c, image: busybox:1.37, command: [sleep, "999"]}]}\n',
    )
    const watching = spawn(
      kubectl!,
      ['--server', cluster.url, 'get', 'pods', '-w', '--field-selector', 'metadata.name=brief'],
      cluster.options,
    )
    let shown = ''
    watching.stdout.on('data', (data: Buffer) => (shown += data.toString()))
    await run('apply', '-f', join(home, 'pod.yaml'))
    await run('wait', '--for=condition=Ready', 'pod/brief', '--timeout=30s')
    await new Promise((done) => setTimeout(done, 300))
    watching.kill()
    const states = [...shown.matchAll(/brief +\S+ +(\w+)/g)].map((match) => match[1])
    expect([...new Set(states)].slice(-2)).toEqual(['ContainerCreating', 'Running'])
  })
})
