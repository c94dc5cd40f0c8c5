/**
 * Writes `docs/fidelity.md`: how many of the steps recorded on a real cluster our engine and our kubectl answer
 * equally, by scenario, by verb and by kind. The replay and the list of differences are those of the test.
 *
 * Usage: tsx scripts/fidelity.ts
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import * as prettier from 'prettier'
import { KNOWN_DIFFERENCES } from '../tests/transcripts/known-differences.ts'
import type { StepResult } from '../tests/transcripts/replay.ts'
import { judge, SCENARIOS } from '../tests/transcripts/scenarios.ts'

const FILE = 'docs/fidelity.md'

/** Kinds as commands write them, by the name under which we count them. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['po', 'pod', 'pods'],
  Service: ['svc', 'service', 'services'],
  Endpoints: ['ep', 'endpoints'],
  EndpointSlice: ['endpointslice', 'endpointslices'],
  Deployment: ['deploy', 'deployment', 'deployments'],
  ReplicaSet: ['rs', 'replicaset', 'replicasets'],
  StatefulSet: ['sts', 'statefulset', 'statefulsets'],
  DaemonSet: ['ds', 'daemonset', 'daemonsets'],
  'Job, CronJob': ['job', 'jobs', 'cj', 'cronjob', 'cronjobs'],
  'ConfigMap, Secret': ['cm', 'configmap', 'configmaps', 'secret', 'secrets'],
  Namespace: ['ns', 'namespace', 'namespaces'],
  Node: ['no', 'node', 'nodes'],
  Event: ['ev', 'event', 'events'],
  'Ingress, NetworkPolicy': ['ing', 'ingress', 'netpol', 'networkpolicy'],
  'volumes and claims': ['pv', 'pvc', 'persistentvolume', 'persistentvolumeclaim', 'sc', 'storageclass'],
}

function verbOf(command: string): string {
  const words = command.split(/\s+/)
  const at = words.findIndex((word) => /(?:^|["'(])kubectl$/.test(word))
  if (at < 0) return 'other programs'
  return words.slice(at + 1).find((word) => /^[a-z][a-z-]+$/.test(word)) ?? 'kubectl itself'
}

function kindOf(command: string): string {
  const words = command.split(/[\s/,'"=]+/)
  return (
    Object.keys(KINDS).find((kind) => KINDS[kind]!.some((word) => words.includes(word))) ?? 'no kind named'
  )
}

function table(title: string, results: readonly StepResult[], keyOf: (result: StepResult) => string): string {
  const groups = new Map<string, StepResult[]>()
  for (const result of results) groups.set(keyOf(result), [...(groups.get(keyOf(result)) ?? []), result])
  const rows = [...groups].map(([key, group]) => `| ${key} | ${score(group)} |`).sort()
  return [`| ${title} | equal | steps | |`, '| --- | ---: | ---: | ---: |', ...rows].join('\n')
}

function score(results: readonly StepResult[]): string {
  const equal = results.filter((result) => result.equal).length
  return `${equal} | ${results.length} | ${((100 * equal) / results.length).toFixed(1)} %`
}

function differences(scenario: string): string {
  const known = Object.entries(KNOWN_DIFFERENCES[scenario] ?? {})
  return known.length === 0
    ? ''
    : [`### ${scenario}`, '', ...known.map(([n, reason]) => `- ${n}: ${reason}`), ''].join('\n')
}

const scenarios = SCENARIOS.map((scenario) => ({ scenario, results: judge(scenario) }))
const all = scenarios.flatMap(({ results }) => results)
const page = [
  '# Fidelity',
  '',
  'Sessions recorded on a real Kubernetes 1.36.3 of three nodes, replayed through our kubectl on our engine. A step is',
  'equal when standard output, standard error and exit code are, after the one normalisation of',
  '`tests/transcripts/normalise.ts`. Steps in which two runs of the real cluster differed do not count.',
  'Written by `npx tsx scripts/fidelity.ts`.',
  '',
  `All together: ${all.filter(({ equal }) => equal).length} of ${all.length} steps.`,
  '',
  '| scenario | equal | steps | |',
  '| --- | ---: | ---: | ---: |',
  ...scenarios.map(({ scenario, results }) => `| ${scenario} | ${score(results)} |`),
  '',
  table('verb', all, ({ step }) => verbOf(step.cmd)),
  '',
  table('kind', all, ({ step }) => kindOf(step.cmd)),
  '',
  '## What differs, step by step',
  '',
  ...SCENARIOS.map(differences),
].join('\n')

mkdirSync('docs', { recursive: true })
writeFileSync(
  FILE,
  await prettier.format(page, { parser: 'markdown', ...(await prettier.resolveConfig(FILE)) }),
)
