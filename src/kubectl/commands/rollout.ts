import { command } from '../command.ts'
import { history, undo } from './rollout-history.ts'
import { pause, restart, resume } from './rollout-change.ts'
import { status } from './rollout-status.ts'

export const rollout = command({
  name: 'rollout',
  group: 'Deploy Commands',
  short: 'Follow, undo or repeat the rollout of a workload',
  examples: [
    'kubectl rollout status deploy/web',
    'kubectl rollout undo deploy/web',
    'kubectl rollout restart deploy/web',
  ],
  needsSubcommand: 'stdout',
  subcommands: [history, pause, resume, undo, status, restart],
})
