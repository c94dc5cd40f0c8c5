import { OPEN } from './open.ts'

export const ERRORS: Readonly<Record<number, string>> = {
  10: OPEN,
  129: OPEN,
  229: OPEN,
  343: OPEN,
  344: OPEN,
  347: OPEN,
  381: OPEN,
  397: OPEN,
  401: OPEN,
  409: OPEN,
  416: OPEN,
  480: OPEN,
}
