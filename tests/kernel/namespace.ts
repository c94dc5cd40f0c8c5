/** Network namespaces of the kernel we run on: what tests/kernel is judged in. As root on Linux, with Debian's tools. */
import { spawnSync } from 'node:child_process'
import { describe, it } from 'vitest'

/** Runs a script in a network namespace of its own. */
export const inNamespace = (script: string, input = '') =>
  spawnSync('unshare', ['-n', 'sh', '-c', script], { input, encoding: 'utf8', timeout: 60_000 })

/**
 * `describe` for tests that the kernel judges. In CI the tools have to be there; elsewhere the tests are skipped, and
 * say what they lack.
 * @param probe a script that fails without them
 */
export function judgedBy(probe: string, packages: string) {
  const hint = `needs root, network namespaces (\`${probe}\`) and the Debian packages ${packages}: apt-get install ${packages}`
  const available = inNamespace(probe).status === 0
  if (!available && process.env['CI']) throw new Error(`tests/kernel ${hint}`)
  if (!available) describe('the kernel', () => it.skip(hint, () => undefined))
  return describe.skipIf(!available)
}

/** Shapes of Services: their spec and their endpoints. */
const NODE_PORT = [{ port: 80, targetPort: 80, nodePort: 30080, protocol: 'TCP' }]
const CLIENT_IP = {
  sessionAffinity: 'ClientIP',
  sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } },
}
const RANGES = ['10.0.0.0/8', '198.51.100.0/24']

export const SHAPES = [
  ['ClusterIP', {}, ['a', 'b']],
  ['no endpoints', {}, []],
  ['affinity', CLIENT_IP, ['a', 'b']],
  ['NodePort, policy Local', { type: 'NodePort', ports: NODE_PORT, externalTrafficPolicy: 'Local' }, ['b']],
  ['NodePort, no endpoints', { type: 'NodePort', ports: NODE_PORT }, []],
  [
    'LoadBalancer with a source range',
    { type: 'LoadBalancer', ports: NODE_PORT, loadBalancerSourceRanges: ['10.0.0.0/8'] },
    ['a', 'b'],
  ],
  [
    'LoadBalancer with source ranges, the node inside',
    { type: 'LoadBalancer', ports: NODE_PORT, loadBalancerSourceRanges: [...RANGES, '192.168.99.0/24'] },
    ['a', 'b'],
  ],
  ['external addresses', { externalIPs: ['192.0.2.1'] }, ['a']],
  ['UDP', { ports: [{ port: 53, targetPort: 53, protocol: 'UDP' }] }, ['a']],
] as const
