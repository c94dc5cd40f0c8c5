import { OPEN } from './open.ts'

export const SERVICES_DEEP: Readonly<Record<number, string>> = {
  12: OPEN,
  17: OPEN,
  20: OPEN,
  72: OPEN,
  95: OPEN,
  98: OPEN,
  101: OPEN,
  121: OPEN,
  122: OPEN,
  123: OPEN,
}
