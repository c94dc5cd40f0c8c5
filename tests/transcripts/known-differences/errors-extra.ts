import { OPEN } from './open.ts'

export const ERRORS_EXTRA: Readonly<Record<number, string>> = {
  39: OPEN,
  150: OPEN,
  152: OPEN,
}
