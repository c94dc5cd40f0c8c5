/**
 * `npm run bench`: this engine and the npm package `@ngrok/webernetes`, side by side, each size in a process of its own.
 * CPU time of the whole process counts, so garbage collection and idle polling do, too.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import type { Measurement } from './subject.ts'

const SIZES = [
  { nodes: 3, replicas: 10 },
  { nodes: 3, replicas: 100 },
  { nodes: 12, replicas: 1000 },
]
const TIMEOUT_MS = 300_000

const root = resolve(import.meta.dirname, '..')
const outDir = join(root, '.cache/bench')
mkdirSync(outDir, { recursive: true })
await build({
  root,
  configFile: false,
  logLevel: 'error',
  ssr: { noExternal: true },
  build: {
    ssr: true,
    outDir,
    rollupOptions: {
      input: Object.fromEntries(
        ['ours', 'peer', 'steps', 'scale'].map((name) => [name, join(root, `bench/${name}.ts`)]),
      ),
    },
  },
})

const ROWS: readonly (readonly [string, (result: Measurement) => string])[] = [
  ['boot until nodes are Ready, CPU ms', ({ bootMs }) => bootMs.toFixed(0)],
  ['replicas until all are Ready, CPU ms', ({ deployMs }) => deployMs.toFixed(0)],
  ['heap then, MB', ({ heapMb }) => heapMb.toFixed(0)],
  [
    'requests through the Service by name, per CPU second, the first 2,000',
    ({ requestsPerSecond }) => requestsPerSecond.toFixed(0),
  ],
  ['the same after 10,000 others', ({ warmRequestsPerSecond }) => warmRequestsPerSecond.toFixed(0)],
  ['list all Pods, CPU ms', ({ listMs }) => listMs.toFixed(2)],
  ['delete a Pod until nobody routes to it, CPU ms', ({ deletePodMs }) => deletePodMs.toFixed(0)],
]

const lines = [`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`, '']
for (const size of SIZES) {
  const [ours, peer] = ['ours', 'peer'].map((subject) => run(subject, size))
  lines.push(
    `| ${size.replicas} replicas on ${size.nodes} nodes | tabernetes | webernetes |`,
    '|---|---:|---:|',
  )
  for (const [label, cell] of ROWS)
    lines.push(`| ${label} | ${ours ? cell(ours) : '-'} | ${peer ? cell(peer) : '-'} |`)
  lines.push('')
}
lines.push(...stepTable(), '', ...scaleTables(), '')
// CPU time grows, too, where others use the same caches: what else ran is part of the result.
lines[0] += `, load average ${loadavg()[0]!.toFixed(1)} at the end`
console.log(lines.join('\n'))
writeFileSync(join(root, 'bench/results.md'), `# The last run of \`npm run bench\`\n\n${lines.join('\n')}`)

/** Single steps of the simulation: what the worker cannot interrupt. */
function stepTable(): string[] {
  const { stdout, stderr } = spawnSync(process.execPath, [join(outDir, 'steps.js')], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  })
  if (stdout === '') throw new Error(stderr)
  const phases = JSON.parse(stdout) as readonly {
    name: string
    steps: number
    cpuMs: number
    long: number
    longestMs: number
  }[]
  return [
    '| steps of the simulation, tabernetes, 12 nodes | steps | CPU ms | over 6 ms | longest, ms |',
    '|---|---:|---:|---:|---:|',
    ...phases.map(
      ({ name, steps, cpuMs, long, longestMs }) =>
        `| ${name} | ${steps} | ${cpuMs.toFixed(0)} | ${long} | ${longestMs.toFixed(1)} |`,
    ),
  ]
}

/** What is to cost the same in a small cluster and in a large one. */
function scaleTables(): string[] {
  const table = (title: string, what: string, sizes: readonly number[], digits: number): string[] => {
    const columns = sizes.map((size) => scale(what, size))
    return [
      `| ${title} | ${sizes.map((size) => size.toLocaleString('en')).join(' | ')} |`,
      `|---|${sizes.map(() => '---:|').join('')}`,
      ...Object.keys(columns[0]!).map(
        (row) => `| ${row} | ${columns.map((column) => column[row]!.toFixed(digits)).join(' | ')} |`,
      ),
      '',
    ]
  }
  return [
    ...table('one object, microseconds of CPU; Pods that there are', 'objects', [100, 1000, 10_000], 0),
    ...table('through a ClusterIP; Services that there are', 'services', [10, 1000, 10_000], 0),
    ...table('an endpoint told to the rules of 100 nodes; Services that there are', 'slices', [10, 1000], 1),
  ].slice(0, -1)
}

function scale(what: string, size: number): Readonly<Record<string, number>> {
  const { stdout, stderr } = spawnSync(process.execPath, [join(outDir, 'scale.js'), what, String(size)], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as Readonly<Record<string, number>>
}

function run(subject: string, { nodes, replicas }: (typeof SIZES)[number]): Measurement | undefined {
  const script = join(outDir, `${subject}.js`)
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--expose-gc', script, String(nodes), String(replicas)],
    {
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      maxBuffer: 2 ** 26,
    },
  )
  const json = /\{"bootMs".*\}$/.exec(stdout)
  if (json) return JSON.parse(json[0]) as Measurement
  console.error(
    `${subject} with ${replicas} replicas: ${status === null ? `not done after ${TIMEOUT_MS / 1000} s` : stderr.slice(-2000)}`,
  )
  return undefined
}
