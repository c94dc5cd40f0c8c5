import { describe, expect, it } from 'vitest'
import { HeadlessShell } from '../serve/headless-shell.ts'

/** Sends SIGTERM to process 1 of a container of kube-system, as somebody with a shell on the node would. */
function kill(shell: HeadlessShell, pod: string): void {
  shell.session.cluster.machine(`pod/kube-system/${pod}`)!.kernel.kill(1, 'SIGTERM')
}

/** A cluster with nginx behind a Service, and somebody following its Pods. */
function started() {
  const shell = new HeadlessShell({ seed: 21 })
  shell.run('kubectl create deployment web --image=nginx:1.27 --replicas=2')
  shell.run('kubectl expose deployment web --port=80 --type=NodePort')
  shell.run('kubectl rollout status deployment web')
  return shell
}

const output = (shell: HeadlessShell, command: string) => {
  const { stdout, stderr } = shell.run(command)
  return stdout + stderr
}
const wait = (shell: HeadlessShell, ms: number) => shell.waitUntil(shell.nowMs + ms)

describe('the API server', () => {
  const shell = started()
  const service = () =>
    output(shell, "kubectl get svc web -o jsonpath='{.spec.clusterIP} {.spec.ports[0].nodePort}'")
  const before = service()
  const uid = output(shell, "kubectl get deployment web -o jsonpath='{.metadata.uid}'")

  it('once killed refuses connections', () => {
    kill(shell, 'kube-apiserver-control-plane')
    expect(output(shell, 'kubectl get pods')).toMatch(
      /^(E1122 .*dial tcp 192\.168\.99\.10:6443: connect: connection refused"\n){5}The connection to the server 192\.168\.99\.10:6443 was refused - did you specify the right host or port\?\n$/,
    )
  })

  it('is started again by its kubelet, with all that was stored', () => {
    wait(shell, 10_000)
    expect(service()).toBe(before)
    expect(output(shell, "kubectl get deployment web -o jsonpath='{.metadata.uid}'")).toBe(uid)
    wait(shell, 30_000)
    expect(
      output(shell, 'kubectl get pods -n kube-system kube-apiserver-control-plane --no-headers'),
    ).toMatch(/1\/1 +Running +1 \(/)
  })

  it('does not hand out an address or port again', () => {
    const [clusterIP, nodePort] = before.split(' ')
    const create = (spec: string) =>
      output(
        shell,
        `kubectl create -f - <<'END'\n{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "other"}, "spec": ${spec}}\nEND`,
      )
    expect(create(`{"clusterIP": "${clusterIP}", "ports": [{"port": 80}]}`)).toContain(
      'provided IP is already allocated',
    )
    expect(create(`{"type": "NodePort", "ports": [{"port": 80, "nodePort": ${nodePort}}]}`)).toContain(
      'provided port is already allocated',
    )
  })

  it('is watched again by everybody: a new Pod is scheduled, started and served', () => {
    shell.run('kubectl scale deployment web --replicas=3')
    expect(output(shell, 'kubectl rollout status deployment web --timeout=60s')).toContain(
      'successfully rolled out',
    )
    wait(shell, 2000)
    expect(
      output(
        shell,
        "kubectl get endpointslices -l kubernetes.io/service-name=web -o jsonpath='{.items[0].endpoints[*].conditions.ready}'",
      ),
    ).toBe('true true true')
    expect(output(shell, `curl -s -m 2 http://192.168.99.11:${before.split(' ')[1]}`)).toContain(
      'Welcome to nginx!',
    )
  })
})

describe('etcd', () => {
  const shell = started()

  it('once killed leaves the API server without a store', () => {
    kill(shell, 'etcd-control-plane')
    expect(output(shell, 'kubectl get pods')).toContain('connect: connection refused')
  })

  it('comes back with everything in it', () => {
    wait(shell, 60_000)
    expect(output(shell, 'kubectl get deployment web --no-headers')).toMatch(/^web +2\/2 +2 +2 /)
    shell.run('kubectl scale deployment web --replicas=3')
    expect(output(shell, 'kubectl rollout status deployment web --timeout=60s')).toContain(
      'successfully rolled out',
    )
  })
})

describe('ComponentStatuses', () => {
  it.each([
    ['scheduler', 'kube-scheduler-control-plane', 10259],
    ['controller-manager', 'kube-controller-manager-control-plane', 10257],
  ])('%s is asked for its health', (name, pod, port) => {
    const shell = new HeadlessShell({ seed: 22 })
    kill(shell, pod)
    expect(output(shell, `kubectl get cs ${name} --no-headers`)).toContain(
      `${name}   Unhealthy   Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`,
    )
    wait(shell, 20_000)
    expect(output(shell, `kubectl get cs ${name} --no-headers`)).toContain(`${name}   Healthy   ok`)
  })
})

describe('what runs beside the API server', () => {
  it.each([
    'kube-scheduler-control-plane',
    'kube-controller-manager-control-plane',
    'cloud-controller-manager-control-plane',
  ])('%s goes on after a restart', (pod) => {
    const shell = started()
    kill(shell, pod)
    shell.run('kubectl scale deployment web --replicas=4')
    shell.run('kubectl expose deployment web --port=80 --type=LoadBalancer --name=outside')
    expect(output(shell, 'kubectl rollout status deployment web --timeout=60s')).toContain(
      'successfully rolled out',
    )
    wait(shell, 20_000)
    expect(output(shell, 'kubectl get svc outside --no-headers')).toMatch(/ 203\.0\.113\.\d+ /)
  })

  it('kube-proxy leaves its rules behind while it is away', () => {
    const shell = started()
    const pod = output(
      shell,
      "kubectl get pods -n kube-system -l k8s-app=kube-proxy --field-selector spec.nodeName=node-1 -o jsonpath='{.items[0].metadata.name}'",
    )
    const rules = shell.session.cluster.rules('node-1')
    const sorted = (text: string) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('-A KUBE-S'))
        .sort()
    kill(shell, pod)
    wait(shell, 100)
    expect(sorted(shell.session.cluster.rules('node-1'))).toEqual(sorted(rules))
    wait(shell, 20_000)
    shell.run('kubectl scale deployment web --replicas=3')
    shell.run('kubectl rollout status deployment web --timeout=60s')
    wait(shell, 3000)
    expect(sorted(shell.session.cluster.rules('node-1')).length).toBeGreaterThan(sorted(rules).length)
  })

  it('CoreDNS answers again', () => {
    const shell = started()
    shell.run('kubectl run client --image=busybox:1.37 --restart=Never -- sleep 9999')
    shell.run('kubectl wait --for=condition=Ready pod/client')
    for (const pod of output(
      shell,
      "kubectl get pods -n kube-system -l k8s-app=kube-dns -o jsonpath='{.items[*].metadata.name}'",
    ).split(' '))
      kill(shell, pod)
    wait(shell, 30_000)
    expect(output(shell, 'kubectl exec client -- nslookup web.default.svc.cluster.local')).toContain(
      'Name:\tweb.default.svc.cluster.local',
    )
  })
})
