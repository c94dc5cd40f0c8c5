/**
 * Makes the copy of a recorded session that is kept in `tests/transcripts/recordings/`: the prose of others (nginx's
 * welcome page, the descriptions that `kubectl explain` prints) is left out of it, the rest stays as it was.
 *
 * Usage: tsx scripts/compact-recording.ts RECORDING.jsonl > tests/transcripts/recordings/NAME.jsonl
 */
import { readFileSync } from 'node:fs'
import { digestOf, type RecordedStep } from '../tests/transcripts/replay.ts'

const WELCOME = /<!DOCTYPE html>(?:(?!<\/html>)[\s\S])*<title>(Welcome to nginx!)<\/title>[\s\S]*?<\/html>/g
const EXPLAIN = /\bkubectl explain\b/

function compact(step: RecordedStep): RecordedStep {
  if (EXPLAIN.test(step.cmd) && step.stdout.includes('DESCRIPTION:')) {
    return { ...step, stdout: '', stdoutDigest: digestOf(step.stdout) }
  }
  return {
    ...step,
    stdout: step.stdout.replace(WELCOME, '<html><title>$1</title></html>'),
  }
}

const [header, ...steps] = readFileSync(process.argv[2]!, 'utf8').trimEnd().split('\n')
const lines = [header!, ...steps.map((line) => JSON.stringify(compact(JSON.parse(line) as RecordedStep)))]
process.stdout.write(`${lines.join('\n')}\n`)
