import { OPEN } from './open.ts'

export const ERRORS_EXTRA: Readonly<Record<number, string>> = {
  39: OPEN,
}
