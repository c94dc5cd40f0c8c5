import { OPEN } from './open.ts'

export const IDLE: Readonly<Record<number, string>> = {
  3: OPEN,
  13: OPEN,
  14: OPEN,
  27: OPEN,
  34: OPEN,
  36: OPEN,
  42: OPEN,
  45: OPEN,
  46: OPEN,
  48: OPEN,
  50: OPEN,
  52: OPEN,
  56: OPEN,
}
