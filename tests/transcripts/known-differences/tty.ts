import { OPEN } from './open.ts'

export const TTY: Readonly<Record<number, string>> = {
  4: OPEN,
  5: OPEN,
  6: OPEN,
  8: OPEN,
  9: OPEN,
  12: OPEN,
  17: OPEN,
  19: OPEN,
  20: OPEN,
  21: OPEN,
  28: OPEN,
  30: OPEN,
  34: OPEN,
  36: OPEN,
  38: OPEN,
}
