import { OPEN } from './open.ts'

export const DNS: Readonly<Record<number, string>> = {
  5: OPEN,
  7: OPEN,
  12: OPEN,
  19: OPEN,
  20: OPEN,
  33: OPEN,
  34: OPEN,
  35: OPEN,
  36: OPEN,
  37: OPEN,
}
