/**
 * Records what real shells do with the cases of `src/os/shell/comparison/cases.ts`, each in an empty directory:
 * `npx tsx scripts/record-shell.ts`. Needs GNU bash 5.2 and busybox.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ASH, BASH, POSIX } from '../src/os/shell/comparison/cases.ts'

// On Debian `sh` is dash: busybox's cases shall find busybox under that name.
const links = mkdtempSync(join(tmpdir(), 'shell-bin-'))
symlinkSync('/bin/busybox', join(links, 'sh'))

const SHELLS = {
  bash: { file: '/bin/bash', argv0: 'bash', path: '/usr/bin:/bin', cases: [...POSIX, ...BASH] },
  ash: { file: '/bin/busybox', argv0: 'sh', path: `${links}:/usr/bin:/bin`, cases: [...POSIX, ...ASH] },
}

for (const [name, shell] of Object.entries(SHELLS)) {
  const recorded = shell.cases.map((script) => {
    const cwd = mkdtempSync(join(tmpdir(), 'shell-case-'))
    const result = spawnSync(shell.file, ['-c', script], {
      argv0: shell.argv0,
      cwd,
      input: '',
      encoding: 'utf8',
      timeout: 20_000,
      env: { PATH: shell.path, HOME: '/root', LC_ALL: 'C.UTF-8' },
    })
    rmSync(cwd, { recursive: true, force: true })
    const exitCode = result.status ?? 128 + constants.signals[result.signal ?? 'SIGTERM']
    return { script, stdout: result.stdout, stderr: result.stderr, exitCode }
  })
  const lines = recorded.map((one) => `  ${JSON.stringify(one)}`)
  writeFileSync(
    join(import.meta.dirname, `../src/os/shell/comparison/${name}.json`),
    `[\n${lines.join(',\n')}\n]\n`,
  )
}

rmSync(links, { recursive: true })
