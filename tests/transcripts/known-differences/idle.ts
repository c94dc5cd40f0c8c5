import { OPEN } from './open.ts'

export const IDLE: Readonly<Record<number, string>> = {
  3: OPEN,
  13: OPEN,
  14: OPEN,
  27: OPEN,
  34: OPEN,
  36: OPEN,
  42: OPEN,
  48: OPEN,
  56: OPEN,
}
