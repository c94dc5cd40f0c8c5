import { OPEN } from './open.ts'

const ASH =
  "Debian's busybox greets and asks the terminal where its cursor is; ours draws its line as bash does"

export const TTY: Readonly<Record<number, string>> = {
  4: ASH,
  5: ASH,
  6: ASH,
  8: ASH,
  9: ASH,
  28: OPEN,
  34: OPEN,
  36: OPEN,
}
