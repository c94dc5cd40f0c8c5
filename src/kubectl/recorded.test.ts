import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { SocketLayer } from '../network/sockets.ts'
import { createMachine } from '../os/create-machine.ts'
import { createFileSystem } from '../os/memory-file-system.ts'
import { makeDevices } from '../os/open-file.ts'
import { cat } from '../os/programs/cat.ts'
import { trueProgram } from '../os/programs/constants.ts'
import { diff } from '../os/programs/diff.ts'
import { sed } from '../os/programs/sed.ts'
import { inUserland } from '../os/programs/userland.ts'
import type { Blocking, OpenFile } from '../os/process.ts'
import { Simulation } from '../sim/index.ts'
import { kubectl } from './kubectl.ts'
import { normalise } from './normalise.ts'
import { parseTimestamp } from '../encoding/time.ts'
import { RecordedCluster, plainCommand, type RecordedDiscovery, type Step } from './recorded-cluster.ts'
import { KNOWN_DIFFERENCES, OUT_OF_SCOPE } from './recorded-differences.ts'

/**
 * Sessions of a real kubectl 1.36 on a real cluster: each command is run by our kubectl against the answers that the
 * real server gave, and must print the same, by the same exit code.
 */
const SCENARIOS = [
  'hands-on',
  'get',
  'describe',
  'verbs',
  'errors',
  'errors-extra',
  'services-deep',
  'tty',
  'drain-mixed',
  'idle',
]

function readPacked(name: string): string {
  return brotliDecompressSync(readFileSync(new URL(`./testdata/${name}`, import.meta.url))).toString('utf8')
}

const discovery = JSON.parse(readPacked('discovery.json.br')) as RecordedDiscovery

const CONFIG = (namespace: string): string => `apiVersion: v1
clusters:
- cluster: {server: 'https://127.0.0.1:6443'}
  name: kubernetes
contexts:
- context: {cluster: kubernetes, namespace: ${namespace}, user: kubernetes-admin}
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
kind: Config
users:
- name: kubernetes-admin
  user: {}
`

function sink(): OpenFile & { text: string } {
  return {
    text: '',
    *read(): Blocking<string | null> {
      return null
    },
    *write(text: string) {
      this.text += text
    },
    close() {},
  }
}

function source(text: string): OpenFile {
  let left: string | null = text === '' ? null : text
  return {
    *read(): Blocking<string | null> {
      const chunk = left
      left = null
      return chunk
    },
    *write() {},
    close() {},
  }
}

interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | undefined
}

/** Runs one recorded command on a laptop whose only way out is the recording. */
function replay(step: Step, words: readonly string[], files: ReadonlyMap<string, string>): Outcome {
  const startMs = parseTimestamp(step.at)
  const simulation = new Simulation({ seed: 1, startMs })
  const cluster = new RecordedCluster(step, simulation, discovery)
  const fileSystem = createFileSystem()
  makeDevices(fileSystem)
  for (const folder of ['/bin', '/tmp']) fileSystem.makeDirectory(folder, { parents: true })
  for (const [name, program] of Object.entries({ cat, diff, sed, true: trueProgram })) {
    fileSystem.install(`/bin/${name}`, inUserland('gnu', program))
  }
  for (const [name, text] of files) {
    const path = `/home/learner/${name}`
    fileSystem.makeDirectory(path.slice(0, path.lastIndexOf('/')), { parents: true })
    fileSystem.write(path, text)
  }
  const dial = (server: string): RecordedCluster | undefined =>
    server === 'https://127.0.0.1:6443' ? cluster : undefined
  const { kernel } = createMachine({
    hostname: 'laptop',
    simulation,
    files: fileSystem,
    network: {} as SocketLayer,
    facilities: new Map<string, unknown>([['dial-api', dial]]),
  })
  const [stdout, stderr] = [sink(), sink()]
  let exitCode: number | undefined
  const { pid } = kernel.start(kubectl, {
    argv: words,
    env: new Map([['PATH', '/bin:/usr/bin'], ['HOME', '/home/learner'], ...Object.entries(step.env ?? {})]),
    cwd: '/home/learner',
    files: new Map<number, OpenFile>([
      [0, source(step.stdin ?? '')],
      [1, stdout],
      [2, stderr],
    ]),
    onExit: (status) => (exitCode = status.code),
  })
  cluster.interrupt = () => simulation.schedule(1, () => kernel.kill(pid, 'SIGTERM'))
  while (exitCode === undefined && (simulation.nextDueMs ?? Infinity) <= startMs + 120_000) simulation.step()
  for (const name of ['.kube/config'])
    (files as Map<string, string>).set(name, fileSystem.read(`/home/learner/${name}`))
  return { stdout: stdout.text, stderr: stderr.text, exitCode }
}

/** `cat x | kubectl ...` and here-documents are kubectl with standard input. */
function withInput(step: Step, files: ReadonlyMap<string, string>): Step {
  const cat = /^cat (\S+) \| (kubectl .*)$/.exec(step.cmd)
  if (cat && files.has(cat[1]!)) return { ...step, cmd: cat[2]!, stdin: files.get(cat[1]!)! }
  const here = /^(kubectl [^\n]*?) <<'?EOF'?\n([\s\S]*)EOF\n?$/.exec(step.cmd)
  return here ? { ...step, cmd: here[1]!, stdin: here[2]! } : step
}

function compare(name: string): { total: number; different: string[] } {
  const files = new Map([['.kube/config', CONFIG(name === 'drain-mixed' ? 'verbs' : 'default')]])
  const different: string[] = []
  let total = 0
  for (const line of readPacked(`${name}.jsonl.br`).trim().split('\n')) {
    const step = withInput(JSON.parse(line) as Step, files)
    for (const [path, text] of Object.entries(step.files ?? {})) files.set(path, text)
    const words = plainCommand(step.cmd)
    if (!words || step.chance || OUT_OF_SCOPE.test(step.cmd)) continue
    const outcome = replay(step, words, files)
    total++
    const same =
      normalise(outcome.stdout) === normalise(step.stdout ?? '') &&
      normalise(outcome.stderr) === normalise(step.stderr ?? '') &&
      (outcome.exitCode ?? 0) === (step.exitCode ?? 0)
    if (!same) {
      different.push(`${name} ${step.n}`)
      if (process.env['SHOW_DIFFERENCES']) show(step, outcome)
    }
  }
  return { total, different }
}

function show(step: Step, outcome: Outcome): void {
  const pair = (got: string, want: string): string => {
    const [a, b] = [normalise(got).split('\n'), normalise(want).split('\n')]
    const at = a.findIndex((line, i) => line !== b[i])
    return `line ${at}\n    got  ${JSON.stringify(a.slice(at, at + 3).join('\n')).slice(0, 400)}\n    want ${JSON.stringify(b.slice(at, at + 3).join('\n')).slice(0, 400)}`
  }
  console.log(
    [
      `${step.n} ${step.cmd}`,
      ...(normalise(outcome.stdout) !== normalise(step.stdout ?? '')
        ? [`  stdout ${pair(outcome.stdout, step.stdout ?? '')}`]
        : []),
      ...(normalise(outcome.stderr) !== normalise(step.stderr ?? '')
        ? [`  stderr ${pair(outcome.stderr, step.stderr ?? '')}`]
        : []),
      `  exit code ${outcome.exitCode}, recorded ${step.exitCode ?? 0}`,
    ].join('\n'),
  )
}

describe('recorded sessions of a real kubectl', () => {
  it.each(SCENARIOS)('%s', { timeout: 60_000 }, (name) => {
    const { total, different } = compare(name)
    const known = Object.keys(KNOWN_DIFFERENCES).filter((step) => step.startsWith(`${name} `))
    expect(different.filter((step) => !known.includes(step))).toEqual([])
    expect(total).toBeGreaterThan(0)
  })
})
