import { OPEN } from './open.ts'
import { VERSION } from './reasons.ts'

export const DESCRIBE: Readonly<Record<number, string>> = {
  9: OPEN,
  71: "the cluster's certificate authority is another",
  91: VERSION,
  123: OPEN,
  124: OPEN,
  126: OPEN,
}
