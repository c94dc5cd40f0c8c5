import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../../src/sim/index.ts'
import type { Invocation } from './pair.ts'

/** The lines of a list of words: flags and whole sentences, one a line; some are empty, for what is left out. */
function words(name: string): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, 'words', `${name}.txt`), 'utf8')
  return text.replace(/\n$/, '').split('\n')
}

/** As a shell would: `-n shop` is two words, what stands in quotes is one. */
export function split(text: string): string[] {
  return [...text.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replace(/'([^']*)'/g, '$1'))
}

interface Kind {
  readonly spellings: readonly string[]
  readonly names: readonly string[]
}

const KINDS: readonly Kind[] = words('kind')
  .filter((line) => !line.startsWith('#'))
  .map((line) => {
    const colon = line.lastIndexOf(':')
    return { spellings: split(line.slice(0, colon)), names: split(line.slice(colon + 1)) }
  })
/** The first in the list are asked for more often. */
const FREQUENT_KINDS = KINDS.slice(0, 15)

const NAMESPACES = words('namespace')
const OUTPUTS = words('output')
const PATHS = words('jsonpath')
const TEMPLATES = words('go-template')
const COLUMNS = words('custom-columns')
const SELECTORS = words('selector')
const GET_FLAGS = words('get')
const FIELDS = words('explain')
const DRY_RUNS = words('dry-run')
const MANIFESTS = words('manifest')
const APPLY_FLAGS = words('apply')
const CREATE = words('create')
const READ = words('read')
const WRITE = words('write')

const chance = (random: Random, probability: number): boolean => random.next() < probability
const one = (random: Random, list: readonly string[]): string[] => split(random.pick(list))
const maybe = (random: Random, probability: number, list: readonly string[]): string[] =>
  chance(random, probability) ? one(random, list) : []

function kind(random: Random): { word: string; names: readonly string[] } {
  const { spellings, names } = random.pick(chance(random, 0.6) ? FREQUENT_KINDS : KINDS)
  return { word: random.pick(spellings), names }
}

/** `TYPE`, `TYPE NAME...`, `TYPE/NAME...`, `TYPE,TYPE`. */
function targets(random: Random, named: number): string[] {
  const { word, names } = kind(random)
  const name = (): string =>
    names.length === 0 || chance(random, 0.12)
      ? random.pick(['nosuch', 'Bad_Name', 'a.b', '', 'web/x'])
      : random.pick(names)
  if (!chance(random, named)) return chance(random, 0.15) ? [`${word},${kind(random).word}`] : [word]
  const forms = [
    () => [word, name()],
    () => [word, name()],
    () => [word, name()],
    () => [word, name(), name()],
    () => [`${word}/${name()}`],
    () => [`${word}/${name()}`, `${kind(random).word}/${name()}`],
    () => [chance(random, 0.3) ? `${word}/${name()}` : word, name()],
  ]
  return random.pick(forms)()
}

function output(random: Random): string[] {
  const missing = chance(random, 0.2) ? ['--allow-missing-template-keys=false'] : []
  const forms = [
    () => one(random, OUTPUTS),
    () => one(random, OUTPUTS),
    () => ['-o', `jsonpath=${random.pick(PATHS)}`, ...missing],
    () => ['-o', `go-template=${random.pick(TEMPLATES)}`, ...missing],
    () => ['-o', `jsonpath-as-json=${random.pick(PATHS)}`],
    () => ['-o', `custom-columns=${random.pick(COLUMNS)}`, ...(missing.length > 0 ? ['--no-headers'] : [])],
  ]
  return random.pick(forms)()
}

/** Puts flags into a sentence: before its `--`, if it has one. */
function flagged(sentence: string, flags: readonly string[]): string[] {
  const written = split(sentence)
  const dash = written.indexOf('--')
  return dash < 0 ? [...written, ...flags] : [...written.slice(0, dash), ...flags, ...written.slice(dash)]
}

type Rule = (random: Random) => string[]

const get: Rule = (random) => [
  'get',
  ...targets(random, 0.5),
  ...one(random, NAMESPACES),
  ...output(random),
  ...maybe(random, 0.25, SELECTORS),
  ...maybe(random, 0.3, GET_FLAGS),
  ...maybe(random, 0.1, GET_FLAGS),
]

const describe: Rule = (random) => [
  'describe',
  ...targets(random, 0.75),
  ...one(random, NAMESPACES),
  ...maybe(random, 0.2, SELECTORS),
  ...maybe(random, 0.1, ['--show-events=false', '--show-events=x', '-f service.yaml', '--nosuch', '-o yaml']),
]

const explain: Rule = (random) => ['explain', ...split(kind(random).word + random.pick(FIELDS))]

const inShop = (random: Random, probability: number): string[] =>
  chance(random, probability) ? ['-n', 'shop'] : []

const dryCreate: Rule = (random) =>
  flagged(`create ${random.pick(CREATE)}`, [...one(random, DRY_RUNS), ...inShop(random, 0.5)])

const dryManifest: Rule = (random) => [
  random.pick(['apply', 'apply', 'apply', 'create', 'replace', 'delete', 'diff', 'label', 'annotate', 'get']),
  '-f',
  ...one(random, MANIFESTS),
  ...inShop(random, 0.5),
  ...one(random, DRY_RUNS),
  ...maybe(random, 0.25, APPLY_FLAGS),
]

/** Of these `--dry-run` is unknown or not all there is to them. */
const LASTING = /^(rollout restart|delete --raw)/
const DRY_WRITE = WRITE.filter((sentence) => !LASTING.test(sentence))

const dryWrite: Rule = (random) => {
  const sentence = random.pick(DRY_WRITE)
  const untold = /^(drain|cordon|uncordon)/.test(sentence)
  const dry = one(random, untold ? ['--dry-run=client', '--dry-run=server', '--dry-run=foo'] : DRY_RUNS)
  return flagged(sentence, ['-n', chance(random, 0.95) ? 'shop' : 'nosuch', ...dry])
}

const NAMESPACED = /^(rollout|logs|exec|attach|wait|apply|diff|edit|set|top|cp|port|debug|replace)/

const read: Rule = (random) => {
  const sentence = random.pick(READ)
  return flagged(sentence, NAMESPACED.test(sentence) ? inShop(random, 0.9) : [])
}

const RULES: readonly (readonly [weight: number, rule: Rule])[] = [
  [30, get],
  [14, describe],
  [6, explain],
  [14, dryCreate],
  [10, dryManifest],
  [16, dryWrite],
  [20, read],
]

/** A command that changes nothing. */
export function reading(random: Random): Invocation {
  let left = random.next() * RULES.reduce((sum, [weight]) => sum + weight, 0)
  const argv = RULES.find(([weight]) => (left -= weight) < 0)![1](random)
  const readsStdin = argv.some((word, index) => word === '-' && argv[index - 1] === '-f')
  return readsStdin ? { argv, stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: typed}\n' } : { argv }
}

/** Sentences whose subject is the whole cluster or another namespace, or that wait for what takes long. */
const ELSEWHERE = /\b(nodes?|ns|drain|cordon|uncordon|taint)\b|-A\b|--raw|--all\b|-it?\b|--timeout|--dry-run/

const STORY = WRITE.filter((sentence) => !ELSEWHERE.test(sentence))
const STORY_CREATE = CREATE.filter(
  (sentence) => !/^(ns|namespace|clusterrole|pc|priorityclass)|--raw|--edit/.test(sentence),
)

/** Commands that change a namespace, and looks at what became of it, to be run one after the other. */
export function story(random: Random, length: number): Invocation[] {
  const wish = (): string => {
    const forms = [
      () => `create ${random.pick(STORY_CREATE)}`,
      () => `apply -f ${random.pick(MANIFESTS)} ${chance(random, 0.2) ? random.pick(APPLY_FLAGS) : ''}`,
      () => random.pick(STORY),
      () => random.pick(STORY),
      () => 'get svc,cm,secret,deploy,sts -o name',
    ]
    return random.pick(forms)()
  }
  return Array.from({ length }, () => ({ argv: split(wish()) }))
}
