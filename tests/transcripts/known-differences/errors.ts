import { OPEN } from './open.ts'
import { VERSION } from './reasons.ts'

const PROCESS = 'the number of a process is part of the text'

export const ERRORS: Readonly<Record<number, string>> = {
  229: VERSION,
  343: OPEN,
  344: OPEN,
  347: OPEN,
  381: 'the recorded API server was reached through a tunnel at 127.0.0.1; ours is at its own address',
  397: 'kustomize is left out',
  401: 'plugins are left out',
  416: PROCESS,
  480: PROCESS,
}
