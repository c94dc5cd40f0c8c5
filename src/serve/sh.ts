/**
 * `npm run sh -- FILE|- [--json] [--seed S] [--nodes K]`: terminal lines on a fresh cluster, headless, in virtual time,
 * as fast as it goes. With `-` each command is answered before the next line is read.
 */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { isComplete } from '../os/shell/index.ts'
import { readArguments } from './arguments.ts'
import { HeadlessShell, type CommandReport } from './headless-shell.ts'

const { positionals, numbers, flags } = readArguments({
  usage: 'npm run sh -- FILE|- [--json] [--seed S] [--nodes K]',
  numbers: { seed: 1, nodes: 3 },
  flags: ['json'],
})
const [source] = positionals
if (source === undefined || positionals.length > 1) {
  console.error('usage: npm run sh -- FILE|- [--json] [--seed S] [--nodes K]')
  process.exit(2)
}

const shell = new HeadlessShell({ seed: numbers['seed']!, nodes: numbers['nodes']! })
const lines =
  source === '-' ? createInterface({ input: process.stdin }) : readFileSync(source, 'utf8').split('\n')

let last: CommandReport | undefined
let command = ''
for await (const line of lines) {
  command += command === '' ? line : `\n${line}`
  if (!isComplete(`${command}\n`)) continue
  if (command.trim() !== '' && !/^\s*#/.test(command)) report((last = shell.run(command)))
  command = ''
}
if (command.trim() !== '') report((last = shell.run(command)))
process.exitCode = last?.exitCode ?? 0

function report(result: CommandReport): void {
  if (flags.has('json')) return void process.stdout.write(`${JSON.stringify(result)}\n`)
  process.stdout.write(result.stdout)
  process.stderr.write(result.stderr)
}
