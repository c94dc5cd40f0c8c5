/**
 * The kernel's own tools as judges: what our `nft list` prints, a real `nft -f` takes, and a real `nft list` prints as
 * it was; what a real `nft` complains about, ours does too.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runNft } from '../../src/network/index.ts'
import { cluster, web } from '../packets/cluster.ts'
import { build, randomWorld } from '../packets/random-world.ts'
import { inNamespace, judgedBy, SHAPES } from './namespace.ts'

const judged = judgedBy('nft list ruleset', 'nftables')

const nodeOf = (spec: Parameters<typeof web>[0], endpoints: readonly string[]) =>
  cluster([web(spec, endpoints)], { mode: 'nftables' }).hosts['node-1']!.netfilter

judged('nft -f takes our rules, and lists them as we do', () => {
  it.each(SHAPES)('%s', (_name, spec, endpoints) => {
    const netfilter = nodeOf(spec as Parameters<typeof web>[0], endpoints)
    const ours = runNft(['list', 'ruleset'], netfilter).stdout
    const { stdout, stderr } = inNamespace('nft -f - && nft list ruleset', ours)
    expect(stderr).toBe('')
    expect(stdout).toBe(ours)
  })
})

judged('nft -f takes the tables of NetworkPolicies, and lists them as we do', () => {
  const worlds = fc
    .sample(randomWorld, { numRuns: 20, seed: 2 })
    .map((world, index) => [index, world] as const)
  it.each(worlds)('cluster %i', (seed, world) => {
    const { netfilter } = build(world, seed).hosts['node-1']!
    const ours = runNft(['list', 'ruleset'], netfilter).stdout
    expect(inNamespace('nft -f - && nft list ruleset', ours)).toMatchObject({ stderr: '', stdout: ours })
  })
})

judged('nft says what the real one says', () => {
  it.each([
    'nft list tables',
    'nft list tables ip6',
    'nft list table ip kube-proxy',
    'nft list table kube-proxy',
    'nft list chain ip kube-proxy services',
    'nft list chain ip kube-proxy nat-output',
    'nft list set ip kube-proxy cluster-ips',
    'nft list map ip kube-proxy service-ips',
    'nft',
    'nft bogus',
    'nft list',
    'nft list bogus',
    'nft list table',
    'nft list table ip nope',
    'nft list table nope',
    'nft list chain ip kube-proxy nope',
    'nft list set ip kube-proxy nope',
    'nft list map ip kube-proxy cluster-ips',
  ])('%s', (command) => {
    const netfilter = nodeOf({}, ['a', 'b'])
    const ruleset = runNft(['list', 'ruleset'], netfilter).stdout
    const real = inNamespace(`nft -f - && { ${command}; echo "exit code $?"; } 2>&1`, ruleset).stdout
    const { stdout, stderr, exitCode } = runNft(command.split(' ').slice(1), netfilter)
    expect(`${stdout}${stderr}exit code ${exitCode}\n`).toBe(real)
  })
})
