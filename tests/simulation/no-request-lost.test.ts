import { describe, expect, it } from 'vitest'
import { HeadlessShell } from '../../src/serve/headless-shell.ts'

const MANIFESTS = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: nginx}
spec:
  replicas: 2
  selector: {matchLabels: {run: nginx}}
  template:
    metadata: {labels: {run: nginx}}
    spec: {containers: [{name: nginx, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: nginx}
spec: {type: LoadBalancer, selector: {run: nginx}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {containers: [{name: client, image: busybox, command: [sleep, infinity]}]}
`

const PREPARE = [
  'kubectl apply -f nginx.yaml; kubectl rollout status deployment/nginx; kubectl wait --for=condition=Ready pod/client',
  "kubectl wait --for=jsonpath='{.status.loadBalancer.ingress}' service/nginx; sleep 3",
  "address=$(kubectl get svc nginx -o jsonpath='{.status.loadBalancer.ingress[0].ip}')",
]

/** Two clients, one at the load balancer and one in a Pod, that ask as fast as they are answered. */
const LOOPS = [
  'while [ ! -e stop ]; do curl -sS -m 2 -o /dev/null $address 2>>errors; echo >>asked; done &',
  "kubectl exec client -- sh -c 'while [ ! -e stop ]; do wget -qO /dev/null -T 2 nginx 2>>errors; echo >>asked; done' &",
]

const COUNT = ['wc -l < asked', 'kubectl exec client -- sh -c "wc -l < asked"']
const ERRORS = ['sed "s/after .* ms/after N ms/" errors | sort -u', 'kubectl exec client -- sort -u errors']

/** What the two clients did while `commands` ran: how often they asked, and which errors they met. */
function askDuring(seed: number, commands: readonly string[], manifests = MANIFESTS) {
  const shell = new HeadlessShell({ seed })
  shell.writeFile('nginx.yaml', manifests)
  for (const command of [...PREPARE, ...LOOPS, ...commands]) shell.run(command)
  shell.run('touch stop; kubectl exec client -- touch stop; wait')
  const [outside = 0, inside = 0] = COUNT.map((command) => Number(shell.run(command).stdout))
  return { outside, inside, errors: ERRORS.map((command) => shell.run(command).stdout) }
}

const DELETE_FIRST = 'kubectl delete pod $(kubectl get pods -l run=nginx -o name | head -1 | cut -d/ -f2)'

describe.each([1, 2, 3])('clients that keep asking (seed %i)', (seed) => {
  it('are answered every time while a Pod is deleted and replaced', () => {
    const { outside, inside, errors } = askDuring(seed, [
      ...[DELETE_FIRST, 'kubectl rollout status deployment/nginx', 'sleep 2'],
      ...[DELETE_FIRST, 'kubectl rollout status deployment/nginx', 'sleep 2'],
    ])
    expect(errors).toEqual(['', ''])
    expect(outside).toBeGreaterThan(100)
    expect(inside).toBeGreaterThan(100)
  })
})

describe('clients that keep asking during a rolling update', () => {
  const UPDATE = [
    'kubectl rollout restart deployment/nginx',
    'kubectl rollout status deployment/nginx',
    'sleep 2',
  ]

  // kube-proxy writes at most once a second: a Pod that stops within that second of another change is still sent to.
  it('lose some where Pods stop listening before kube-proxy has heard of it', () => {
    const { errors } = askDuring(1, UPDATE)
    const [outside = '', inside = ''] = errors.map((text) => text.trimEnd())
    // Which of these a client meets is a matter of milliseconds; that it meets some is not.
    const CURL =
      /^curl: \((28\) (Connection timed out after 2000 milliseconds|Operation timed out after 2000 milliseconds with 0 bytes received)|7\) Failed to connect to 203\.0\.113\.10 port 80 after N ms: Couldn't connect to server)$/
    const WGET =
      /^wget: (can't connect to remote host \(10\.96\.[\d.]+\): Connection refused|download timed out)$/
    for (const line of outside.split('\n')) expect(line).toMatch(CURL)
    for (const line of inside.split('\n')) expect(line).toMatch(WGET)
  })

  it('lose none where Pods wait a moment before they stop', () => {
    const lifecycle = 'image: nginx, lifecycle: {preStop: {sleep: {seconds: 2}}}}'
    expect(askDuring(1, UPDATE, MANIFESTS.replace('image: nginx}', lifecycle)).errors).toEqual(['', ''])
  })
})
