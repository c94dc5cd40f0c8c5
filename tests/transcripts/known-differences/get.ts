import { OPEN } from './open.ts'

export const GET: Readonly<Record<number, string>> = {
  50: OPEN,
  57: OPEN,
  58: OPEN,
  59: OPEN,
  60: OPEN,
  65: OPEN,
  165: OPEN,
  167: OPEN,
  170: 'the recorded scheduler ran on a host called vm; ours runs on the control-plane node',
  251: OPEN,
  252: OPEN,
  262: OPEN,
  263: OPEN,
  266: OPEN,
}
