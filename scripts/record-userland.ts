/**
 * Records what the real tools answer to the commands of `src/os/programs/recorded/cases.txt`: GNU's (run on Debian 12)
 * and busybox's (BUSYBOX names the binary, 1.37). Writes `answers.json` beside it, which the tests compare with.
 *
 *   BUSYBOX=/usr/bin/busybox npx tsx scripts/record-userland.ts
 */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

interface Answer {
  readonly userland: 'gnu' | 'busybox'
  readonly argv: readonly string[]
  readonly stdin?: string
  readonly stdout: string
  readonly stderr: string
  readonly code: number
  /** Files made, changed or (null) removed. */
  readonly changed?: Readonly<Record<string, string | null>>
}

const folder = join(import.meta.dirname, '../src/os/programs/recorded')
const fixtures = JSON.parse(readFileSync(join(folder, 'fixtures.json'), 'utf8')) as Record<string, string>
const busybox = process.env['BUSYBOX'] ?? '/usr/bin/busybox'

const links = mkdtempSync(join(tmpdir(), 'applets-'))
for (const applet of spawnSync(busybox, ['--list'], { encoding: 'utf8' }).stdout.trim().split('\n'))
  symlinkSync(busybox, join(links, applet))

const answers: Answer[] = []
for (const line of readFileSync(join(folder, 'cases.txt'), 'utf8').split('\n')) {
  if (line === '' || line.startsWith('#')) continue
  const only = /^[gb]:/.exec(line)?.[0]
  const [command = '', input] = line.replace(/^[gb]:/, '').split(' << ')
  const argv = [...command.matchAll(/'([^']*)'|([^\s']+)/g)].map((match) => match[1] ?? match[2]!)
  const stdin = line.includes(' << ')
    ? (input ?? '').replaceAll('\\n', '\n').replaceAll('\\t', '\t')
    : undefined
  for (const userland of ['gnu', 'busybox'] as const) {
    const wanted = only === undefined || only[0] === userland[0]
    const answer = wanted ? record(userland, argv, stdin) : undefined
    if (answer) answers.push(answer)
    else if (wanted) console.log(`no ${argv[0]} of ${userland} here`)
  }
}
writeFileSync(
  join(folder, 'answers.json'),
  `[\n${answers.map((answer) => JSON.stringify(answer)).join(',\n')}\n]\n`,
)
rmSync(links, { recursive: true })
console.log(`${answers.length} answers recorded`)

function record(
  userland: Answer['userland'],
  argv: readonly string[],
  stdin: string | undefined,
): Answer | undefined {
  const root = mkdtempSync(join(tmpdir(), 'userland-'))
  const home = join(root, 'work')
  mkdirSync(home)
  layOut(home)
  const before = contents(home)
  const path = userland === 'busybox' ? links : '/usr/bin:/bin'
  const [name = '', ...args] = argv
  const program =
    userland === 'busybox'
      ? join(links, name)
      : [`/usr/bin/${name}`, `/bin/${name}`].find((each) => existsSync(each))
  if (!program) return undefined
  const result = spawnSync(program, args, {
    cwd: home,
    input: stdin ?? '',
    encoding: 'utf8',
    argv0: name,
    env: { PATH: path, LC_ALL: 'C', TZ: 'UTC' },
  })
  const changed = difference(before, contents(home))
  rmSync(root, { recursive: true })
  // Debian's busybox lacks some applets that the image has.
  if (result.error) return undefined
  const clean = (text: string) =>
    text
      .replaceAll(home, '/work')
      .replaceAll(`${program}:`, `${name}:`)
      .replaceAll(`${program} --help`, `${name} --help`)
  return {
    userland,
    argv,
    ...(stdin !== undefined && { stdin }),
    stdout: clean(result.stdout),
    stderr: clean(result.stderr),
    code: result.status ?? 128 + constants.signals[result.signal!],
    ...(Object.keys(changed).length > 0 && { changed }),
  }
}

function layOut(home: string): void {
  for (const [name, text] of Object.entries(fixtures)) {
    const [path = '', target] = name.split(' -> ')
    if (target !== undefined) symlinkSync(target, join(home, path))
    else if (path.endsWith('/')) mkdirSync(join(home, path))
    else {
      mkdirSync(dirname(join(home, path)), { recursive: true })
      writeFileSync(join(home, path), text)
    }
  }
}

function contents(home: string): Map<string, string> {
  const entries = readdirSync(home, { recursive: true, withFileTypes: true })
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const text = entry.isFile()
        ? readFileSync(path, 'utf8')
        : entry.isDirectory()
          ? '<directory>'
          : '<link>'
      return [path.slice(home.length + 1), text] as const
    }),
  )
}

function difference(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Record<string, string | null> {
  const changed: Record<string, string | null> = {}
  for (const name of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    if (before.get(name) !== after.get(name)) changed[name] = after.get(name) ?? null
  }
  return changed
}
