import * as prettier from 'prettier'
import { judgedExchanges } from './http/exchanges.ts'
import { KNOWN_DIFFERENCES as HTTP_DIFFERENCES } from './http/known-differences.ts'
import { KNOWN_DIFFERENCES } from './known-differences/index.ts'
import { judgedSteps, SCENARIOS } from './scenarios.ts'

interface JudgedStep {
  readonly command: string
  readonly equal: boolean
}

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

/**
 * The text of `docs/fidelity.md`: how many of the steps recorded on a real cluster our engine and our kubectl answer
 * equally, by scenario, by verb and by kind. What is equal is what is not listed: the test holds the lists to that.
 */
export async function fidelityPage(): Promise<string> {
  const scenarios = SCENARIOS.map((scenario) => ({ scenario, steps: judged(scenario) }))
  const all = scenarios.flatMap(({ steps }) => steps)
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
    ...scenarios.map(({ scenario, steps }) => `| ${scenario} | ${score(steps)} |`),
    '',
    table('verb', all, ({ command }) => verbOf(command)),
    '',
    table('kind', all, ({ command }) => kindOf(command)),
    '',
    '## The HTTP exchanges beneath',
    '',
    'What our API server answers to the requests that were recorded: status, warnings, objects with their defaults and',
    'managed fields, cells of tables, errors with their causes. Discovery and schemas, streams and what only a protobuf',
    'body tells are left out. What differs, and why: `tests/transcripts/http/known-differences.ts`.',
    '',
    '| scenario | equal | exchanges | |',
    '| --- | ---: | ---: | ---: |',
    ...Object.entries(HTTP_DIFFERENCES).map(exchangeRow),
    '',
    '## What differs, step by step',
    '',
    ...SCENARIOS.map(differences),
  ].join('\n')
  return prettier.format(page, { parser: 'markdown', ...(await prettier.resolveConfig('docs/fidelity.md')) })
}

const judged = (scenario: string): readonly JudgedStep[] =>
  judgedSteps(scenario).map(({ n, cmd }) => ({ command: cmd, equal: !(n in KNOWN_DIFFERENCES[scenario]!) }))

function exchangeRow([scenario, known]: readonly [string, Readonly<Record<string, string>>]): string {
  const all = judgedExchanges(scenario)
  const equal = all - Object.values(known).flatMap((names) => names.split(' ')).length
  return `| ${scenario} | ${equal} | ${all} | ${((100 * equal) / all).toFixed(1)} % |`
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

function table(title: string, steps: readonly JudgedStep[], keyOf: (step: JudgedStep) => string): string {
  const groups = new Map<string, JudgedStep[]>()
  for (const step of steps) groups.set(keyOf(step), [...(groups.get(keyOf(step)) ?? []), step])
  const rows = [...groups].map(([key, group]) => `| ${key} | ${score(group)} |`).sort()
  return [`| ${title} | equal | steps | |`, '| --- | ---: | ---: | ---: |', ...rows].join('\n')
}

function score(steps: readonly JudgedStep[]): string {
  const equal = steps.filter((step) => step.equal).length
  return `${equal} | ${steps.length} | ${((100 * equal) / steps.length).toFixed(1)} %`
}

function differences(scenario: string): string {
  const known = Object.entries(KNOWN_DIFFERENCES[scenario] ?? {})
  return known.length === 0
    ? ''
    : [`### ${scenario}`, '', ...known.map(([n, reason]) => `- ${n}: ${reason}`), ''].join('\n')
}
